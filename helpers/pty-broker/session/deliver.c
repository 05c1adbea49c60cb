/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces viewers of any speed.  None of them is waited for here, and none has
 * a queue: his place in the ring is all that there is of him.
 */

#include "config.h"
#include "deliver.h"

#include <sys/epoll.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "detach.h"
#include "files.h"
#include "packet.h"
#include "replay.h"
#include "ring.h"
#include "session.h"
#include "viewer.h"

/* Of one message, beside its offset. */
#define PORTION (PACKET_MAX - 8)

static struct loop_source *
side_of(struct viewer *viewer)
{
	return viewer->tty.fd != -1 ? &viewer->tty : &viewer->sock;
}

/* His side is full: be told when it is not. */
static void
block(struct viewer *viewer)
{
	viewer->blocked = 1;
	(void)loop_watch(&viewer->session->loop, side_of(viewer),
	    EPOLLIN | EPOLLOUT);
}

/* Nothing comes to him any more; but what he typed last counts. */
static void
fail(struct viewer *viewer)
{
	if (errno != EPIPE && errno != ECONNRESET) {
		viewer_drop(viewer);
		return;
	}
	viewer->deaf = 1;
	viewer->sock_ready = 1;
	viewer->session->loop.busy = 1;
}

static ssize_t
write_terminal(const struct viewer *viewer, const void *data, size_t len)
{
	ssize_t n;

	do
		n = write(viewer->tty.fd, data, len);
	while (n == -1 && errno == EINTR);
	return n;
}

/*
 * Hand over bytes.  Returns how many were taken, or -1 when it is blocked, or
 * gone.
 */
static ssize_t
put(struct viewer *viewer, enum proto_type type, const void *data, size_t len)
{
	unsigned char offset[8];
	ssize_t n;

	if (viewer->tty.fd != -1) {
		n = write_terminal(viewer, data, len);
	} else {
		len = len < PORTION ? len : PORTION;
		proto_put_offset(offset, viewer->cursor);
		n = packet_send_parts(viewer->sock.fd, (int)type, offset,
		    type == PROTO_OUTPUT ? sizeof(offset) : 0, data, len) == 0 ?
		    (ssize_t)len : -1;
	}
	if (n > 0) {
		viewer->stalled = 0;
		loop_unset(&viewer->session->loop, &viewer->session->stall);
	} else if (n == 0 || errno == EAGAIN) {
		block(viewer);
	} else if (viewer->tty.fd != -1) {
		detach_viewer(viewer, PROTO_LOST);
	} else {
		fail(viewer);
	}
	return n > 0 ? n : -1;
}

/* Send a message that is no part of the stream.  Returns 0 or -1, as put(). */
static int
tell(struct viewer *viewer, enum proto_type type, const void *data, size_t len)
{
	if (packet_send(viewer->sock.fd, (int)type, data, len, -1) == 0)
		return 0;
	if (errno != EAGAIN) {
		fail(viewer);
		return -1;
	}
	viewer->blocked = 1;
	(void)loop_watch(&viewer->session->loop, &viewer->sock,
	    EPOLLIN | EPOLLOUT);
	return -1;
}

static int
tell_size(struct viewer *viewer, enum proto_type type,
    const struct proto_size *size)
{
	unsigned char buf[PROTO_SIZE_LEN];

	proto_put_size(buf, size);
	return tell(viewer, type, buf, sizeof(buf));
}

/* What goes before the stream. */
static int
put_text(struct viewer *viewer)
{
	ssize_t n;

	while (viewer->text_at < viewer->text_len) {
		n = put(viewer, PROTO_PAINT, viewer->text + viewer->text_at,
		    viewer->text_len - viewer->text_at);
		if (n == -1)
			return -1;
		viewer->text_at += (size_t)n;
	}
	free(viewer->text);
	viewer->text = NULL;
	viewer->text_at = viewer->text_len = 0;
	return 0;
}

/* The stream was faster than he is, once around the ring. */
static int
skip_gap(struct viewer *viewer)
{
	const struct ring *ring = viewer->session->history.ring;
	unsigned char gap[16];

	if (viewer->cursor >= ring_begin(ring))
		return 0;
	if (viewer->flags & PROTO_KEEPER) {
		viewer->session->keeper_failed = 1;
		viewer->session->loop.busy = 1;
		return -1;
	}
	proto_put_offset(gap, viewer->cursor);
	proto_put_offset(gap + 8, ring_end(ring));
	if (viewer->tty.fd == -1 &&
	    tell(viewer, PROTO_GAP, gap, sizeof(gap)) == -1)
		return -1;
	if (replay_begin(viewer) == 0)
		return 0;
	viewer_drop(viewer);
	return -1;
}

