/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Level-triggered: a way that waits for room is not asked whether there is
 * more, and the loop has no list of those who had only their share.  Only a
 * side that has hung up would be told of for ever, and so is watched no more.
 */

#include "config.h"
#include "conduit.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flow.h"
#include "flowpool.h"

/* A descriptor; both ways may have the same. */
struct conduit_port {
	struct conduit *conduit;
	int fd;				/* -1: none any more */
	uint32_t events;		/* that it is watched for */
	int watched;
	int shared;			/* by both ways */
};

enum way_state {
	WAY_OPEN,
	WAY_DEAF,			/* nobody listens: thrown away */
	WAY_OVER,
};

struct way {
	struct flow flow;
	struct conduit_port *from, *to;
	enum way_state state;
	int full;			/* waits for room */
};

struct conduit {
	int epoll;
	struct flowpool *pool;
	void *owner;
	struct conduit_port ports[4];
	struct way ways[2];
	int over;
};

static void
unwatch(struct conduit_port *port)
{
	/* A close would not do it where a child still holds a copy. */
	if (port->watched)
		(void)epoll_ctl(port->conduit->epoll, EPOLL_CTL_DEL, port->fd,
		    NULL);
	port->watched = 0;
}

static void
close_port(struct conduit_port *port)
{
	if (port->fd == -1)
		return;
	unwatch(port);
	(void)close(port->fd);
	port->fd = -1;
}

/* Watch it, or watch it for something else.  Returns 0, or -1 with errno. */
static int
watch(struct conduit_port *port, uint32_t events, int op)
{
	struct epoll_event event = { .events = events, .data.ptr = port };

	if (epoll_ctl(port->conduit->epoll, op, port->fd, &event) == -1)
		return -1;
	port->watched = 1;
	port->events = events;
	return 0;
}

static uint32_t
wanted(const struct conduit *conduit, const struct conduit_port *port)
{
	uint32_t events = 0;
	int i;

	for (i = 0; i < 2; i++) {
		const struct way *way = &conduit->ways[i];

		if (way->state == WAY_OVER)
			continue;
		if (way->from == port && !way->full && !way->flow.ended)
			events |= EPOLLIN;
		if (way->to == port && way->full)
			events |= EPOLLOUT;
	}
	return events;
}

/* The port for a descriptor of an end; a new one, unless it is the same. */
static struct conduit_port *
port_for(struct conduit *conduit, int first, int fd)
{
	struct conduit_port *port = &conduit->ports[first];

	if (port->fd != -1 && port->fd != fd)
		port++;
	port->conduit = conduit;
	port->fd = fd;
	return port;
}

static void
init(struct conduit *conduit, const struct conduit_end ends[2])
{
	int i;

	for (i = 0; i < 4; i++)
		conduit->ports[i].fd = -1;
	for (i = 0; i < 2; i++) {
		conduit->ways[i].from = port_for(conduit, 2 * i, ends[i].in);
		conduit->ways[!i].to = port_for(conduit, 2 * i, ends[i].out);
	}
	for (i = 0; i < 2; i++) {
		struct way *way = &conduit->ways[i];

		flow_init(&way->flow, way->from->fd, way->to->fd);
		way->from->shared = way->from == conduit->ways[!i].to;
	}
}

struct conduit *
conduit_new(int epoll, struct flowpool *pool,
    const struct conduit_end ends[2], void *owner)
{
	struct conduit *conduit = calloc(1, sizeof(*conduit));
	struct conduit_port *port;
	int i, saved;

	if (conduit == NULL)
		return NULL;
	conduit->epoll = epoll;
	conduit->pool = pool;
	conduit->owner = owner;
	init(conduit, ends);
	for (i = 0; i < 4; i++) {
		port = &conduit->ports[i];
		if (port->fd == -1 || watch(port, wanted(conduit, port),
		    EPOLL_CTL_ADD) == 0)
			continue;
		saved = errno;
		while (i-- > 0)
			unwatch(&conduit->ports[i]);
		free(conduit);
		errno = saved;
		return NULL;
	}
	return conduit;
}

