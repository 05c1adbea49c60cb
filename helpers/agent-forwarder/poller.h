/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef POLLER_H
#define POLLER_H

#include <sys/epoll.h>

#include <stdint.h>

/* How many are told in one turn. */
#define POLLER_BATCH 32

/* Tells who owns a descriptor what happens to it, again until it is seen to. */
struct poller {
	int fd;
	int told, count;		/* of the batch */
	struct epoll_event batch[POLLER_BATCH];
};

/* A descriptor and its owner's function; the rest is the poller's. */
struct poller_source {
	int fd;
	void (*ready)(void *ctx, uint32_t events);
	void *ctx;
	int added;
	uint32_t events;
};

/* Returns 0, or -1 with errno. */
int poller_open(struct poller *poller);
void poller_close(struct poller *poller);

/*
 * Tell of these events from now on, and of EPOLLHUP and EPOLLERR in any case.
 * Returns 0, or -1 with errno.
 */
int poller_want(struct poller *poller, struct poller_source *source,
    uint32_t events);

/*
 * Tell no more, not even what was to be told in this turn; before the
 * descriptor is closed.
 */
void poller_forget(struct poller *poller, struct poller_source *source);

/*
 * Wait for at most "ms", -1 for as long as it takes, and tell.
 * Returns 0, or -1 with errno.
 */
int poller_turn(struct poller *poller, int ms);

#endif
