/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef HUB_H
#define HUB_H

#include "serveloop.h"

struct audit;
struct hub;

/* What the server of a stable path is given. */
struct hub_facts {
	const char *name;	/* userplace_name_ok() */
	int dir;		/* in which its files are */
	int lock;		/* NAME.lock; USERPLACE_ALIVE is held */
	int listener;		/* NAME.sock, for who wants an agent */
	int control;		/* NAME.ctl, for who has one */
	int ending;		/* can be read when it is time (ending.h) */
	struct audit *audit;	/* or NULL */
	int audit_level;	/* enum claim_audit, what that is */
	const char *audit_file;	/* of it, or NULL; only told */
	struct serve_limits limits;
	int timeout_ms;		/* without a login; 0: it stays */
};

/*
 * Take up the logins that are there by their files.  The descriptors of its
 * files are the hub's from now on; all else stays the caller's, and has to
 * stay.  Returns NULL with errno, and then all of it is the caller's.
 */
struct hub *hub_new(const struct hub_facts *facts);

/*
 * Serve until somebody says that it is enough, or for "timeout_ms"
 * without anybody.  What stands in the directory is removed then.
 * Returns 0; or -1 with errno, if it cannot go on.
 */
int hub_run(struct hub *hub);

void hub_free(struct hub *hub);

#endif
