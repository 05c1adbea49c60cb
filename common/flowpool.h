/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef FLOWPOOL_H
#define FLOWPOOL_H

#include <stddef.h>

/*
 * What the flows (flow.h) of one process share, as only one of them moves at a
 * time: a buffer for bytes on their way, and pipes for those that splice(2)
 * moves.  So a flow that is idle costs neither.
 */
struct flowpool;

/* The bytes that are moved at once through memory. */
#define FLOWPOOL_BUFFER ((size_t)65536)

/* A pipe; both ends -1 for none. */
struct flowpipe {
	int in;			/* to be written to */
	int out;
};

/*
 * A pool with at most "pipes" pipes at a time: with 0 nothing is spliced.
 * Returns NULL with errno.
 */
struct flowpool *flowpool_new(unsigned int pipes);

/* Pipes that were not given back are lost.  NULL is nothing. */
void flowpool_free(struct flowpool *pool);

/* The buffer: the caller's until he calls anything else. */
unsigned char *flowpool_buffer(struct flowpool *pool);

/* Clear it: so many bytes at its front may have been somebody's secret. */
void flowpool_wipe(struct flowpool *pool, size_t len);

/*
 * Borrow an empty pipe, O_NONBLOCK and close-on-exec.
 * Returns 0, or -1 with errno: EAGAIN if all are lent.
 */
int flowpool_take(struct flowpool *pool, struct flowpipe *pipe);

/*
 * Give it back; "empty" says whether all bytes have left it, or it may be lent
 * again only after it was closed.  A pipe that is none is nothing.
 */
void flowpool_give(struct flowpool *pool, struct flowpipe *pipe, int empty);

#endif
