/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONNSTATE_H
#define CONNSTATE_H

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

/* What the agent's side has to say about the request. */
enum conn_word {
	CONN_NOTHING,
	CONN_REPLIED,			/* the reply is here whole */
	CONN_FAILED,			/* there will be none */
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
	enum conn_word word;		/* not yet passed on */
	long long limit;		/* of the hold; 0: none */
	const uint8_t *answer;		/* what goes down */
	size_t answer_len;
	size_t sent;			/* of the request, or the answer */
	long long asked;		/* when the request was taken */
	long long due;			/* something is, then; 0: never */
	int opening;			/* counted so by the lease, ... */
	int signing;			/* ... and so */
	int lost;			/* no agent any more, for good */
	int over;			/* to be released */
};

#endif
