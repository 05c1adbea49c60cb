/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef DESK_H
#define DESK_H

#include <stdint.h>

struct claim;
struct desk;
struct recordfile;
struct serveloop;
struct sockpeer;

/* What a server does for who comes to its control socket. */
struct desk_facts {
	struct serveloop *loop;
	int listener;		/* of control.h; stays the caller's */
	/*
	 * A process takes a lease.  "upstream" is a descriptor of its agent
	 * or -1, and the function's in any case; "peer" is open for as long
	 * as the function runs.  "visit" stands for the connection: left()
	 * tells when it is closed, if it was a lease's.
	 * Returns its number; or 0 with the reason in *why, a static string.
	 */
	uint32_t (*take)(void *ctx, const struct claim *claim, int upstream,
	    const struct sockpeer *peer, const void *visit, const char **why);
	void (*left)(void *ctx, const void *visit);
	/*
	 * A record of the login whose number is the next below "before" (0
	 * for the newest), for recordfile_free(), and its number; or one of
	 * the whole server and 0.  NULL if there is no memory.
	 */
	struct recordfile *(*tell)(void *ctx, uint32_t before,
	    uint32_t *number);
	/* Serve nobody any more. */
	void (*stop)(void *ctx);
	void *ctx;
};

/*
 * Answer who connects there, in the loop.  Nobody is waited for, and what one
 * sends costs bounded memory.  Returns NULL with errno.
 */
struct desk *desk_open(const struct desk_facts *facts);

/* Answer at another listener from now on.  Returns 0, or -1 with errno. */
int desk_move(struct desk *desk, int listener);

/* Close all connections; left() is not called any more. */
void desk_close(struct desk *desk);

#endif
