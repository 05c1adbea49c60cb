/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SUPERVISE_H
#define SUPERVISE_H

#include <sys/types.h>

#include "connection.h"

struct relay;
struct spawn_child;
struct spawn_report;

/* A child that was started and what its parent watches on its behalf. */
struct supervise {
	struct spawn_child *child;
	int shares_group;	/* the child is in our process group */
	int is_init;		/* ... is process 1 of a pid namespace */
	int interactive;	/* a login shell: TERM alone does not end it */
	int tty;		/* KEEP, TAKE: the terminal; else -1 */
	struct relay *relay;	/* NEW: the relay; else NULL */
	/* Without a terminal, and behind a front with one, too; else NULL. */
	struct connection *connection;
	long hangup_delay;	/* s; or -1: who ignores a hangup is left */
	/* Called once, when the command runs (1) or a step failed (-1). */
	void (*heard)(void *ctx, int result, const struct spawn_report *failed);
	void *ctx;
};

/*
 * Wait for the child's end; meanwhile pass signals on to its session, move
 * bytes if there is a relay, and hang the session up when the connection is
 * lost (I10).  signals_catch() must have been called before.  A child that
 * is process 1 hears no signal that it has no handler for, and one that is
 * not the command yet can be held up by its user's file system: they are
 * killed when they were told to end and do not.
 * With a hangup_delay, a lost connection is waited out until nobody is left of
 * the session, at most for that time; then the rest is killed (members.h).
 * Returns 0 with the child's status in *wstatus; or 1 if the connection was
 * lost: then the child has ended, or was given up after a while.
 */
int supervise_wait(const struct supervise *sup, int *wstatus);

#endif
