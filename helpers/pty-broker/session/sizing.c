/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "sizing.h"

#include <sys/ioctl.h>

#include "ring.h"
#include "session.h"
#include "viewer.h"

/*
 * For how long the pty has one row less, in ms: a program that looks only
 * once, at the end, would see no change.
 */
#define REPAINT_DELAY 50

static int
same(const struct proto_size *a, const struct proto_size *b)
{
	return a->rows == b->rows && a->cols == b->cols &&
	    a->xpixel == b->xpixel && a->ypixel == b->ypixel;
}

/* The kernel tells the program, unless nothing changed. */
static void
set(const struct session *session, const struct proto_size *size)
{
	const struct winsize ws = {
		.ws_row = size->rows, .ws_col = size->cols,
		.ws_xpixel = size->xpixel, .ws_ypixel = size->ypixel,
	};

	if (session->master.fd != -1)
		(void)ioctl(session->master.fd, TIOCSWINSZ, &ws);
}

static void
put_back(struct loop_timer *timer)
{
	const struct session *session = timer->ctx;

	set(session, &session->sizing.size);
}

void
sizing_open(struct session *session, enum proto_policy policy)
{
	struct sizing *sizing = &session->sizing;
	struct winsize ws = { 0 };

	(void)ioctl(session->master.fd, TIOCGWINSZ, &ws);
	sizing->policy = policy;
	sizing->size.rows = ws.ws_row;
	sizing->size.cols = ws.ws_col;
	sizing->size.xpixel = ws.ws_xpixel;
	sizing->size.ypixel = ws.ws_ypixel;
	sizing->repaint.due = put_back;
	sizing->repaint.ctx = session;
}

void
sizing_touch(struct session *session, struct viewer *viewer)
{
	struct sizing *sizing = &session->sizing;

	if (viewer->turn == sizing->turn)
		return;
	viewer->turn = ++sizing->turn;
	if (sizing->policy == PROTO_LATEST)
		(void)sizing_update(session);
}

static int
counts(const struct viewer *viewer)
{
	return viewer->attached && !viewer->gone &&
	    !(viewer->flags & (PROTO_READONLY | PROTO_NO_SIZE)) &&
	    viewer->size.rows != 0 && viewer->size.cols != 0;
}

static uint16_t
lesser(uint16_t a, uint16_t b, int largest)
{
	return (a < b) != (largest != 0) ? a : b;
}

/* Fold one more viewer into what was found so far. */
static void
fold(const struct sizing *sizing, struct proto_size *size,
    const struct viewer **best, const struct viewer *viewer)
{
	const int largest = sizing->policy == PROTO_LARGEST;

	if (*best == NULL) {
		*best = viewer;
		*size = viewer->size;
		return;
	}
	switch (sizing->policy) {
	case PROTO_SMALLEST:
	case PROTO_LARGEST:
		size->rows = lesser(size->rows, viewer->size.rows, largest);
		size->cols = lesser(size->cols, viewer->size.cols, largest);
		/* Nobody's window has that many pixels. */
		size->xpixel = size->ypixel = 0;
		return;
	case PROTO_FIRST:
		/* New ones stand at the front of the list. */
		break;
	default:
		if (viewer->turn < (*best)->turn)
			return;
		break;
	}
	*best = viewer;
	*size = viewer->size;
}

int
sizing_update(struct session *session)
{
	struct sizing *sizing = &session->sizing;
	const struct viewer *best = NULL;
	struct proto_size size = sizing->size;
	struct viewer *viewer;

	if (sizing->policy == PROTO_FIXED)
		return 0;
	for (viewer = session->viewers; viewer != NULL; viewer = viewer->next)
		if (counts(viewer))
			fold(sizing, &size, &best, viewer);
	if (best == NULL || same(&size, &sizing->size))
		return 0;
	loop_unset(&session->loop, &sizing->repaint);
	sizing->size = size;
	sizing->since = ring_end(session->history.ring);
	set(session, &size);
	for (viewer = session->viewers; viewer != NULL; viewer = viewer->next)
		viewer_tell_size(viewer, sizing->since);
	return 1;
}

void
sizing_repaint(struct session *session)
{
	struct sizing *sizing = &session->sizing;
	struct proto_size less = sizing->size;

	if (less.rows < 2)
		return;
	less.rows--;
	set(session, &less);
	loop_set(&session->loop, &sizing->repaint, REPAINT_DELAY);
}
