/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces the agent, which may be slow, gone or hostile.
 *
 * What ssh(1) does for each connection to a forwarded agent stops everything
 * else that it does until the agent answers, so a connection is opened when
 * there is a request for it and never to try one, and waits while the agent
 * may be asking its user.  See lease.h.
 */

#include "config.h"
#include "connup.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "agentproto.h"
#include "connrecord.h"
#include "conns.h"
#include "connstate.h"
#include "deadline.h"
#include "dialog.h"
#include "lease.h"

/* How often it is looked whether there is room in the agent's queue. */
#define QUEUE_MS 10
/*
 * How long what others have opened gets to be seen by sshd, which then says so
 * to the other side before it passes on what comes later.
 */
#define OTHERS_MS 50

static const char lost[] = "lost";
static const char timed_out[] = "timeout";

/* May the agent ask its user before it answers? */
static int
may_ask(const struct deed *deed)
{
	switch (deed->type) {
	case AGENTPROTO_SIGN:
	case AGENTPROTO_ADD_SMARTCARD:
	case AGENTPROTO_ADD_SMARTCARD_CONSTRAINED:
		return 1;
	case AGENTPROTO_EXTENSION:
		return strcmp(deed->operation, "extension") == 0;
	default:
		return 0;
	}
}

/* How long the reply may take, in ms; 0: as long as it likes. */
static int
patience(const struct conn *conn)
{
	const struct serve_limits *limits = &conn->conns->limits;

	if (may_ask(&conn->deed))
		return limits->sign_ms;
	if (strcmp(conn->deed.operation, "session-bind") == 0)
		return limits->bind_ms;
	return limits->list_ms;
}

/* It is no longer opening or signing; others may have waited for that. */
static void
uncount(struct conn *conn)
{
	if (conn->opening)
		conn->lease->opening--;
	if (conn->signing)
		conn->lease->signing--;
	if (conn->opening || conn->signing)
		conn->conns->stirred = 1;
	conn->opening = 0;
	conn->signing = 0;
}

void
connup_close(struct conn *conn)
{
	uncount(conn);
	conn->due = 0;
	if (conn->up.fd == -1)
		return;
	poller_forget(conn->conns->poller, &conn->up);
	(void)close(conn->up.fd);
	conn->up.fd = -1;
}

/* The agent's side is lost while no request is up. */
static void
lose(struct conn *conn)
{
	connup_close(conn);
	conn->lost = 1;
}

void
connup_fail(struct conn *conn, const char *result)
{
	(void)connrecord(conn, "allowed", result);
	lose(conn);
	if (conn->state != CONN_WAITING)
		agentframe_drop(&conn->request);
	agentframe_clear(&conn->reply);
	conn->word = CONN_FAILED;
}

static void
want(struct conn *conn, uint32_t events)
{
	if (poller_want(conn->conns->poller, &conn->up, events) == -1)
		connup_fail(conn, lost);
}

static void
take_reply(struct conn *conn)
{
	struct lease *lease = conn->lease;
	const int more = agentframe_has_more(&conn->reply);
	size_t len;
	uint8_t *body = agentframe_body(&conn->reply, &len);

	uncount(conn);
	conn->due = 0;
	lease->hanging = 0;
	len = dialog_reply(conn->dialog, body, len, &conn->deed);
	agentframe_shorten(&conn->reply, len);
	/* Whatever comes next would be taken for the reply to what is next. */
	if (more)
		lose(conn);
	if (body[0] == AGENTPROTO_SIGNATURE)
		lease->signatures++;
	if (connrecord(conn, "allowed", conn->deed.result) == -1) {
		body[0] = AGENTPROTO_FAILURE;
		agentframe_shorten(&conn->reply, 1);
	}
	conn->word = CONN_REPLIED;
}

static void
push(struct conn *conn)
{
	size_t len;
	const uint8_t *data = agentframe_whole(&conn->request, &len);
	ssize_t n;

	/*
	 * Length and body in one write: there are agents that take what one
	 * read(2) gives them for a request.
	 */
	while (conn->sent < len) {
		n = send(conn->up.fd, data + conn->sent, len - conn->sent,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno == EAGAIN) {
			want(conn, EPOLLIN | EPOLLOUT);
			return;
		}
		if (n == -1) {
			connup_fail(conn, lost);
			return;
		}
		conn->sent += (size_t)n;
	}
	agentframe_drop(&conn->request);
	conn->state = CONN_WAITING;
	want(conn, EPOLLIN);
}

