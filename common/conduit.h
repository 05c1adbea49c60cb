/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONDUIT_H
#define CONDUIT_H

#include <stdint.h>

struct flowpool;

/*
 * Bytes both ways between two ends, each way by itself (flow.h).
 *
 * The end of what one side says is passed on when all of it was delivered, and
 * the other way goes on until its own end.  Where a descriptor cannot be shut
 * down by halves the end stays unsaid: a terminal, or a pipe, which is closed
 * if it serves that way alone.  A side that does not take what is for it is no
 * reason to keep the other one talking: who writes gets EPIPE, as he would
 * without us.  A side that has gone altogether ends the conduit as soon as its
 * last words are delivered.
 */
struct conduit;
struct conduit_port;

/*
 * A socket or a terminal, twice; or two pipes.  O_NONBLOCK, and for pipes and
 * with splice(2) SIGPIPE is ignored by the process.
 */
struct conduit_end {
	int in;			/* to read from */
	int out;
};

/*
 * Join two ends.  Their descriptors are the conduit's from then on, and are
 * watched by "epoll", the caller's: events there have a port of this conduit
 * as data.ptr.  The pool outlives the conduit.
 * Returns NULL with errno, and the descriptors stay the caller's: EPERM for a
 * file that cannot be waited for.
 */
struct conduit *conduit_new(int epoll, struct flowpool *pool,
    const struct conduit_end ends[2], void *owner);

/*
 * Close everything at once, whatever is on its way.  After the other events of
 * one epoll_wait(2), which may be about this conduit.  NULL is nothing.
 */
void conduit_free(struct conduit *conduit);

/* Who was named to conduit_new(). */
void *conduit_owner(const struct conduit_port *port);

/*
 * Do what there is to do after that event, and no more than a fair share of
 * it; nothing, if the conduit is over.
 * Returns 0; 1 if it is over.
 */
int conduit_ready(struct conduit_port *port, uint32_t events);

#endif
