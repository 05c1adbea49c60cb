/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "replay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ring.h"
#include "session.h"
#include "viewer.h"

/*
 * How far to look for the end of what may be a query, to begin with.  Half of
 * that is passed at most, so that none is cut that is no longer than the
 * other half; before one that is longer it is looked for further.
 */
#define LOOK_AHEAD ((size_t)32768)

/* A dump of a large screen, with colours in every cell. */
#define TEXT_MAX ((size_t)4 * 1024 * 1024)

int
replay_add_text(struct viewer *viewer, const void *text, size_t len)
{
	char *more;

	if (len == 0)
		return 0;
	if (len > TEXT_MAX - viewer->text_len) {
		errno = EFBIG;
		return -1;
	}
	if ((more = realloc(viewer->text, viewer->text_len + len)) == NULL)
		return -1;
	memcpy(more + viewer->text_len, text, len);
	viewer->text = more;
	viewer->text_len += len;
	return 0;
}

int
replay_begin(struct viewer *viewer)
{
	const struct history *history = &viewer->session->history;
	char text[VTSTATE_TEXT];

	if (viewer->replay == NULL &&
	    (viewer->replay = malloc(sizeof(*viewer->replay))) == NULL)
		return -1;
	viewer->cursor = history_clean_begin(history, viewer->replay);
	viewer->replay_end = ring_end(history->ring);
	/* What was left of another one is of no use any more. */
	viewer->text_at = viewer->text_len = 0;
	if (!viewer->peeks && replay_add_text(viewer, text,
	    vtstate_fresh(text)) == -1)
		return -1;
	return replay_add_text(viewer, text,
	    vtstate_set(viewer->replay, text));
}

/*
 * Does what cannot be judged yet, or is left out, go on behind "look" bytes?
 * What was judged and begun, as a title that is long, is no matter.
 */
static int
goes_on(const struct viewer *viewer, size_t look, size_t unfinished,
    size_t pass, size_t skip)
{
	if (skip > 0)
		return pass <= LOOK_AHEAD / 2 && pass + skip == look;
	return unfinished == look && vtstate_is_clean(viewer->replay);
}

void
replay_portion(const struct viewer *viewer, const unsigned char *p, size_t n,
    size_t *pass, size_t *skip)
{
	size_t look = n < LOOK_AHEAD ? n : LOOK_AHEAD, unfinished;

	for (;;) {
		unfinished = vtstate_next_query(viewer->replay, p, look, pass,
		    skip);
		if (look == n || !goes_on(viewer, look, unfinished, *pass,
		    *skip))
			break;
		/* So all looks together are no more than twice the last. */
		look = look > n / 2 ? n : 2 * look;
	}
	/* Before it is judged no byte of it passes. */
	if (look < n && *skip == 0 && unfinished < look &&
	    unfinished > LOOK_AHEAD / 2)
		*pass = look - unfinished;
	if ((look < n || n > LOOK_AHEAD) && *pass > LOOK_AHEAD / 2) {
		*pass = LOOK_AHEAD / 2;
		*skip = 0;
	}
}

void
replay_follow(struct viewer *viewer, const unsigned char *p, size_t n)
{
	vtstate_scan(viewer->replay, p, n);
	viewer->cursor += n;
}

void
replay_end(struct viewer *viewer)
{
	free(viewer->replay);
	viewer->replay = NULL;
}
