/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* Faces a front that may be any program of its user's. */

#include "config.h"
#include "backlink.h"

#include <string.h>

#include "wire.h"

/* How long the front may take to read, or to answer, in ms. */
#define PATIENCE 10000

static void
send_word(struct backlink *link, enum wire_type type)
{
	if (!link->gone && !link->ended &&
	    wire_send(link->fd, type, "", 0, PATIENCE) == -1)
		link->gone = 1;
}

void
backlink_text(struct backlink *link, const char *text)
{
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
backlink_ready(struct backlink *link)
{
	send_word(link, WIRE_READY);
	if (!link->gone && wire_wait_answer(link->fd, PATIENCE) == -1)
		link->gone = 1;
	return link->gone ? -1 : 0;
}

void
backlink_end(struct backlink *link, int wstatus)
{
	if (!link->gone && !link->ended &&
	    wire_send_end(link->fd, wstatus, PATIENCE) == -1)
		link->gone = 1;
	link->ended = 1;
}
