/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONN_H
#define CONN_H

#include "agentframe.h"
#include "caller.h"
#include "deed.h"
#include "poller.h"

struct conns;
struct dialog;
struct lease;

/*
 * A client's connection, and the one to the agent that belongs to it alone
 * for as long as both live (invariant I14): what is bound to one by
 * session-bind must not be another's.  One request at a time is on its way;
 * those that come behind it wait where they are, so replies go down in the
 * order of the requests, whoever gives them.
 */

enum conn_state {
	CONN_READING,		/* no request is here whole */
	CONN_HELD,		/* one waits to go up, ... */
	CONN_ASKING,		/* ... is on its way, ... */
	CONN_WAITING,		/* ... is up: for the reply */
	CONN_ANSWERING,		/* its reply goes down */
};

/* Why a request is held. */
enum conn_hold {
	CONN_FREE,
	CONN_HOLD_USER,		/* the agent may be asking its user */
	CONN_HOLD_QUEUE,	/* there is no room in its queue */
	CONN_HOLD_OTHERS,	/* others may not have reached it yet */
};

struct conn {
	struct conn *next, *prev;	/* of struct conns */
	struct conns *conns;
	struct lease *lease;
	struct caller caller;
	struct poller_source down;
	struct poller_source up;	/* fd -1: not opened, or closed */
	struct dialog *dialog;		/* NULL before the first request */
	struct agentframe request, reply;
	struct deed deed;		/* of the request */
	enum conn_state state;
	enum conn_hold hold;
	long long limit;		/* of the hold; 0: none */
	const uint8_t *answer;		/* what goes down */
	size_t answer_len;
	size_t sent;			/* of the request, or the answer */
	long long asked;		/* when the request was taken */
	long long due;			/* conn_due() is, then; 0: never */
	int opening;			/* counted so by the lease, ... */
	int signing;			/* ... and so */
	int lost;			/* no agent any more, for good */
	int over;			/* to be released */
};

/*
 * A connection for the client at "fd" to the agent of the lease.  It has fd
 * and the caller's descriptor from now on, even if it fails.
 * Returns 0, or -1 with errno.
 */
int conn_new(struct conns *conns, int fd, struct lease *lease,
    const struct caller *caller);

/* A moment has come, or something that a held request waits for. */
void conn_due(struct conn *conn, long long now);

/* The agent is gone: FAILURE for who waits, and the end. */
void conn_end(struct conn *conn);

/*
 * For connup.h.  The reply goes down: what is whole in conn->reply, or
 * FAILURE, because the agent's side is lost; "result" is for the record.
 */
void conn_answer(struct conn *conn);
void conn_fail(struct conn *conn, const char *result);

/*
 * Record what became of the request.  Returns 0, or -1 if its reply must be
 * FAILURE for want of a record.
 */
int conn_record(struct conn *conn, const char *verdict, const char *result);

/* The last that is done for a conn each time: on with it, or it is freed. */
void conn_go_on(struct conn *conn);

#endif
