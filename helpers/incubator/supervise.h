/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SUPERVISE_H
#define SUPERVISE_H

#include <sys/types.h>

#include "connection.h"
#include "request.h"

struct relay;

/* A running child and what its parent watches on its behalf. */
struct supervise {
	pid_t child;
	enum request_terminal terminal;
	int tty;		/* KEEP: the terminal; else -1 */
	struct relay *relay;	/* NEW: the relay; else NULL */
	struct connection *connection;	/* no terminal: the pipes; else NULL */
};

/*
 * Wait for the child's end; meanwhile pass signals on to its session, move
 * bytes if there is a relay, and hang the session up when the connection is
 * lost (I10).  signals_catch() must have been called before.
 * Returns 0 with the child's status in *wstatus, or 1 when the connection was
 * lost and the child has not ended in time.
 */
int supervise_wait(const struct supervise *sup, int *wstatus);

#endif
