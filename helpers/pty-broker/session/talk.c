/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "talk.h"

#include <sys/epoll.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "detach.h"
#include "ending.h"
#include "keeper.h"
#include "packet.h"
#include "replay.h"
#include "ring.h"
#include "session.h"
#include "viewer.h"

static void
refuse(struct viewer *viewer, const char *why)
{
	(void)packet_send(viewer->sock.fd, PROTO_REFUSED, why, strlen(why),
	    -1);
	viewer_drop(viewer);
}

static void
hear_hello(struct viewer *viewer, const struct packet *packet)
{
	uint32_t version;

	if (proto_get_number(&version, packet->data, packet->len) == -1 ||
	    version != PROTO_VERSION) {
		refuse(viewer, "the session speaks version 1 of the protocol");
		return;
	}
	viewer->greeted = 1;
	if (proto_send_number(viewer->sock.fd, PROTO_HELLO,
	    PROTO_VERSION) == -1)
		viewer_drop(viewer);
}

/*
 * His terminal, opened anew, so that O_NONBLOCK is of this descriptor alone.
 * Returns NULL, or why it cannot be.
 */
static const char *
take_terminal(struct viewer *viewer, struct packet *packet)
{
	const int flags = packet->fd == -1 ? 0 : fcntl(packet->fd, F_GETFL);

	if (packet->fd == -1 || !isatty(packet->fd))
		return "no terminal came with the request";
	if (flags == -1 || !(flags & O_NONBLOCK) ||
	    (flags & O_ACCMODE) != O_RDWR)
		return "the terminal is not open as it has to be";
	viewer->tty.fd = packet->fd;
	packet->fd = -1;
	if (loop_watch(&viewer->session->loop, &viewer->tty, EPOLLIN) == -1)
		return "the terminal cannot be waited for";
	return NULL;
}

static void
detach_others(const struct viewer *viewer)
{
	struct viewer *other;

	for (other = viewer->session->viewers; other != NULL;
	    other = other->next)
		if (other != viewer && other->attached && !other->peeks &&
		    !(other->flags & PROTO_KEEPER))
			detach_viewer(other, PROTO_OTHER);
}

/* Where he begins: with what he has not got, or with a fresh screen. */
static int
begin(struct viewer *viewer, const struct proto_attach *attach)
{
	const struct ring *ring = viewer->session->history.ring;

	viewer->cursor = ring_end(ring);
	if (!(attach->flags & PROTO_HAVE))
		return keeper_paint(viewer) == 0 ? 0 : replay_begin(viewer);
	/* What was never here is nowhere. */
	if (attach->offset <= ring_end(ring))
		viewer->cursor = attach->offset;
	return 0;
}

static int
tell_attached(const struct viewer *viewer)
{
	const struct session *session = viewer->session;
	unsigned char buf[12];

	proto_put_offset(buf, ring_end(session->history.ring));
	proto_put_number(buf + 8, (uint32_t)session->leader);
	return packet_send(viewer->sock.fd, PROTO_ATTACHED, buf, sizeof(buf),
	    -1);
}

/*
 * The program paints anew when the size changes.  If it does not, it is made
 * to, unless what the viewer gets is all that there ever was.
 */
static void
fit(struct viewer *viewer)
{
	struct session *session = viewer->session;

	viewer->turn = ++session->sizing.turn;
	if (sizing_update(session) == 0 && viewer->replay != NULL &&
	    (session->sizing.since != 0 ||
	    ring_begin(session->history.ring) != 0))
		sizing_repaint(session);
}

