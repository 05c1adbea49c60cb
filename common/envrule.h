/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef ENVRULE_H
#define ENVRULE_H

#include <sys/types.h>

/*
 * The tables that say which environment variables may reach a session, each
 * row with its reason, and the checks of their values.
 */

/* What the session is, for the checks that depend on it. */
struct envrule_facts {
	uid_t uid;	/* whose session */
	int tty;	/* it has a terminal */
	int own;	/* shape A: they come from the user's own login */
};

/*
 * The floor (invariant I5): names by which ld.so, libc or a shell runs code,
 * names outside [A-Za-z_][A-Za-z0-9_]*, values that begin "() {".
 * Returns NULL if the variable is above it, else the reason in words.
 */
const char *envrule_floor(const char *name, const char *value);

/*
 * The session names: what sshd and PAM tell a session about itself.
 * Returns 1 if the variable stays, 0 if not; *reason then says which rule
 * decided, in words (a static string).  Never reads a file's content; stats
 * the ones that SSH_AUTH_SOCK and the like name.
 */
int envrule_session(const char *name, const char *value,
    const struct envrule_facts *facts, const char **reason);

#endif
