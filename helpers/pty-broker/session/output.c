/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "output.h"

#include <sys/epoll.h>

#include "deliver.h"
#include "ending.h"
#include "input.h"
#include "ring.h"
#include "session.h"
#include "viewer.h"

/* So often is the pty read before everybody else has his turn. */
#define READS 16

/* As much is read before it is handed on: only what is there already. */
#define BATCH ((size_t)4 * RING_SLACK)

/*
 * How far the program may be ahead of the foremost viewer, in bytes: the rest
 * of the ring is for those who are as fast, and a little behind him.
 */
#define AHEAD ((uint64_t)16 * 1024)

/*
 * For how long the program waits for viewers none of whom takes anything, in
 * ms.  A connection that is lost without a word must not stop a build.
 */
#define PATIENCE 10000

/* Would he lose something if as much came as can come at once? */
static int
is_full(const struct session *session, const struct viewer *viewer)
{
	const struct ring *ring = session->history.ring;
	const uint64_t lag = ring_end(ring) - viewer->cursor;

	return lag != 0 && lag + RING_SLACK > ring_size(ring);
}

/*
 * May the program write on?  It waits for the foremost viewer, as it would
 * for a terminal, and for nobody else; for none if there is none, but for
 * the first of all where he is on his way: he is to miss nothing.
 */
static int
may_read(const struct session *session)
{
	const uint64_t end = ring_end(session->history.ring);
	const struct viewer *viewer;
	int waits = session->awaited;

	for (viewer = session->viewers; viewer != NULL; viewer = viewer->next) {
		if (!viewer->attached || viewer->gone || viewer->stalled ||
		    viewer->paused || viewer->peeks || viewer->deaf)
			continue;
		/* The keeper is to miss nothing. */
		if (viewer->flags & PROTO_KEEPER) {
			if (is_full(session, viewer))
				return 0;
			continue;
		}
		if (!is_full(session, viewer) && end - viewer->cursor < AHEAD)
			waits = -1;
		else if (waits == 0)
			waits = 1;
	}
	return waits != 1;
}

static void
give_up(struct loop_timer *timer)
{
	struct session *session = timer->ctx;
	struct viewer *viewer;

	session->awaited = 0;
	for (viewer = session->viewers; viewer != NULL; viewer = viewer->next)
		if (deliver_lags(viewer))
			viewer->stalled = 1;
	session->loop.busy = 1;
}

/* Returns how much was read; 0 when there is nothing for now. */
static size_t
read_once(struct session *session)
{
	const ssize_t n = history_read(&session->history, session->master.fd);

	if (n > 0) {
		if (session->leader_gone)
			session->after += (size_t)n;
		return (size_t)n;
	}
	/*
	 * EAGAIN: that is all for now.  EIO: and nobody has the other side
	 * open at the moment (I9).  POLLHUP would have said so before the last
	 * bytes were read.
	 */
	session->master_ready = 0;
	return 0;
}

void
output_pull(struct session *session)
{
	size_t gathered = 0, n;
	int i, allowed = 1;

	for (i = 0; i < READS && session->master_ready; i++) {
		if (!(allowed = may_read(session)))
			break;
		if ((n = read_once(session)) == 0)
			break;
		gathered += n;
		/* A key's echo is small, and in a hurry. */
		if (n < RING_SLACK - 1 || gathered >= BATCH) {
			deliver_all(session);
			gathered = 0;
		}
	}
	if (gathered > 0)
		deliver_all(session);
	if (!allowed && !session->stall.set)
		loop_set(&session->loop, &session->stall, PATIENCE);
	else if (allowed)
		loop_unset(&session->loop, &session->stall);
	if (allowed && session->master_ready)
		session->loop.busy = 1;
	if (allowed)
		ending_drained(session);
}

static void
master_ready(struct loop_source *source, uint32_t events)
{
	struct session *session = source->ctx;

	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		session->master_ready = 1;
	if (events & EPOLLOUT)
		input_flush(session);
}

int
output_open(struct session *session)
{
	session->master.ready = master_ready;
	session->master.ctx = session;
	session->stall.due = give_up;
	session->stall.ctx = session;
	session->master_ready = 1;
	return loop_watch(&session->loop, &session->master, EPOLLIN);
}
