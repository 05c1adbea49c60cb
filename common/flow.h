/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef FLOW_H
#define FLOW_H

#include <stddef.h>

#include "flowpool.h"

/*
 * Bytes that go one way, from one descriptor to another, unchanged and in
 * order.  What the other side does not take is held, never more than a pipe's
 * or a buffer's worth, and nothing is read meanwhile.
 *
 * Where both are sockets or pipes and much comes, splice(2) moves it, which
 * spares the copies.  Descriptors that come with the bytes of a socket of
 * AF_UNIX do not pass: the kernel closes them.
 */
struct flow {
	int from, to;		/* O_NONBLOCK; the caller's */
	int to_socket;		/* send(2) without a signal */
	int can_splice;
	int much;		/* as of now */
	int last;		/* nobody tells that there is more: look */
	int ended;		/* nothing more will come */
	unsigned char *held;	/* what is not yet written */
	size_t start, end;
	struct flowpipe pipe;	/* or this, */
	size_t piped;		/* with so much in it */
};

enum flow_state {
	FLOW_DRY,		/* wait until "from" can be read, if it can */
	FLOW_FULL,		/* wait until "to" can be written */
	FLOW_MORE,		/* there may be more now: it had its share */
	FLOW_ENDED,		/* all that will ever come has been written */
	FLOW_BROKEN,		/* nobody takes it: errno */
};

/* Does not fail: what cannot be asked about is not spliced. */
void flow_init(struct flow *flow, int from, int to);

/*
 * Move what can be moved without waiting, and no more than a fair share of it.
 * An error on reading is the end of what comes.  SIGPIPE is ignored by the
 * process.
 */
enum flow_state flow_move(struct flow *flow, struct flowpool *pool);

/*
 * Read and throw away, for who writes to somebody who does not listen any
 * more.  Returns FLOW_DRY, FLOW_MORE or FLOW_ENDED.
 */
enum flow_state flow_discard(struct flow *flow, struct flowpool *pool);

/* Throw away what is held, and give up the memory. */
void flow_drop(struct flow *flow, struct flowpool *pool);

#endif
