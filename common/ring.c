/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The same pages stand twice in a row in the address space, so that what
 * goes over the end of the first copy goes on in the second.
 */

#include "config.h"
#include "ring.h"

#include <sys/mman.h>

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

struct ring {
	unsigned char *map;
	size_t room;		/* of one copy, whole pages */
	size_t size;
	unsigned long long begin, end;
};

/*
 * Both copies, or MAP_FAILED.  Of no size, mremap(2) makes another mapping of
 * what is shared and leaves the old one; a file of memory, instead, would be
 * subject to RLIMIT_FSIZE.
 */
static unsigned char *
map_twice(size_t room)
{
	unsigned char *map = mmap(NULL, 2 * room, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int saved;

	if (map == MAP_FAILED)
		return MAP_FAILED;
	if (mmap(map, room, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED &&
	    mremap(map, 0, room, MREMAP_MAYMOVE | MREMAP_FIXED,
	    map + room) != MAP_FAILED)
		return map;
	saved = errno;
	(void)munmap(map, 2 * room);
	errno = saved;
	return MAP_FAILED;
}

struct ring *
ring_new(size_t size)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct ring *ring;

	if (size == 0 || size > SIZE_MAX / 8) {
		errno = EINVAL;
		return NULL;
	}
	if ((ring = calloc(1, sizeof(*ring))) == NULL)
		return NULL;
	ring->size = size;
	ring->room = (size + RING_SLACK + page - 1) / page * page;
	ring->map = map_twice(ring->room);
	if (ring->map == MAP_FAILED) {
		free(ring);
		return NULL;
	}
	return ring;
}

void
ring_free(struct ring *ring)
{
	if (ring == NULL)
		return;
	(void)munmap(ring->map, 2 * ring->room);
	free(ring);
}

size_t
ring_size(const struct ring *ring)
{
	return ring->size;
}

unsigned long long
ring_begin(const struct ring *ring)
{
	return ring->begin;
}

unsigned long long
ring_end(const struct ring *ring)
{
	return ring->end;
}

unsigned char *
ring_room(struct ring *ring)
{
	return ring->map + ring->end % ring->room;
}

void
ring_add(struct ring *ring, size_t n)
{
	ring->end += n;
}

size_t
ring_surplus(const struct ring *ring)
{
	const unsigned long long held = ring->end - ring->begin;

	return held > ring->size ? (size_t)(held - ring->size) : 0;
}

void
ring_drop(struct ring *ring, size_t n)
{
	ring->begin += n;
}

const unsigned char *
ring_from(const struct ring *ring, unsigned long long offset, size_t *n)
{
	*n = (size_t)(ring->end - offset);
	return ring->map + offset % ring->room;
}
