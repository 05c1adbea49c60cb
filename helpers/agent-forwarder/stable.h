/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef STABLE_H
#define STABLE_H

#include <stddef.h>

#include "hubbirth.h"
#include "terms.h"

struct account;

/* Below what common/userplace opens: NAME.lock, NAME.sock, NAME.ctl ... */
#define STABLE_BELOW "ssh-incubator/agent"

/* The name that none is. */
#define STABLE_NAME "default"

/* What a login asks for. */
struct stable_facts {
	struct hubbirth_facts birth;	/* its name, and who makes it new */
	char *const *envp;
	const struct account *account;
	const char *upstream;	/* the login's agent */
	int at;			/* an O_PATH descriptor of it, or -1 */
	const char *policy;	/* as policy_print() has it */
	struct terms wish;	/* what it says that a server decides */
	int shared;
	int exclusive;
};

/*
 * Take a lease for this process, and make the server if there is none.  The
 * lease is for as long as the process lives, whatever it becomes; nothing of
 * it stays open here.
 * No lease is taken where the agent is that path already, within a session
 * that has it.
 * Returns the path for SSH_AUTH_SOCK, which the caller frees; or NULL with the
 * reason in words at "why", and no lease was taken.
 */
char *stable_join(const struct stable_facts *facts, char *why, size_t size);

#endif