void
conduit_free(struct conduit *conduit)
{
	int i;

	if (conduit == NULL)
		return;
	for (i = 0; i < 2; i++)
		flow_drop(&conduit->ways[i].flow, conduit->pool);
	for (i = 0; i < 4; i++)
		close_port(&conduit->ports[i]);
	free(conduit);
}

void *
conduit_owner(const struct conduit_port *port)
{
	return port->conduit->owner;
}

/* Say the end of that way to who reads: all of it has been delivered. */
static void
say_end(struct way *way)
{
	way->state = WAY_OVER;
	if (!way->to->shared)
		close_port(way->to);
	else if (way->flow.to_socket)
		(void)shutdown(way->to->fd, SHUT_WR);
}

static int
is_local(int fd)
{
	int domain;
	socklen_t len = sizeof(domain);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 &&
	    domain == AF_UNIX;
}

/*
 * Nobody takes what goes that way: say it to who writes.  TCP has no word for
 * it, and a terminal neither; what he writes is thrown away then, so that he
 * comes to his own end, and to the answer that he may still get.
 */
static void
say_broken(struct conduit *conduit, struct way *way)
{
	if (way->state != WAY_OPEN)
		return;
	flow_drop(&way->flow, conduit->pool);
	way->full = 0;
	way->state = WAY_OVER;
	if (!way->to->shared)
		close_port(way->to);
	if (!way->from->shared)
		close_port(way->from);
	else if (!way->flow.ended) {
		way->state = WAY_DEAF;
		if (is_local(way->from->fd))
			(void)shutdown(way->from->fd, SHUT_RD);
	}
}

static void
move(struct conduit *conduit, struct way *way)
{
	enum flow_state state = FLOW_ENDED;

	if (way->state == WAY_OPEN) {
		do {
			state = flow_move(&way->flow, conduit->pool);
		} while (state == FLOW_MORE && way->flow.last);
		if (state == FLOW_DRY && way->flow.last)
			state = FLOW_ENDED;
		way->full = state == FLOW_FULL;
		if (state == FLOW_ENDED)
			say_end(way);
		else if (state == FLOW_BROKEN)
			say_broken(conduit, way);
	}
	if (way->state == WAY_DEAF &&
	    (flow_discard(&way->flow, conduit->pool) == FLOW_ENDED ||
	    way->flow.last))
		way->state = WAY_OVER;
}

static int
is_over(const struct conduit *conduit)
{
	return conduit->ways[0].state != WAY_OPEN &&
	    conduit->ways[1].state != WAY_OPEN;
}

/* Wait for what is to come.  Returns 0, or -1 with errno. */
static int
wait_for_more(struct conduit *conduit)
{
	struct conduit_port *port;
	uint32_t events;
	int i;

	for (i = 0; i < 4; i++) {
		port = &conduit->ports[i];
		if (!port->watched)
			continue;
		events = wanted(conduit, port);
		if (events != port->events &&
		    watch(port, events, EPOLL_CTL_MOD) == -1)
			return -1;
	}
	return 0;
}

int
conduit_ready(struct conduit_port *port, uint32_t events)
{
	struct conduit *conduit = port->conduit;
	const int gone = (events & (EPOLLERR | EPOLLHUP)) != 0;
	int i;

	if (conduit->over || port->fd == -1)
		return conduit->over;
	if (gone)
		unwatch(port);
	for (i = 0; i < 2; i++) {
		struct way *way = &conduit->ways[i];

		if (way->from == port) {
			way->flow.last |= gone;
			/* What it said last waits until there is room. */
			if (!way->full)
				move(conduit, way);
		} else if (way->to == port && gone)
			say_broken(conduit, way);
		else if (way->to == port && way->full)
			move(conduit, way);
	}
	if (is_over(conduit) || wait_for_more(conduit) == -1)
		conduit->over = 1;
	return conduit->over;
}
