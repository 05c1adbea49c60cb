/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef LOOP_H
#define LOOP_H

#include <stdint.h>

/*
 * What a session waits for: descriptors, edge-triggered, and moments.  With
 * nothing to do and no moment set it sleeps for good.
 */
struct loop {
	int fd;				/* epoll(7) */
	struct loop_timer *timers;
	int busy;			/* somebody has more to do at once */
};

/*
 * A descriptor that is watched.  It is told of the edges in "ready", and is
 * to remember them until it got EAGAIN.
 */
struct loop_source {
	int fd;				/* -1: none */
	uint32_t events;		/* EPOLLIN and so on */
	void (*ready)(struct loop_source *source, uint32_t events);
	void *ctx;
};

/* A moment.  To begin with, all zero but "due" and "ctx". */
struct loop_timer {
	struct loop_timer *next;
	long long at;			/* deadline.h */
	int set;
	void (*due)(struct loop_timer *timer);
	void *ctx;
};

/* Returns 0, or -1 with errno. */
int loop_open(struct loop *loop);

/*
 * Watch a descriptor, or watch it for other events than before.
 * Returns 0, or -1 with errno: EPERM for what cannot be waited for.
 */
int loop_watch(struct loop *loop, struct loop_source *source,
    uint32_t events);

/* Watch it no longer, and close it. */
void loop_close_source(struct loop *loop, struct loop_source *source);

/* Set the moment, "ms" from now; or call it off. */
void loop_set(struct loop *loop, struct loop_timer *timer, int ms);
void loop_unset(struct loop *loop, struct loop_timer *timer);

/*
 * Wait for something, unless loop->busy says that there is more to do, and
 * tell who it concerns.
 * Returns 0, or -1 with errno if nothing can be waited for any more.
 */
int loop_turn(struct loop *loop);

#endif
