/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "detach.h"

#include <unistd.h>

#include "packet.h"
#include "replay.h"
#include "ring.h"
#include "session.h"
#include "viewer.h"

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
detach_restore(struct viewer *viewer)
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
detach_put_back(struct viewer *viewer)
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
detach_viewer(struct viewer *viewer, enum proto_reason reason)
{
	if (viewer->gone || viewer->leaving)
		return;
	if (!viewer->attached || viewer->tty.fd != -1) {
		if (viewer->attached)
			detach_restore(viewer);
		(void)proto_send_number(viewer->sock.fd, PROTO_DETACHED,
		    reason);
		viewer_drop(viewer);
		return;
	}
	viewer->leaving = (int)reason;
	viewer->attached = 0;
	detach_put_back(viewer);
	viewer_stir(viewer);
	/* He counts no more. */
	viewer->session->changed = 1;
}
