/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONNS_H
#define CONNS_H

#include <stddef.h>

#include "servelimits.h"
#include "upstream.h"

struct audit;
struct conn;
struct poller;

/* All connections, and what they share. */
struct conns {
	struct poller *poller;
	struct serve_limits limits;
	struct upstream_self self;
	struct audit *audit;
	struct conn *first, *last;	/* as they came */
	size_t count;
	long long due;		/* nothing is due before; 0: at all */
	int stirred;		/* what is held may go on */
};

/* Something is due with it at that moment; 0: nothing. */
void conns_set_due(struct conns *conns, struct conn *conn, long long due);

/* For how many ms nothing is due, -1 for good. */
int conns_patience(const struct conns *conns);

#endif
