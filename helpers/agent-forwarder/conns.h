/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONNS_H
#define CONNS_H

#include "poller.h"
#include "serveloop.h"

struct conn;

/* All connections, and what they share. */
struct conns {
	struct poller *poller;
	struct serve_limits limits;
	struct upstream_self self;
	struct audit *audit;
	struct conn *first, *last;	/* as they came */
	size_t count;
	long long due;		/* no conn_due() is due before; 0: none */
	int stirred;		/* what is held may go on */
};

/* conn_due() is to be called at that moment. */
void conns_set_due(struct conns *conns, struct conn *conn, long long due);

/* For how many ms nothing is due, -1 for good. */
int conns_patience(const struct conns *conns);

/* Do what is due. */
void conns_tell(struct conns *conns);

/* End those of a lease, or with NULL all; none of them is left then. */
void conns_end(struct conns *conns, const struct lease *lease);

#endif
