/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SERVELOOP_H
#define SERVELOOP_H

#include <sys/types.h>

#include <stddef.h>

#include "servelimits.h"
#include "upstream.h"

struct audit;
struct caller;
struct lease;
struct serveloop;

struct serve_facts {
	int listener;		/* O_NONBLOCK; stays the caller's */
	uid_t peer;		/* who may connect besides root */
	struct upstream_self self;	/* the listener's name */
	/*
	 * Whose agent a new connection gets, for its whole life; NULL: it is
	 * closed at once.  The caller's pidfd is open during the call only.
	 */
	struct lease *(*choose)(void *ctx, const struct caller *caller);
	void *ctx;
	struct audit *audit;	/* or NULL */
	struct serve_limits limits;
};

/*
 * A loop that serves agents to who connects: one thread, which never waits
 * for anybody but in its one epoll_wait(2).  "facts" is copied.
 *
 * For what it opens later it raises its soft limit of descriptors, as far as
 * it needs and may; where that is not far enough it serves fewer connections.
 * It needs, once it runs: accept4, socket, connect, newfstatat or statx (of
 * the agents' sockets), recvfrom, sendto, getsockopt, epoll_*, close,
 * clock_gettime, openat of /dev/null, and memory; besides those of caller.h,
 * audit.h and the watchers.
 *
 * Returns NULL with errno.
 */
struct serveloop *serveloop_new(const struct serve_facts *facts);

/*
 * Closes all connections, with a FAILURE for who waits.  Watched descriptors
 * are the callers'.
 */
void serveloop_free(struct serveloop *loop);

/*
 * Listen at another socket from now on, which has that name: somebody has
 * removed the old one's.  That is the caller's to close, and whoever waits at
 * it goes with it.  Returns 0; or -1 with errno, and nothing has changed.
 */
int serveloop_listen(struct serveloop *loop, int listener,
    const struct upstream_self *self);

/*
 * Call "ready" whenever fd can be read or has hung up.  It may watch, unwatch
 * (its own, too), end leases and stop the loop.
 * Returns 0, or -1 with errno.
 */
int serveloop_watch(struct serveloop *loop, int fd,
    void (*ready)(void *ctx, int fd), void *ctx);

/* Not for a while, because nothing can be done about it now. */
void serveloop_pause(struct serveloop *loop, int fd);

/* No more of that; before fd is closed. */
void serveloop_unwatch(struct serveloop *loop, int fd);

/*
 * Close all connections to a lease, with a FAILURE for who waits.  Afterwards
 * nothing here points to it, unless choose() gives it out again.
 */
void serveloop_end_lease(struct serveloop *loop, struct lease *lease);

/* Let serveloop_run() return when what is being done is done. */
void serveloop_stop(struct serveloop *loop);

/*
 * Serve, until somebody stops it.  Returns 0; or -1 with errno, if it cannot
 * go on.
 */
int serveloop_run(struct serveloop *loop);

/* How many connections there are, and how many were sent away unserved. */
size_t serveloop_connections(const struct serveloop *loop);
unsigned long serveloop_turned_away(const struct serveloop *loop);

#endif
