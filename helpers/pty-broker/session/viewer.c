/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* Faces another process of the user's, which may be of another version. */

#include "config.h"
#include "viewer.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "deliver.h"
#include "ending.h"
#include "keeper.h"
#include "listener.h"
#include "packet.h"
#include "replay.h"
#include "ring.h"
#include "session.h"
#include "slim.h"
#include "talk.h"

/* How often one of them is read from before the others have their turn. */
#define READS 8

/* Until those are asked in again for whom there was no descriptor, in ms. */
#define CROWD_DELAY 1000

/* What a terminal gives at once, at most. */
#define TERMINAL_READ 4096

/* Returns the length of what puts his terminal back. */
static size_t
undo(const struct viewer *viewer, char text[VTSTATE_TEXT])
{
	const struct history *history = &viewer->session->history;
	struct vtstate state;

	if (viewer->replay != NULL)
		state = *viewer->replay;
	else if (viewer->cursor >= ring_begin(history->ring))
		history_state_at(history, viewer->cursor, &state);
	else
		state = history->state;
	return vtstate_undo(&state, text);
}

void
viewer_restore(struct viewer *viewer)
{
	char text[VTSTATE_TEXT];
	ssize_t done = 0;
	size_t n;

	if (viewer->paused || (n = undo(viewer, text)) == 0)
		return;
	if (viewer->tty.fd != -1)
		done = write(viewer->tty.fd, text, n);
	if (done == -1)
		done = 0;
	/* What a full terminal did not take his own process can wait for. */
	if ((size_t)done < n)
		(void)packet_send(viewer->sock.fd, PROTO_PAINT, text + done,
		    n - (size_t)done, -1);
}

void
viewer_put_back(struct viewer *viewer)
{
	const int cut = viewer->text_at > 0;
	char text[VTSTATE_TEXT];

	if (viewer->put_back)
		return;
	viewer->put_back = 1;
	viewer->awaits_dump = 0;
	viewer->text_at = viewer->text_len = 0;
	/* CAN: a half of something may be there already. */
	if (!viewer->paused && (replay_add_text(viewer, "\030",
	    (size_t)cut) == -1 || replay_add_text(viewer, text,
	    undo(viewer, text)) == -1))
		viewer->text_len = 0;
	replay_end(viewer);
}

void
viewer_drop(struct viewer *viewer)
{
	struct loop *loop = &viewer->session->loop;

	if (viewer->gone)
		return;
	viewer->gone = 1;
	loop_close_source(loop, &viewer->tty);
	loop_close_source(loop, &viewer->sock);
	loop->busy = 1;
}

void
viewer_detach(struct viewer *viewer, enum proto_reason reason)
{
	struct session *session = viewer->session;

	if (viewer->gone || viewer->leaving)
		return;
	if (!viewer->attached || viewer->tty.fd != -1) {
		if (viewer->attached)
			viewer_restore(viewer);
		(void)proto_send_number(viewer->sock.fd, PROTO_DETACHED,
		    reason);
		viewer_drop(viewer);
		return;
	}
	viewer->leaving = (int)reason;
	viewer->attached = 0;
	viewer_put_back(viewer);
	deliver(viewer);
	(void)sizing_update(session);
	ending_viewers(session);
}

void
viewer_tell_size(struct viewer *viewer, uint64_t offset)
{
	if (!viewer->attached || viewer->gone || viewer->tty.fd != -1)
		return;
	viewer->size_due = 1;
	viewer->size_at = offset;
}

unsigned int
viewer_count(const struct session *session)
{
	const struct viewer *viewer;
	unsigned int n = 0;

	for (viewer = session->viewers; viewer != NULL; viewer = viewer->next)
		n += viewer->attached && !viewer->gone && !viewer->peeks &&
		    !(viewer->flags & PROTO_KEEPER);
	return n;
}

/* What was typed: up to the key that detaches. */
static void
typed(struct viewer *viewer, const unsigned char *data, size_t len)
{
	struct session *session = viewer->session;
	const int readonly = (viewer->flags & PROTO_READONLY) != 0;
	size_t n = 0;

	/* ^C has nobody else to go to. */
	while (n < len && !(viewer->key != 0 && data[n] == viewer->key) &&
	    !(readonly && data[n] == '\003'))
		n++;
	if (!readonly && n > 0) {
		sizing_touch(session, viewer);
		input_type(session, data, n);
	}
	if (n < len)
		viewer_detach(viewer, PROTO_ASKED);
}

/* On the way from a key to the program and back every system call counts. */
static void
read_terminal(struct viewer *viewer)
{
	unsigned char buf[TERMINAL_READ];
	ssize_t n;

	do
		n = read(viewer->tty.fd, buf, sizeof(buf));
	while (n == -1 && errno == EINTR);
	if (n > 0)
		typed(viewer, buf, (size_t)n);
	else if (n == -1 && errno == EAGAIN)
		viewer->tty_ready = 0;
	else
		viewer_detach(viewer, PROTO_LOST);
}

