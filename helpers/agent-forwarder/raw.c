/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces who connects, as often and as slowly as he likes, and a program
 * upstream that may not answer.  One thread, which waits for all of them at
 * one place; nobody is ever connected to but for somebody who has connected.
 */

#include "config.h"
#include "raw.h"

#include <sys/epoll.h>
#include <sys/resource.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conduit.h"
#include "deadline.h"
#include "door.h"
#include "flowpool.h"

#define EVENTS_MAX 64

/* Pipes at a time, of a user's 64 MiB (flowpool.c). */
#define PIPES_MAX 8

/* How often a full queue upstream is tried, and a want of descriptors, ms. */
#define PAUSE 20

/* Descriptors besides the connections', and for a few pipes. */
#define DESCRIPTORS_BESIDES 64

struct connection {
	struct connection *next, *prev;
	struct conduit *conduit;	/* NULL: it waits for upstream */
	int fd;				/* who waits */
	long long until;
	int over;
};

struct list {
	struct connection *first, *last;
};

struct raw {
	const struct raw_facts *facts;
	struct door door;
	int epoll;
	int paused;			/* nobody is taken for a while */
	struct flowpool *pool;
	struct list joined, waiting;
	unsigned int count;
	struct connection *dead;	/* since this turn, by "next" */
};

static void
append(struct list *list, struct connection *conn)
{
	conn->next = NULL;
	conn->prev = list->last;
	*(list->last != NULL ? &list->last->next : &list->first) = conn;
	list->last = conn;
}

static void
detach(struct list *list, struct connection *conn)
{
	*(conn->prev != NULL ? &conn->prev->next : &list->first) = conn->next;
	*(conn->next != NULL ? &conn->next->prev : &list->last) = conn->prev;
}

static void
bury(struct raw *raw, struct connection *conn)
{
	if (conn->fd != -1)
		(void)close(conn->fd);
	conduit_free(conn->conduit);
	free(conn);
	raw->count--;
}

/* Not before the events of this turn are all told. */
static void
end(struct raw *raw, struct list *list, struct connection *conn)
{
	detach(list, conn);
	conn->over = 1;
	conn->next = raw->dead;
	raw->dead = conn;
}

static void
bury_dead(struct raw *raw)
{
	struct connection *conn;

	while ((conn = raw->dead) != NULL) {
		raw->dead = conn->next;
		bury(raw, conn);
	}
}

static int
watch(struct raw *raw, int fd, int op, void *ptr)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = ptr };

	return epoll_ctl(raw->epoll, op, fd, &event);
}

/*
 * Join who waits with upstream.  Returns 0; 1 if he has to wait on; or -1
 * with errno.
 */
static int
join(struct raw *raw, struct connection *conn)
{
	const int fd = raw->facts->connect(raw->facts->ctx);
	const struct conduit_end ends[2] = {
		{ conn->fd, conn->fd }, { fd, fd },
	};
	int saved;

	if (fd == -1)
		return errno == EAGAIN ? 1 : -1;
	conn->conduit = conduit_new(raw->epoll, raw->pool, ends, conn);
	if (conn->conduit != NULL) {
		conn->fd = -1;
		return 0;
	}
	saved = errno;
	(void)close(fd);
	errno = saved;
	return -1;
}

static void
welcome(struct raw *raw, int fd)
{
	struct connection *conn = NULL;

	if (raw->count < raw->facts->connections)
		conn = calloc(1, sizeof(*conn));
	if (conn == NULL) {
		(void)close(fd);
		return;
	}
	raw->count++;
	conn->fd = fd;
	/* Nobody overtakes who waits already. */
	switch (raw->waiting.first != NULL ? 1 : join(raw, conn)) {
	case 0:
		append(&raw->joined, conn);
		break;
	case 1:
		conn->until = deadline_in(RAW_PATIENCE);
		append(&raw->waiting, conn);
		break;
	default:
		bury(raw, conn);
		break;
	}
}

