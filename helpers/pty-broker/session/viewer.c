/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "viewer.h"

#include <sys/epoll.h>

#include <stdlib.h>

#include "session.h"

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
viewer_stir(struct viewer *viewer)
{
	viewer->due = 1;
	viewer->session->loop.busy = 1;
}

void
viewer_tell_size(struct viewer *viewer, uint64_t offset)
{
	if (!viewer->attached || viewer->gone || viewer->tty.fd != -1)
		return;
	viewer->size_due = 1;
	viewer->size_at = offset;
	viewer_stir(viewer);
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

static void
unblock(struct viewer *viewer, struct loop_source *source)
{
	if (!viewer->blocked) {
		(void)loop_watch(&viewer->session->loop, source, EPOLLIN);
		return;
	}
	/* He will be full again soon, as a rule: goes on being told of it. */
	viewer->blocked = 0;
	/* The program may have been waiting for that, too. */
	viewer_stir(viewer);
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