static void
read_socket(struct viewer *viewer)
{
	static unsigned char buf[PACKET_BUFFER];
	struct packet packet;
	const int r = packet_receive(viewer->sock.fd, buf, &packet);

	if (r == -1 && errno == EAGAIN) {
		viewer->sock_ready = 0;
		return;
	}
	/* He left some of ours; what he said is still to come. */
	if (r == -1 && errno == ECONNRESET)
		return;
	if (r != 1) {
		if (viewer->attached)
			viewer_restore(viewer);
		viewer_drop(viewer);
		return;
	}
	if (packet.type == PROTO_INPUT && viewer->attached)
		typed(viewer, packet.data, packet.len);
	else if (!viewer->leaving)
		talk_hear(viewer, &packet);
	if (packet.fd != -1)
		(void)close(packet.fd);
}

/*
 * Whatever is said is heard, but for what is typed while there is no room for
 * it: a program that does not read keeps nobody from ending it.
 */
static int
has_message(const struct viewer *viewer)
{
	unsigned char type;

	if (viewer->gone || !viewer->sock_ready)
		return 0;
	return input_is_open(viewer->session) || !viewer->attached ||
	    recv(viewer->sock.fd, &type, 1, MSG_PEEK | MSG_DONTWAIT) != 1 ||
	    type != PROTO_INPUT;
}

static int
has_keys(const struct viewer *viewer)
{
	return !viewer->gone && viewer->tty_ready && !viewer->paused &&
	    input_is_open(viewer->session);
}

/* Returns 1 if there may be more that can be read now. */
static int
read_from(struct viewer *viewer)
{
	int i, j;

	for (i = 0; i < READS && has_message(viewer); i++)
		read_socket(viewer);
	for (j = 0; j < READS && has_keys(viewer); j++)
		read_terminal(viewer);
	return (i == READS || j == READS) && !viewer->gone;
}

void
viewer_read_all(struct session *session)
{
	struct viewer *viewer;

	for (viewer = session->viewers; viewer != NULL; viewer = viewer->next)
		if (read_from(viewer))
			session->loop.busy = 1;
}

static void
unblock(struct viewer *viewer, struct loop_source *source)
{
	if (!viewer->blocked)
		return;
	viewer->blocked = 0;
	(void)loop_watch(&viewer->session->loop, source, EPOLLIN);
	deliver(viewer);
	/* The program may have been waiting for that. */
	viewer->session->loop.busy = 1;
}

static void
terminal_ready(struct loop_source *source, uint32_t events)
{
	struct viewer *viewer = source->ctx;

	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		viewer->tty_ready = 1;
	if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
		unblock(viewer, source);
}

static void
socket_ready(struct loop_source *source, uint32_t events)
{
	struct viewer *viewer = source->ctx;

	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLRDHUP))
		viewer->sock_ready = 1;
	if (events & EPOLLOUT)
		unblock(viewer, source);
}

struct viewer *
viewer_new(struct session *session, int sock)
{
	struct viewer *viewer;

	if ((viewer = calloc(1, sizeof(*viewer))) == NULL)
		return NULL;
	viewer->session = session;
	viewer->sock.fd = sock;
	viewer->sock.ready = socket_ready;
	viewer->sock.ctx = viewer;
	viewer->tty.fd = -1;
	viewer->tty.ready = terminal_ready;
	viewer->tty.ctx = viewer;
	if (loop_watch(&session->loop, &viewer->sock, EPOLLIN) == -1) {
		free(viewer);
		return NULL;
	}
	viewer->next = session->viewers;
	session->viewers = viewer;
	return viewer;
}

static void
accept_late(struct loop_timer *timer)
{
	viewer_accept(timer->ctx);
}

void
viewer_accept(struct session *session)
{
	int sock;

	for (;;) {
		sock = listener_accept(session->listener.fd);
		if (sock == -1 && errno == EPERM)
			continue;
		if (sock == -1)
			break;
		if (viewer_new(session, sock) == NULL)
			(void)close(sock);
	}
	if (errno == EAGAIN)
		return;
	/* No descriptor is left: he stays in the queue, and nothing tells. */
	session->crowd.due = accept_late;
	session->crowd.ctx = session;
	loop_set(&session->loop, &session->crowd, CROWD_DELAY);
}

void
viewer_sweep(struct session *session)
{
	struct viewer **at = &session->viewers, *viewer;
	int swept = 0;

	while ((viewer = *at) != NULL) {
		if (!viewer->gone) {
			at = &viewer->next;
			continue;
		}
		*at = viewer->next;
		swept = 1;
		if (viewer == session->keeper)
			keeper_lost(session);
		record_forget(session, viewer);
		free(viewer->replay);
		free(viewer->text);
		free(viewer);
	}
	if (swept) {
		(void)sizing_update(session);
		ending_viewers(session);
	}
	if (swept && viewer_count(session) == 0)
		slim_down();
}
