/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "serveloop.h"

#include <sys/resource.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "caller.h"
#include "conn.h"
#include "connall.h"
#include "conns.h"
#include "deadline.h"
#include "door.h"
#include "poller.h"

/* Of a connection: the client's, his process's, the agent's. */
#define FDS_EACH 3
/* Of everything else in the process. */
#define FDS_OTHER 16
/* How many may enter in one turn, and how long to wait where none can. */
#define ENTER_MAX 16
#define STUCK_MS 100

struct watch {
	struct watch *next;
	struct poller_source source;
	void (*ready)(void *ctx, int fd);
	void *ctx;
	long long paused;	/* until then; 0: it is not */
};

struct serveloop {
	struct serve_facts facts;
	struct poller poller;
	struct conns conns;
	struct door door;
	struct poller_source listener;
	long long stuck;	/* nobody enters before that; 0: they do */
	struct watch *watches;
	unsigned long turned_away;
	int stopped;
};

/*
 * Returns how many connections there are descriptors for, if as many as that
 * cannot be had.
 */
static unsigned int
make_room(unsigned int connections)
{
	struct rlimit limit;
	rlim_t need = (rlim_t)connections * FDS_EACH + FDS_OTHER;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return connections;
	if (limit.rlim_cur < need) {
		limit.rlim_cur = need < limit.rlim_max ? need :
		    limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
		(void)getrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur >= need)
		return connections;
	if (limit.rlim_cur < FDS_OTHER + FDS_EACH)
		return 1;
	return (unsigned int)((limit.rlim_cur - FDS_OTHER) / FDS_EACH);
}

/* Nobody can enter for the moment. */
static void
shut(struct serveloop *loop)
{
	loop->stuck = deadline_in(STUCK_MS);
	if (poller_want(&loop->poller, &loop->listener, 0) == -1)
		serveloop_stop(loop);
}

static void
unpause(struct serveloop *loop)
{
	struct watch *watch;

	for (watch = loop->watches; watch != NULL; watch = watch->next) {
		if (watch->paused == 0 || deadline_left(watch->paused) > 0)
			continue;
		watch->paused = poller_want(&loop->poller, &watch->source,
		    EPOLLIN) == 0 ? 0 : deadline_in(STUCK_MS);
	}
}

static void
unshut(struct serveloop *loop)
{
	unpause(loop);
	if (loop->stuck == 0 || deadline_left(loop->stuck) > 0)
		return;
	loop->stuck = 0;
	if (poller_want(&loop->poller, &loop->listener, EPOLLIN) == -1)
		shut(loop);
}

static void
admit(struct serveloop *loop, int fd)
{
	struct caller caller;
	struct lease *lease = NULL;

	if (loop->conns.count < loop->facts.limits.connections &&
	    caller_look(&caller, fd) == 0) {
		lease = loop->facts.choose(loop->facts.ctx, &caller);
		if (lease == NULL)
			caller_close(&caller);
	}
	if (lease != NULL && conn_new(&loop->conns, fd, lease, &caller) == 0)
		return;
	if (lease == NULL)
		(void)close(fd);
	loop->turned_away++;
}

static void
listener_ready(void *ctx, uint32_t events)
{
	struct serveloop *loop = ctx;
	int fd, left;

	(void)events;
	for (left = ENTER_MAX; left > 0; left--) {
		if ((fd = door_accept(&loop->door)) != -1) {
			admit(loop, fd);
			continue;
		}
		if (errno == EAGAIN)
			return;
		if (errno == EBUSY) {
			shut(loop);
			return;
		}
		loop->turned_away++;
	}
}

struct serveloop *
serveloop_new(const struct serve_facts *facts)
{
	struct serveloop *loop = calloc(1, sizeof(*loop));
	int saved;

	if (loop == NULL)
		return NULL;
	loop->facts = *facts;
	loop->facts.limits.connections =
	    make_room(facts->limits.connections);
	loop->poller.fd = -1;
	loop->conns.poller = &loop->poller;
	loop->conns.limits = facts->limits;
	loop->conns.self = facts->self;
	loop->conns.audit = facts->audit;
	loop->listener.fd = facts->listener;
	loop->listener.ready = listener_ready;
	loop->listener.ctx = loop;
	if (door_open(&loop->door, facts->listener, facts->peer) == 0 &&
	    poller_open(&loop->poller) == 0 &&
	    poller_want(&loop->poller, &loop->listener, EPOLLIN) == 0)
		return loop;
	saved = errno;
	serveloop_free(loop);
	errno = saved;
	return NULL;
}

