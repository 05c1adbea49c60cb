/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "keeper.h"

#include <sys/socket.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "companion.h"
#include "packet.h"
#include "replay.h"
#include "ring.h"
#include "session.h"
#include "viewer.h"

/* How long it may take to answer, in ms. */
#define PATIENCE 3000

/* He waits for the dump that comes next: the oldest of them. */
static struct viewer *
next_waiting(const struct session *session)
{
	struct viewer *viewer, *found = NULL;

	/* New ones stand at the front of the list. */
	for (viewer = session->viewers; viewer != NULL; viewer = viewer->next)
		if (viewer->awaits_dump && !viewer->gone)
			found = viewer;
	return found;
}

/* Whose window is it for?  He for whom it was asked may not have waited. */
static void
set_size(struct session *session)
{
	const struct viewer *viewer = next_waiting(session);
	struct proto_size *size = &session->keeper->dump_size;

	*size = session->sizing.size;
	if (viewer != NULL && viewer->size.rows != 0 && viewer->size.cols != 0)
		*size = viewer->size;
}

/* One dump at a time, of what the screen shows when it is asked for. */
static void
ask_for_next(struct session *session)
{
	struct viewer *keeper = session->keeper;

	if (keeper == NULL || keeper->dump_due || session->keeper_late.set ||
	    next_waiting(session) == NULL)
		return;
	keeper->dump_due = 1;
	keeper->dump_at = ring_end(session->history.ring);
	loop_set(&session->loop, &session->keeper_late, PATIENCE);
	viewer_stir(keeper);
}

int
keeper_paint(struct viewer *viewer)
{
	struct session *session = viewer->session;

	if (session->keeper == NULL || session->keeper->gone)
		return -1;
	viewer->awaits_dump = 1;
	replay_end(viewer);
	ask_for_next(session);
	return 0;
}

/* He gets the ring instead. */
static void
do_without(struct viewer *viewer)
{
	viewer->awaits_dump = 0;
	if (replay_begin(viewer) == -1)
		viewer_drop(viewer);
	else
		viewer_stir(viewer);
}

/*
 * The answer begins: it is for the viewer, and as of an offset that may be a
 * little before the one it was asked at, so that no sequence is cut.
 */
static int
begin_dump(struct viewer *keeper, struct viewer *viewer,
    const struct packet *packet)
{
	const struct history *history = &keeper->session->history;
	char text[VTSTATE_TEXT];
	uint64_t offset;

	if (proto_get_offset(&offset, packet->data, packet->len) == -1 ||
	    offset > keeper->dump_at)
		return -1;
	/* What came after it is not all there any more. */
	if (offset < ring_begin(history->ring)) {
		do_without(viewer);
		return 0;
	}
	if (viewer->replay == NULL &&
	    (viewer->replay = malloc(sizeof(*viewer->replay))) == NULL)
		return -1;
	viewer->cursor = offset;
	history_state_at(history, offset, viewer->replay);
	viewer->text_at = viewer->text_len = 0;
	if (!viewer->peeks && replay_add_text(viewer, text,
	    vtstate_fresh(text)) == -1)
		return -1;
	return replay_add_text(viewer, text,
	    vtstate_set_before(viewer->replay, text));
}

/* The cursor comes last: some modes move it. */
static int
end_dump(struct session *session, struct viewer *viewer,
    const struct packet *packet)
{
	char text[VTSTATE_TEXT];

	if (replay_add_text(viewer, text,
	    vtstate_set_after(viewer->replay, text)) == -1 ||
	    replay_add_text(viewer, packet->data, packet->len) == -1)
		return -1;
	replay_end(viewer);
	viewer->awaits_dump = 0;
	loop_unset(&session->loop, &session->keeper_late);
	viewer_stir(viewer);
	ask_for_next(session);
	return 0;
}

void
keeper_hear(struct viewer *keeper, const struct packet *packet)
{
	struct session *session = keeper->session;
	struct viewer *viewer = next_waiting(session);
	int r;

	/* It was not asked, or not yet. */
	if (keeper->dump_due || !session->keeper_late.set)
		return;
	/* He for whom it was did not wait. */
	if (viewer == NULL || (packet->type != PROTO_DUMP_HEAD &&
	    viewer->replay == NULL)) {
		if (packet->type == PROTO_DUMP_END) {
			loop_unset(&session->loop, &session->keeper_late);
			ask_for_next(session);
		}
		return;
	}
	if (packet->type == PROTO_DUMP_HEAD)
		r = begin_dump(keeper, viewer, packet);
	else if (packet->type == PROTO_DUMP_END)
		r = end_dump(session, viewer, packet);
	else
		r = replay_add_text(viewer, packet->data, packet->len);
	if (r == -1)
		keeper_lost(session);
}

void
keeper_lost(struct session *session)
{
	struct viewer *viewer;

	session->keeper_failed = 0;
	if (session->keeper != NULL) {
		viewer_drop(session->keeper);
		session->keeper = NULL;
	}
	if (session->keeper_pid > 0)
		(void)kill(session->keeper_pid, SIGKILL);
	loop_unset(&session->loop, &session->keeper_late);
	while ((viewer = next_waiting(session)) != NULL)
		do_without(viewer);
}

void
keeper_tend(struct session *session)
{
	if (session->keeper_failed)
		keeper_lost(session);
	if (session->keeper != NULL && session->keeper->dump_due)
		set_size(session);
}

static void
late(struct loop_timer *timer)
{
	keeper_lost(timer->ctx);
}

int
keeper_take(struct session *session, int sock)
{
	if ((session->keeper = viewer_new(session, sock)) == NULL)
		return -1;
	session->keeper_late.due = late;
	session->keeper_late.ctx = session;
	session->keeper->greeted = 1;
	session->keeper->attached = 1;
	session->keeper->flags = PROTO_KEEPER | PROTO_READONLY | PROTO_NO_SIZE;
	viewer_tell_size(session->keeper, 0);
	viewer_stir(session->keeper);
	return 0;
}

int
keeper_start(struct session *session)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0, pair) == -1)
		return -1;
	session->keeper_pid = companion_start("pty-broker-screen", pair[1]);
	(void)close(pair[1]);
	if (session->keeper_pid != -1 && keeper_take(session, pair[0]) == 0)
		return 0;
	(void)close(pair[0]);
	return -1;
}