static int
accept_all(struct raw *raw)
{
	int fd, i;

	/* The others are announced again. */
	for (i = 0; i < EVENTS_MAX; i++) {
		if ((fd = door_accept(&raw->door)) != -1)
			welcome(raw, fd);
		else if (errno == EAGAIN)
			return 0;
		else if (errno == EBUSY) {
			raw->paused = 1;
			return watch(raw, raw->door.listener, EPOLL_CTL_DEL,
			    NULL);
		}
	}
	return 0;
}

/* After a pause: try again what could not be done. */
static int
try_again(struct raw *raw)
{
	struct connection *conn;
	int r = 0;

	while (r != 1 && (conn = raw->waiting.first) != NULL) {
		r = join(raw, conn);
		if (r == 0) {
			detach(&raw->waiting, conn);
			append(&raw->joined, conn);
		} else if (r == -1 || deadline_left(conn->until) == 0)
			end(raw, &raw->waiting, conn);
	}
	if (!raw->paused)
		return 0;
	raw->paused = 0;
	return watch(raw, raw->door.listener, EPOLL_CTL_ADD, &raw->door);
}

/* Returns 0, 1 if it is time to end, or -1 with errno. */
static int
turn(struct raw *raw)
{
	struct epoll_event events[EVENTS_MAX];
	const int waits = raw->paused || raw->waiting.first != NULL;
	const int n = epoll_wait(raw->epoll, events, EVENTS_MAX,
	    waits ? PAUSE : -1);
	struct connection *conn;
	int i, r = 0;

	if (n == -1 && errno != EINTR)
		return -1;
	for (i = 0; i < n; i++) {
		if (events[i].data.ptr == raw)
			return 1;
		if (events[i].data.ptr == &raw->door) {
			r = accept_all(raw);
			continue;
		}
		conn = conduit_owner(events[i].data.ptr);
		if (!conn->over &&
		    conduit_ready(events[i].data.ptr, events[i].events))
			end(raw, &raw->joined, conn);
	}
	if (waits && r == 0)
		r = try_again(raw);
	bury_dead(raw);
	return r;
}

/* Two for each connection. */
static void
raise_limit(unsigned int connections)
{
	const rlim_t needed = 2 * (rlim_t)connections + DESCRIPTORS_BESIDES;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1 || limit.rlim_cur >= needed)
		return;
	limit.rlim_cur = needed < limit.rlim_max ? needed : limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static int
begin(struct raw *raw)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	raise_limit(raw->facts->connections);
	if (sigaction(SIGPIPE, &ignore, NULL) == -1 ||
	    door_open(&raw->door, raw->facts->listener, raw->facts->peer) ==
	    -1 || (raw->pool = flowpool_new(PIPES_MAX)) == NULL ||
	    (raw->epoll = epoll_create1(EPOLL_CLOEXEC)) == -1 ||
	    watch(raw, raw->facts->listener, EPOLL_CTL_ADD, &raw->door) == -1)
		return -1;
	return raw->facts->end == -1 ? 0 :
	    watch(raw, raw->facts->end, EPOLL_CTL_ADD, raw);
}

int
raw_serve(const struct raw_facts *facts)
{
	struct raw raw = { .facts = facts, .epoll = -1, .door = { .reserve =
	    -1 } };
	int r, saved;

	r = begin(&raw);
	while (r == 0)
		r = turn(&raw);
	saved = errno;
	while (raw.joined.first != NULL)
		end(&raw, &raw.joined, raw.joined.first);
	while (raw.waiting.first != NULL)
		end(&raw, &raw.waiting, raw.waiting.first);
	bury_dead(&raw);
	door_close(&raw.door);
	flowpool_free(raw.pool);
	if (raw.epoll != -1)
		(void)close(raw.epoll);
	errno = saved;
	return r == 1 ? 0 : -1;
}
