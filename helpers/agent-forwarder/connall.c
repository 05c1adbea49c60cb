/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "connall.h"

#include "conn.h"
#include "conns.h"
#include "connstate.h"
#include "deadline.h"

void
connall_tell(struct conns *conns)
{
	const int stirred = conns->stirred;
	struct conn *conn, *next;
	long long now;

	if (!stirred && (conns->due == 0 || deadline_left(conns->due) > 0))
		return;
	now = deadline_now();
	conns->stirred = 0;
	conns->due = 0;
	for (conn = conns->first; conn != NULL; conn = next) {
		/* It releases no other. */
		next = conn->next;
		if ((conn->due != 0 && conn->due <= now) ||
		    (stirred && conn->state == CONN_HELD))
			conn_due(conn, now);
		else
			conns_set_due(conns, conn, conn->due);
	}
}

void
connall_end(struct conns *conns, const struct lease *lease)
{
	struct conn *conn, *next;

	for (conn = conns->first; conn != NULL; conn = next) {
		next = conn->next;
		if (lease == NULL || conn->lease == lease)
			conn_end(conn);
	}
}