/* What he would have seen already, had he been here: without its queries. */
static int
put_replay(struct viewer *viewer)
{
	const struct ring *ring = viewer->session->history.ring;
	const unsigned char *p;
	size_t n, pass, skip;
	ssize_t done;

	while (viewer->replay != NULL) {
		if (viewer->cursor >= viewer->replay_end) {
			replay_end(viewer);
			return 0;
		}
		p = ring_from(ring, viewer->cursor, &n);
		if (n > viewer->replay_end - viewer->cursor)
			n = (size_t)(viewer->replay_end - viewer->cursor);
		replay_portion(viewer, p, n, &pass, &skip);
		if (pass > 0) {
			done = put(viewer, PROTO_PAINT, p, pass);
			if (done == -1)
				return -1;
			replay_follow(viewer, p, (size_t)done);
			if ((size_t)done < pass)
				continue;
			p += done;
		}
		replay_follow(viewer, p, skip);
	}
	return 0;
}

/* Up to where the stream goes before something else is to be said. */
static size_t
until_mark(const struct viewer *viewer, size_t n)
{
	uint64_t mark = viewer->cursor + n;

	if (viewer->size_due && viewer->size_at < mark)
		mark = viewer->size_at;
	if (viewer->dump_due && viewer->dump_at < mark)
		mark = viewer->dump_at;
	return (size_t)(mark - viewer->cursor);
}

static int
put_marks(struct viewer *viewer)
{
	if (viewer->size_due && viewer->cursor >= viewer->size_at) {
		if (tell_size(viewer, PROTO_SIZE,
		    &viewer->session->sizing.size) == -1)
			return -1;
		viewer->size_due = 0;
	}
	if (viewer->dump_due && viewer->cursor >= viewer->dump_at) {
		if (tell_size(viewer, PROTO_DUMP_WANTED,
		    &viewer->dump_size) == -1)
			return -1;
		viewer->dump_due = 0;
	}
	return 0;
}

static int
put_stream(struct viewer *viewer)
{
	const struct ring *ring = viewer->session->history.ring;
	const unsigned char *p;
	size_t n;
	ssize_t done;

	/* He came for what was there, not for what comes. */
	if (viewer->peeks)
		return 0;
	for (;;) {
		if (put_marks(viewer) == -1)
			return -1;
		p = ring_from(ring, viewer->cursor, &n);
		if (n == 0)
			return 0;
		n = until_mark(viewer, n);
		if ((done = put(viewer, PROTO_OUTPUT, p, n)) == -1)
			return -1;
		viewer->cursor += (size_t)done;
	}
}

/* He has all of it. */
static void
put_end(struct viewer *viewer)
{
	struct session *session = viewer->session;
	unsigned char buf[4];

	if (viewer->peeks) {
		detach_viewer(viewer, PROTO_PAINTED);
		return;
	}
	if (!session->over || (viewer->flags & PROTO_KEEPER))
		return;
	/* When he knows of the end, the name is to be free. */
	if (viewer->waits) {
		if (session->killing.set)
			return;
		files_remove(session);
	}
	if (viewer->attached) {
		detach_put_back(viewer);
		if (put_text(viewer) == -1)
			return;
	}
	proto_put_number(buf, (uint32_t)session->status);
	if (tell(viewer, PROTO_EXIT, buf, sizeof(buf)) == -1)
		return;
	session->told = 1;
	viewer_drop(viewer);
}

/* He has been detached, and is to know it. */
static void
put_farewell(struct viewer *viewer)
{
	unsigned char buf[4];

	proto_put_number(buf, (uint32_t)viewer->leaving);
	if (put_text(viewer) == 0 &&
	    tell(viewer, PROTO_DETACHED, buf, sizeof(buf)) == 0)
		viewer_drop(viewer);
}

/*
 * Give a viewer what he has not got yet, as far as his side takes it: what
 * goes before, the output, and when the session is over its status.
 */
static void
deliver(struct viewer *viewer)
{
	viewer->due = 0;
	if (viewer->gone || viewer->blocked || viewer->deaf)
		return;
	if (viewer->leaving) {
		put_farewell(viewer);
		return;
	}
	if (viewer->paused)
		return;
	if (viewer->waits) {
		put_end(viewer);
		return;
	}
	if (!viewer->attached || viewer->awaits_dump)
		return;
	if (skip_gap(viewer) == -1 || put_text(viewer) == -1 ||
	    put_replay(viewer) == -1 || put_stream(viewer) == -1)
		return;
	put_end(viewer);
}

void
deliver_all(struct session *session)
{
	struct viewer *viewer;

	for (viewer = session->viewers; viewer != NULL; viewer = viewer->next)
		deliver(viewer);
}

void
deliver_due(struct session *session)
{
	struct viewer *viewer;

	for (viewer = session->viewers; viewer != NULL; viewer = viewer->next)
		if (viewer->due)
			deliver(viewer);
}

int
deliver_lags(const struct viewer *viewer)
{
	return viewer->attached && !viewer->gone && viewer->blocked;
}
