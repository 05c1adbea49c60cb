/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "history.h"

#include <errno.h>
#include <unistd.h>

#include "ring.h"

int
history_open(struct history *history, size_t size)
{
	vtstate_init(&history->state);
	history->ring = ring_new(size);
	return history->ring == NULL ? -1 : 0;
}

ssize_t
history_read(struct history *history, int fd)
{
	struct ring *ring = history->ring;
	const unsigned char *oldest;
	size_t surplus, held;
	ssize_t n;

	do
		n = read(fd, ring_room(ring), RING_SLACK);
	while (n == -1 && errno == EINTR);
	if (n <= 0)
		return n;
	ring_add(ring, (size_t)n);
	if ((surplus = ring_surplus(ring)) > 0) {
		oldest = ring_from(ring, ring_begin(ring), &held);
		vtstate_scan(&history->state, oldest, surplus);
		ring_drop(ring, surplus);
	}
	return n;
}

void
history_state_at(const struct history *history, unsigned long long offset,
    struct vtstate *state)
{
	const unsigned long long begin = ring_begin(history->ring);
	const unsigned char *p;
	size_t n;

	*state = history->state;
	p = ring_from(history->ring, begin, &n);
	vtstate_scan(state, p, (size_t)(offset - begin));
}

unsigned long long
history_clean_begin(const struct history *history, struct vtstate *state)
{
	const unsigned long long begin = ring_begin(history->ring);
	const unsigned char *p;
	size_t n;

	*state = history->state;
	p = ring_from(history->ring, begin, &n);
	return begin + vtstate_clean(state, p, n);
}
