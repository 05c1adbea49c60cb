/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef ENDS_H
#define ENDS_H

#include <stddef.h>
#include <stdint.h>

#include "conduit.h"

/*
 * A conduit, and who is at its two ends: this process, by descriptors that are
 * O_NONBLOCK.  A failed assertion ends the test.
 */
enum ends_kind {
	ENDS_UNIX,
	ENDS_TCP,
	ENDS_PIPES,
	ENDS_KINDS,
	ENDS_TERMINAL = ENDS_KINDS,	/* a raw one; we are its master */
};

struct ends {
	struct conduit_end peer[2];	/* -1: closed */
	enum ends_kind kind[2];
	struct conduit *conduit;
	int over;
};

/* The loop, and the pool that all share. */
extern int ends_epoll;
extern struct flowpool *ends_pool;

/* For a checked fixture; SIGPIPE is ignored from then on. */
void ends_setup(void);
void ends_teardown(void);

/* Make both ends of these kinds, and the conduit between them. */
void ends_join(struct ends *ends, enum ends_kind first,
    enum ends_kind second);

/* Make the side of a conduit and the one to talk to it by. */
void ends_make(enum ends_kind kind, struct conduit_end *ours,
    struct conduit_end *peer);

/* Close what is still open. */
void ends_part(struct ends *ends);

/* Tell all conduits once what happens within "ms".  Returns how many events. */
int ends_turn(int ms);

/*
 * What is sent is this stream's bytes, from its beginning on; each end has one
 * of its own.  As much as goes at once; -1 with errno.
 */
ptrdiff_t ends_send(struct ends *ends, int i, uint64_t at, size_t len);

/* What has come so far, compared to what was sent there; 0 for the end. */
ptrdiff_t ends_receive(struct ends *ends, int i, uint64_t at, size_t len);

/* All of it, while the conduit does its work. */
void ends_send_all(struct ends *ends, int i, uint64_t at, size_t len);
void ends_expect(struct ends *ends, int i, uint64_t at, size_t len);

/* The end of what comes, which may be an error. */
void ends_expect_end(struct ends *ends, int i);

/* Say the end; what a peer cannot say he does not. */
void ends_finish(struct ends *ends, int i);

/* Close the peer altogether. */
void ends_close(struct ends *ends, int i);

/* Until the conduit is over. */
void ends_expect_over(struct ends *ends);

/* So many bytes both ways at once, and the end of each. */
void ends_exchange(struct ends *ends, size_t size);

/* Send until no more goes, nobody reading.  Returns how much did. */
size_t ends_stuff(struct ends *ends, int i);

/* No more than this can be between two sides whose buffers are small. */
#define ENDS_ON_THE_WAY ((size_t)16 << 20)

#endif
