/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "guests.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "ending.h"
#include "keeper.h"
#include "listener.h"
#include "record.h"
#include "session.h"
#include "sizing.h"
#include "slim.h"
#include "viewer.h"

/* Until those are asked in again for whom there was no descriptor, in ms. */
#define CROWD_DELAY 1000

static void
accept_late(struct loop_timer *timer)
{
	guests_accept(timer->ctx);
}

void
guests_accept(struct session *session)
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
guests_sweep(struct session *session)
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
	if (swept || session->changed) {
		session->changed = 0;
		(void)sizing_update(session);
		ending_viewers(session);
	}
	if (swept && viewer_count(session) == 0)
		slim_down();
}
