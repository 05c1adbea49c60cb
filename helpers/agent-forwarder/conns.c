/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "conns.h"

#include <limits.h>

#include "connstate.h"
#include "deadline.h"

/*
 * A moment that is no longer meant wakes us once for nothing, which costs less
 * than to look through all connections whenever one has its answer.
 */
void
conns_set_due(struct conns *conns, struct conn *conn, long long due)
{
	conn->due = due;
	if (due != 0 && (conns->due == 0 || due < conns->due))
		conns->due = due;
}

int
conns_patience(const struct conns *conns)
{
	if (conns->stirred)
		return 0;
	return conns->due == 0 ? -1 : deadline_left(conns->due);
}
