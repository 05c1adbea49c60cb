/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* Faces a front that may be any program of its user's. */

#include "config.h"
#include "backlink.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "aside.h"
#include "wire.h"
#include "wireagent.h"

/* How long the front may take to read, or to answer, in ms. */
#define PATIENCE 10000

/* How long a terminal that was stopped may hold a line up, in ms. */
#define TERMINAL_PATIENCE 2000

static void
send_word(struct backlink *link, enum wire_type type)
{
	if (!link->gone && !link->ended &&
	    wire_send(link->fd, type, "", 0, PATIENCE) == -1)
		link->gone = 1;
}

struct line {
	int tty;
	const char *text;
};

static void
write_line(void *ctx, struct aside *aside)
{
	const struct line *line = ctx;

	(void)aside;
	/* A terminal that does not take it has nobody who would read it. */
	if (write(line->tty, line->text, strlen(line->text)) == -1)
		return;
}

void
backlink_text(struct backlink *link, const char *text)
{
	struct line line = { link->tty, text };

	if (link->tty != -1) {
		(void)aside_run(write_line, &line, NULL, 0,
		    TERMINAL_PATIENCE);
		return;
	}
	if (!link->gone && !link->ended && wire_send_text(link->fd, text,
	    strlen(text), PATIENCE) == -1)
		link->gone = 1;
}

void
backlink_started(struct backlink *link)
{
	send_word(link, WIRE_STARTED);
}

int
backlink_agent(struct backlink *link, const struct wireagent *agent,
    int listener)
{
	if (link->gone || link->ended)
		return -1;
	if (wireagent_send(link->fd, agent, listener, PATIENCE) == 0) {
		if (wire_wait_answer(link->fd, PATIENCE) == 0)
			return 1;
		if (errno == ECANCELED)
			return 0;
	}
	link->gone = 1;
	return -1;
}

int
backlink_ready(struct backlink *link)
{
	send_word(link, WIRE_READY);
	if (!link->gone && wire_wait_answer(link->fd, PATIENCE) == -1)
		link->gone = 1;
	return link->gone ? -1 : 0;
}

void
backlink_use_terminal(struct backlink *link, int tty)
{
	link->tty = tty;
}

void
backlink_end(struct backlink *link, int wstatus)
{
	if (!link->gone && !link->ended &&
	    wire_send_end(link->fd, wstatus, PATIENCE) == -1)
		link->gone = 1;
	link->ended = 1;
	link->tty = -1;
}
