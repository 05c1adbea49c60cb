/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef BACKLINK_H
#define BACKLINK_H

#include "sockpeer.h"

struct wireagent;

/*
 * The service's end of the socket on which a front waits, and by which the
 * service says something to the client's user: it does not write to a
 * descriptor that was passed to it, which may be any file, with root's rights.
 * The one exception is a terminal that was looked at and given away, since
 * the front has let go of that.
 *
 * Nothing here waits long for a front that does not read: then it counts as
 * gone, and everything later does nothing.
 */
struct backlink {
	int fd;
	struct sockpeer peer;	/* the front, by the kernel */
	int gone;
	int ended;		/* the front has its status */
	int tty;		/* to say it on instead of the front, or -1 */
};

/*
 * Text, with its newlines, for the client's stderr: until the front was told
 * that the command starts, or the session's end.
 */
void backlink_text(struct backlink *link, const char *text);

/*
 * Have the front serve this listening socket, which stays open here, with the
 * agent of its login.  Returns 1 if it does, 0 if it does not; or -1 if it is
 * gone or takes too long.
 */
int backlink_agent(struct backlink *link, const struct wireagent *agent,
    int listener);

/*
 * The command is about to start: the front writes what it was told, lets its
 * descriptors go and says so.  Returns 0, or -1 if it is gone or takes too
 * long.
 */
int backlink_ready(struct backlink *link);

/*
 * What is said from now on is said on the terminal, which the front has no
 * more.  It stays the caller's, who says -1 before it is closed, unless
 * backlink_end() came first.
 */
void backlink_use_terminal(struct backlink *link, int tty);

/* The command runs: the last of the front's descriptors is not needed. */
void backlink_started(struct backlink *link);

/* What the front is to end as, in the form of wait(2).  Only once. */
void backlink_end(struct backlink *link, int wstatus);

#endif
