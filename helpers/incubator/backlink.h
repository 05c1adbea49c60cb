/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef BACKLINK_H
#define BACKLINK_H

#include "sockpeer.h"

/*
 * The service's end of the socket on which a front waits, and by which alone
 * the service says something to the client's user: it never writes to a
 * descriptor that was passed to it, which may be any file, with root's rights.
 *
 * Nothing here waits long for a front that does not read: then it counts as
 * gone, and everything later does nothing.
 */
struct backlink {
	int fd;
	struct sockpeer peer;	/* the front, by the kernel */
	int gone;
	int ended;		/* the front has its status */
};

/* Text, with its newlines, for the client's stderr, until the front was told that it starts. */
void backlink_text(struct backlink *link, const char *text);

/*
 * The command is about to start: the front writes what it was told, lets its
 * descriptors go and says so.  Returns 0, or -1 if it is gone or takes too
 * long.
 */
int backlink_ready(struct backlink *link);

/* The command runs: the last of the front's descriptors is not needed. */
void backlink_started(struct backlink *link);

/* What the front is to end as, in the form of wait(2).  Only once. */
void backlink_end(struct backlink *link, int wstatus);

#endif
