/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef RING_H
#define RING_H

#include <stddef.h>

/*
 * The last bytes of a stream.  A byte is known by its offset, which is
 * counted from the stream's first byte and never comes again.  Memory is
 * taken as it fills, and whatever lies in it is in one piece.
 */
struct ring;

/* How many bytes may come at once, over and above the size. */
#define RING_SLACK ((size_t)4096)

/*
 * A ring that keeps at least "size" bytes.  Returns NULL with errno: EINVAL
 * for a size of 0, or one that no address space holds.
 */
struct ring *ring_new(size_t size);
void ring_free(struct ring *ring);

size_t ring_size(const struct ring *ring);
unsigned long long ring_begin(const struct ring *ring);	/* the oldest byte */
unsigned long long ring_end(const struct ring *ring);	/* behind the newest */

/*
 * Where the next bytes go: RING_SLACK of them, the caller's to write until
 * ring_add() says how many were written.
 */
unsigned char *ring_room(struct ring *ring);
void ring_add(struct ring *ring, size_t n);

/*
 * By how many bytes it holds more than its size.  They are the oldest ones,
 * still there to be looked at, and must be dropped before more is added.
 */
size_t ring_surplus(const struct ring *ring);
void ring_drop(struct ring *ring, size_t n);

/* The bytes from "offset" to the end, *n of them; offset is not before it. */
const unsigned char *ring_from(const struct ring *ring,
    unsigned long long offset, size_t *n);

#endif
