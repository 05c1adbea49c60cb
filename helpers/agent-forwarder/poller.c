/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "poller.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int
poller_open(struct poller *poller)
{
	memset(poller, 0, sizeof(*poller));
	poller->fd = epoll_create1(EPOLL_CLOEXEC);
	return poller->fd == -1 ? -1 : 0;
}

void
poller_close(struct poller *poller)
{
	if (poller->fd != -1)
		(void)close(poller->fd);
	poller->fd = -1;
}

int
poller_want(struct poller *poller, struct poller_source *source,
    uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = source };
	const int op = source->added ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

	if (source->added && source->events == events)
		return 0;
	if (epoll_ctl(poller->fd, op, source->fd, &event) == -1)
		return -1;
	source->added = 1;
	source->events = events;
	return 0;
}

void
poller_forget(struct poller *poller, struct poller_source *source)
{
	int i;

	if (!source->added)
		return;
	source->added = 0;
	(void)epoll_ctl(poller->fd, EPOLL_CTL_DEL, source->fd, NULL);
	for (i = poller->told; i < poller->count; i++) {
		if (poller->batch[i].data.ptr == source)
			poller->batch[i].data.ptr = NULL;
	}
}

int
poller_turn(struct poller *poller, int ms)
{
	const struct epoll_event *event;
	const struct poller_source *source;
	const int n = epoll_wait(poller->fd, poller->batch, POLLER_BATCH, ms);

	if (n == -1)
		return errno == EINTR ? 0 : -1;
	poller->count = n;
	poller->told = 0;
	while (poller->told < poller->count) {
		event = &poller->batch[poller->told++];
		source = event->data.ptr;
		if (source != NULL)
			source->ready(source->ctx, event->events);
	}
	return 0;
}