void
connup_ready(struct conn *conn, uint32_t events)
{
	switch (conn->state) {
	case CONN_WAITING:
		switch (agentframe_read(&conn->reply, conn->up.fd)) {
		case AGENTFRAME_WHOLE:
			take_reply(conn);
			break;
		case AGENTFRAME_PART:
			break;
		default:
			connup_fail(conn, lost);
		}
		break;
	case CONN_ASKING:
		/* A reply to half a request is none. */
		if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
			connup_fail(conn, lost);
		else
			push(conn);
		break;
	case CONN_HELD:
		connup_fail(conn, lost);
		break;
	default:
		/* It speaks unasked, or has closed. */
		lose(conn);
	}
}

/*
 * The request stays where it is for that reason, "ms" at the most.  Returns 1
 * if that time is over.
 */
static int
hold(struct conn *conn, enum conn_hold reason, int ms, long long now)
{
	long long due;

	if (conn->hold != reason) {
		conn->hold = reason;
		conn->limit = ms > 0 ? now + ms : 0;
	}
	due = conn->limit;
	if (due != 0 && due <= now)
		return 1;
	if (reason == CONN_HOLD_QUEUE && (due == 0 || due > now + QUEUE_MS))
		due = now + QUEUE_MS;
	conns_set_due(conn->conns, conn, due);
	return 0;
}

/* Returns 1, or 0 if it is not to be had, or not yet. */
static int
open_up(struct conn *conn, long long now)
{
	struct lease *lease = conn->lease;
	const struct serve_limits *limits = &conn->conns->limits;

	if (!lease_may_open(lease)) {
		if (hold(conn, CONN_HOLD_USER, limits->hold_ms, now))
			connup_fail(conn, timed_out);
		return 0;
	}
	conn->up.fd = upstream_open(lease, &conn->conns->self);
	if (conn->up.fd == -1 && errno == EAGAIN) {
		if (hold(conn, CONN_HOLD_QUEUE, limits->connect_ms, now)) {
			lease->hanging = now;
			connup_fail(conn, timed_out);
		}
		return 0;
	}
	if (conn->up.fd == -1) {
		/* That we lack descriptors says nothing of the agent. */
		if (errno != EMFILE && errno != ENFILE)
			lease->hanging = now;
		connup_fail(conn, lost);
		return 0;
	}
	conn->opening = 1;
	lease->opening++;
	want(conn, EPOLLIN);
	return !conn->lost;
}

static void
try_ask(struct conn *conn, long long now)
{
	struct lease *lease = conn->lease;
	const int asks = may_ask(&conn->deed);
	int ms;

	if (conn->up.fd == -1) {
		if (!open_up(conn, now))
			return;
	} else if (upstream_spoke(conn->up.fd) != 0) {
		connup_fail(conn, lost);
		return;
	}
	if (asks && !lease_may_ask(lease, conn->opening) &&
	    !hold(conn, CONN_HOLD_OTHERS, OTHERS_MS, now))
		return;
	conn->state = CONN_ASKING;
	conn->hold = CONN_FREE;
	conn->sent = 0;
	conn->signing = asks;
	if (asks)
		lease->signing++;
	ms = patience(conn);
	conns_set_due(conn->conns, conn, ms > 0 ? now + ms : 0);
	push(conn);
}

void
connup_go(struct conn *conn)
{
	conn->state = CONN_HELD;
	try_ask(conn, conn->asked);
}

/*
 * The agent took too long; but one that asks its user for somebody else has
 * not had the time.
 */
static void
give_up(struct conn *conn, long long now)
{
	const int hold_ms = conn->conns->limits.hold_ms;

	if (!conn->signing && conn->lease->signing > 0 &&
	    (hold_ms == 0 || now < conn->asked + hold_ms)) {
		conns_set_due(conn->conns, conn, now + patience(conn));
		return;
	}
	if (!conn->signing)
		conn->lease->hanging = now;
	connup_fail(conn, timed_out);
}

void
connup_due(struct conn *conn, long long now)
{
	if (conn->state == CONN_HELD)
		try_ask(conn, now);
	else if (conn->state == CONN_ASKING || conn->state == CONN_WAITING)
		give_up(conn, now);
}
