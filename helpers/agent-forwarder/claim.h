/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CLAIM_H
#define CLAIM_H

#include <sys/types.h>

#include <time.h>

#include "conninfo.h"
#include "sshkey.h"

struct recordfile;

/* How a server records what is signed by way of it. */
enum claim_audit {
	CLAIM_NO_AUDIT,
	CLAIM_AUDIT,		/* each signature */
	CLAIM_AUDIT_REQUIRED,	/* ... and none without its record */
	CLAIM_AUDITS
};

/*
 * What a login says of itself when it takes a lease of a stable path: where
 * its agent is, who it is and what may be done.  It is sent as the text of a
 * record (common/recordfile), and left in a file for a server that has to
 * begin anew.  Who reads one passes over names that he does not know.
 *
 * All of it is the word of a process of the user's own.  What the kernel says
 * of that process (its pid, birth and audit session) is asked of the kernel.
 */
struct claim {
	char *upstream;		/* its agent's path; NULL: a descriptor came */
	char *policy;		/* as policy_print() has it, "" for none */
	char key[SSHKEY_FINGERPRINT_SIZE];	/* that it came by, or "" */
	int certain;		/* root wrote of the key: heard only as root */
	char connection[CONNINFO_SIZE];	/* SSH_CONNECTION, or "" */
	int shared;		/* others on the account may have the agent */
	int exclusive;		/* hints are not enough to have it */
	int audit;		/* enum claim_audit: what it relies on */
	/* Of a file only. */
	pid_t pid;
	unsigned long long start;	/* as procs_stat has it */
	time_t since;
};

/* Free what it holds; one that is all zero is fine. */
void claim_free(struct claim *claim);

/*
 * The record of it, for recordfile_free(); pid, start and since are in it if
 * they are not 0.  Returns NULL with errno.
 */
struct recordfile *claim_write(const struct claim *claim);

/*
 * Read one.  A path that is not absolute, a fingerprint or a connection that
 * is none, a number that is none are errors.
 * Returns 0 with *claim, for claim_free(); or -1 with errno EINVAL or ENOMEM
 * and nothing in it.
 */
int claim_read(struct claim *claim, const struct recordfile *rec);

#endif