void
serveloop_free(struct serveloop *loop)
{
	connall_end(&loop->conns, NULL);
	while (loop->watches != NULL)
		serveloop_unwatch(loop, loop->watches->source.fd);
	poller_close(&loop->poller);
	door_close(&loop->door);
	free(loop);
}

int
serveloop_listen(struct serveloop *loop, int listener,
    const struct upstream_self *self)
{
	const int old = loop->listener.fd;

	poller_forget(&loop->poller, &loop->listener);
	loop->listener.fd = listener;
	if (poller_want(&loop->poller, &loop->listener, EPOLLIN) == -1) {
		const int saved = errno;

		loop->listener.fd = old;
		(void)poller_want(&loop->poller, &loop->listener, EPOLLIN);
		errno = saved;
		return -1;
	}
	loop->stuck = 0;
	loop->door.listener = listener;
	loop->conns.self = *self;
	return 0;
}

static void
watch_ready(void *ctx, uint32_t events)
{
	const struct watch *watch = ctx;

	(void)events;
	watch->ready(watch->ctx, watch->source.fd);
}

int
serveloop_watch(struct serveloop *loop, int fd,
    void (*ready)(void *ctx, int fd), void *ctx)
{
	struct watch *watch = calloc(1, sizeof(*watch));
	int saved;

	if (watch == NULL)
		return -1;
	watch->source.fd = fd;
	watch->source.ready = watch_ready;
	watch->source.ctx = watch;
	watch->ready = ready;
	watch->ctx = ctx;
	if (poller_want(&loop->poller, &watch->source, EPOLLIN) == -1) {
		saved = errno;
		free(watch);
		errno = saved;
		return -1;
	}
	watch->next = loop->watches;
	loop->watches = watch;
	return 0;
}

void
serveloop_pause(struct serveloop *loop, int fd)
{
	struct watch *watch = loop->watches;

	while (watch != NULL && watch->source.fd != fd)
		watch = watch->next;
	if (watch != NULL && poller_want(&loop->poller, &watch->source,
	    0) == 0)
		watch->paused = deadline_in(STUCK_MS);
}

void
serveloop_unwatch(struct serveloop *loop, int fd)
{
	struct watch **at = &loop->watches, *watch;

	while (*at != NULL && (*at)->source.fd != fd)
		at = &(*at)->next;
	if ((watch = *at) == NULL)
		return;
	*at = watch->next;
	poller_forget(&loop->poller, &watch->source);
	free(watch);
}

void
serveloop_end_lease(struct serveloop *loop, struct lease *lease)
{
	connall_end(&loop->conns, lease);
}

void
serveloop_stop(struct serveloop *loop)
{
	loop->stopped = 1;
}

/* The earlier of two waits in ms, -1 being no end; "until" 0 is none. */
static int
sooner(int ms, long long until)
{
	int left;

	if (until == 0)
		return ms;
	left = deadline_left(until);
	return ms == -1 || left < ms ? left : ms;
}

/* For how many ms nothing is due, -1 for good. */
static int
patience(const struct serveloop *loop)
{
	const struct watch *watch;
	int ms = sooner(conns_patience(&loop->conns), loop->stuck);

	for (watch = loop->watches; watch != NULL; watch = watch->next)
		ms = sooner(ms, watch->paused);
	return ms;
}

int
serveloop_run(struct serveloop *loop)
{
	loop->stopped = 0;
	while (!loop->stopped) {
		if (poller_turn(&loop->poller, patience(loop)) == -1)
			return -1;
		connall_tell(&loop->conns);
		unshut(loop);
	}
	return 0;
}

size_t
serveloop_connections(const struct serveloop *loop)
{
	return loop->conns.count;
}

unsigned long
serveloop_turned_away(const struct serveloop *loop)
{
	return loop->turned_away;
}
