/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef RUNLOOP_H
#define RUNLOOP_H

#include <sys/types.h>

struct outer;

/* A command on a terminal of its own, while it runs. */
struct runloop_facts {
	struct outer *outer;
	/* The loop's to close: both ends, */
	int master, slave;
	/* and what hears the signals that runloop_signals() has blocked. */
	int signals;
	pid_t pid;		/* the session's leader, ours to reap */
	int follows;		/* its size follows the outer terminal's */
};

/*
 * Block the signals that the loop hears, before the command is started.
 * Returns a descriptor for them, or -1 with errno.
 */
int runloop_signals(void);

/*
 * Pass bytes until the command has ended and all that it wrote was delivered.
 * Returns how to end, as wait(2) has it.
 */
int runloop_run(const struct runloop_facts *facts);

#endif
