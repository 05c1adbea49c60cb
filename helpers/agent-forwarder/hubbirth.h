/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef HUBBIRTH_H
#define HUBBIRTH_H

#include <stddef.h>

#include "serveloop.h"

struct audit;

/* What a new server of a stable path is to be. */
struct hubbirth_facts {
	const char *name;
	struct serve_limits limits;
	int timeout_ms;		/* without a login; 0: it stays */
	int audit_level;	/* enum claim_audit, of open_audit() */
	const char *audit_file;	/* or NULL; only told */
	/*
	 * In the process that is to serve (detach.h): close what is the
	 * login's and open the record that it keeps (NULL for none); and
	 * later give up all but the directory behind "dir".  Each returns 0,
	 * or -1 with the reason in "why"; either may be NULL.
	 */
	int (*open_audit)(void *ctx, struct audit **audit, char *why,
	    size_t size);
	int (*confine)(void *ctx, int dir, char *why, size_t size);
	void *ctx;
};

/*
 * Make the server: a process of its own, away from ours, which listens when
 * this returns.  "lock" is NAME.lock in the directory, of which the caller
 * holds USERPLACE_CREATING; the server goes on holding USERPLACE_ALIVE.
 * Returns 0; or -1 with the reason in "why", and nothing is there.
 */
int hubbirth_give(int dir, int lock, const struct hubbirth_facts *facts,
    char *why, size_t size);

#endif
