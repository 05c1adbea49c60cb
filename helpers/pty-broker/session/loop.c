/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "loop.h"

#include <sys/epoll.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "deadline.h"

/* How many are told in one turn. */
#define EVENTS_MAX 16

int
loop_open(struct loop *loop)
{
	memset(loop, 0, sizeof(*loop));
	loop->fd = epoll_create1(EPOLL_CLOEXEC);
	return loop->fd == -1 ? -1 : 0;
}

int
loop_watch(struct loop *loop, struct loop_source *source, uint32_t events)
{
	struct epoll_event event = {
		.events = events | EPOLLET, .data.ptr = source,
	};
	const int op = source->events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;

	if (source->events == events)
		return 0;
	if (epoll_ctl(loop->fd, op, source->fd, &event) == -1)
		return -1;
	source->events = events;
	return 0;
}

void
loop_close_source(struct loop *loop, struct loop_source *source)
{
	if (source->fd == -1)
		return;
	/* A close would not do it where a child still holds a copy. */
	if (source->events != 0)
		(void)epoll_ctl(loop->fd, EPOLL_CTL_DEL, source->fd, NULL);
	(void)close(source->fd);
	source->fd = -1;
	source->events = 0;
}

void
loop_unset(struct loop *loop, struct loop_timer *timer)
{
	struct loop_timer **at = &loop->timers;

	if (!timer->set)
		return;
	while (*at != timer)
		at = &(*at)->next;
	*at = timer->next;
	timer->set = 0;
}

void
loop_set(struct loop *loop, struct loop_timer *timer, int ms)
{
	loop_unset(loop, timer);
	timer->at = deadline_in(ms);
	timer->next = loop->timers;
	timer->set = 1;
	loop->timers = timer;
}

/* For how many ms to wait, -1 for good. */
static int
patience(const struct loop *loop)
{
	const struct loop_timer *timer;
	int least = -1, left;

	if (loop->busy)
		return 0;
	for (timer = loop->timers; timer != NULL; timer = timer->next) {
		left = deadline_left(timer->at);
		if (least == -1 || left < least)
			least = left;
	}
	return least;
}

static void
tell_timers(struct loop *loop)
{
	struct loop_timer *timer = loop->timers;

	while (timer != NULL) {
		if (deadline_left(timer->at) > 0) {
			timer = timer->next;
			continue;
		}
		loop_unset(loop, timer);
		timer->due(timer);
		/* It may have changed the list. */
		timer = loop->timers;
	}
}

int
loop_turn(struct loop *loop)
{
	struct epoll_event events[EVENTS_MAX];
	struct loop_source *source;
	const int n = epoll_wait(loop->fd, events, EVENTS_MAX, patience(loop));
	int i;

	if (n == -1 && errno != EINTR)
		return -1;
	loop->busy = 0;
	for (i = 0; i < n; i++) {
		source = events[i].data.ptr;
		/* Closed, by one that came before it in this turn. */
		if (source->fd != -1)
			source->ready(source, events[i].events);
	}
	if (loop->timers != NULL)
		tell_timers(loop);
	return 0;
}
