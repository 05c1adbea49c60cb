/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef LOGINS_H
#define LOGINS_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "conninfo.h"
#include "sshkey.h"

struct claim;

/*
 * Who is the same person?  In this order: who came by the same key, where that
 * is known; who is of the same audit session; who came over the same
 * connection; else nobody but the process itself.
 */
#define LOGINS_WHO_SIZE (CONNINFO_SIZE + 16)

/* What stays known of a login when it has ended. */
struct login_facts {
	char who[LOGINS_WHO_SIZE];	/* "key SHA256:...", "audit 5" ... */
	int certain;		/* by the word of the kernel or of root */
	int has_audit;
	uint32_t audit;		/* of the kernel */
	char key[SSHKEY_FINGERPRINT_SIZE];	/* as it said, or "" */
	char connection[CONNINFO_SIZE];		/* the same */
};

/* A login that is there, and whose agent can be had. */
struct login {
	struct login *next;	/* an older one */
	struct login_facts facts;
	uint32_t number;	/* 1 and up, in the order of their coming */
	pid_t pid;		/* the process that has become its command */
	unsigned long long start;	/* as procs_stat has it */
	time_t since;
	int shared;		/* others on the account may have the agent */
	int exclusive;		/* hints are not enough to have it */
	void *holder;		/* the caller's: its lease, and who ends it */
};

/* How many that have ended are remembered. */
#define LOGINS_PAST 256

/* All of one server's: the newest first. */
struct logins {
	struct login *newest;
	size_t count;
	struct login_facts past[LOGINS_PAST];
	size_t npast, next_past;	/* filled; where the next one goes */
	uint32_t last;		/* number given */
};

/*
 * Add a login: the process "pid", which was born at "start", with what it
 * claims.  "as_root": what it says of its key is root's word.
 * Returns it, the newest, or NULL with errno ENOMEM.
 */
struct login *logins_add(struct logins *logins, const struct claim *claim,
    pid_t pid, unsigned long long start, int as_root);

/* The one that a process holds, or NULL. */
struct login *logins_find(const struct logins *logins, pid_t pid,
    unsigned long long start);

/* The one whose number is the next below, 0 for the newest; or NULL. */
struct login *logins_before(const struct logins *logins, uint32_t number);

/*
 * Take one out that has ended, and free it.  What it was is remembered.
 */
void logins_end(struct logins *logins, struct login *login);

/* Remember one of which there is nothing left but that. */
void logins_remember(struct logins *logins, const struct login_facts *facts);

/*
 * Does this audit session belong to one login?  Not if two came over different
 * connections, or by different keys, and have it all the same: sshd itself was
 * started from within a login, and could not give them others.  1 or 0.
 */
int logins_audit_is_sound(const struct logins *logins, uint32_t audit);

#endif