static void
hear_attach(struct viewer *viewer, struct packet *packet)
{
	struct session *session = viewer->session;
	struct proto_attach attach;
	const char *why;

	if (viewer->attached ||
	    proto_get_attach(&attach, packet->data, packet->len) == -1) {
		refuse(viewer, "the request to attach is not understood");
		return;
	}
	viewer->flags = attach.flags & ~PROTO_KEEPER;
	viewer->size = attach.size;
	viewer->key = attach.key;
	if (attach.policy >= PROTO_LATEST && attach.policy <= PROTO_FIXED &&
	    !(attach.flags & PROTO_READONLY))
		session->sizing.policy = (enum proto_policy)attach.policy;
	if ((attach.flags & PROTO_TERMINAL) &&
	    (why = take_terminal(viewer, packet)) != NULL) {
		refuse(viewer, why);
		return;
	}
	if (attach.flags & PROTO_DETACH_OTHERS)
		detach_others(viewer);
	if (tell_attached(viewer) == -1 || begin(viewer, &attach) == -1) {
		viewer_drop(viewer);
		return;
	}
	viewer->attached = 1;
	session->awaited = 0;
	viewer->tty_ready = viewer->tty.fd != -1;
	viewer_tell_size(viewer, 0);
	fit(viewer);
	record_arrived(session, viewer);
	ending_viewers(session);
	viewer_stir(viewer);
}

static void
hear_peek(struct viewer *viewer)
{
	viewer->flags = PROTO_READONLY | PROTO_NO_SIZE;
	viewer->peeks = 1;
	viewer->cursor = ring_end(viewer->session->history.ring);
	viewer->attached = 1;
	if (keeper_paint(viewer) == -1 && replay_begin(viewer) == -1)
		viewer_drop(viewer);
	else
		viewer_stir(viewer);
}

static void
hear_resize(struct viewer *viewer, const struct packet *packet)
{
	struct session *session = viewer->session;

	if (proto_get_size(&viewer->size, packet->data, packet->len) == -1 ||
	    (viewer->flags & (PROTO_READONLY | PROTO_NO_SIZE)))
		return;
	viewer->turn = ++session->sizing.turn;
	(void)sizing_update(session);
}

static void
hear_pause(struct viewer *viewer)
{
	detach_restore(viewer);
	viewer->paused = 1;
	if (proto_send_word(viewer->sock.fd, PROTO_PAUSED) == -1)
		viewer_drop(viewer);
}

/* The screen has been its shell's meanwhile. */
static void
hear_resume(struct viewer *viewer)
{
	viewer->paused = 0;
	viewer->cursor = ring_end(viewer->session->history.ring);
	viewer->tty_ready = viewer->tty.fd != -1;
	if (keeper_paint(viewer) == -1 && replay_begin(viewer) == -1) {
		viewer_drop(viewer);
		return;
	}
	fit(viewer);
	viewer_stir(viewer);
}

static void
hear_attached(struct viewer *viewer, const struct packet *packet)
{
	switch (packet->type) {
	case PROTO_RESIZE:
		hear_resize(viewer, packet);
		break;
	case PROTO_DETACH:
		detach_viewer(viewer, PROTO_ASKED);
		break;
	case PROTO_PAUSE:
		if (!viewer->paused)
			hear_pause(viewer);
		break;
	case PROTO_RESUME:
		if (viewer->paused)
			hear_resume(viewer);
		break;
	case PROTO_DUMP_HEAD:
	case PROTO_DUMP:
	case PROTO_DUMP_END:
		if (viewer->flags & PROTO_KEEPER)
			keeper_hear(viewer, packet);
		break;
	default:
		break;
	}
}

void
talk_hear(struct viewer *viewer, struct packet *packet)
{
	if (packet->type == PROTO_HELLO && !viewer->greeted) {
		hear_hello(viewer, packet);
		return;
	}
	if (!viewer->greeted) {
		refuse(viewer, "the first message is no greeting");
		return;
	}
	if (viewer->attached) {
		hear_attached(viewer, packet);
		return;
	}
	switch (packet->type) {
	case PROTO_ATTACH:
		hear_attach(viewer, packet);
		break;
	case PROTO_ENVIRON:
		record_hear(viewer, packet);
		break;
	case PROTO_KILL:
		ending_kill(viewer->session);
		break;
	case PROTO_PEEK:
		hear_peek(viewer);
		break;
	case PROTO_WAIT:
		viewer->waits = 1;
		viewer_stir(viewer);
		break;
	default:
		break;
	}
}
