/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces whoever may connect.  He may send any number of requests ahead, stop
 * in the middle of one, never read a reply, say that he has no more to ask
 * (which says nothing about the replies that he waits for), and go at any time.
 */

#include "config.h"
#include "conn.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "agentproto.h"
#include "connrecord.h"
#include "conns.h"
#include "connstate.h"
#include "connup.h"
#include "deadline.h"
#include "dialog.h"
#include "lease.h"

/* How many more requests are answered in one go when the agent is gone. */
#define LAST_ANSWERS 64

static const uint8_t failure[] = { 0, 0, 0, 1, AGENTPROTO_FAILURE };

static void
release(struct conn *conn)
{
	struct conns *conns = conn->conns;

	connup_close(conn);
	poller_forget(conns->poller, &conn->down);
	(void)close(conn->down.fd);
	caller_close(&conn->caller);
	agentframe_clear(&conn->request);
	agentframe_clear(&conn->reply);
	if (conn->dialog != NULL)
		dialog_free(conn->dialog);
	if (conn->next != NULL)
		conn->next->prev = conn->prev;
	else
		conns->last = conn->prev;
	if (conn->prev != NULL)
		conn->prev->next = conn->next;
	else
		conns->first = conn->next;
	conns->count--;
	conn->lease->users--;
	free(conn);
}

static void
want(struct conn *conn, uint32_t events)
{
	if (poller_want(conn->conns->poller, &conn->down, events) == -1)
		conn->over = 1;
}

static void
push(struct conn *conn)
{
	ssize_t n;

	while (conn->sent < conn->answer_len) {
		n = send(conn->down.fd, conn->answer + conn->sent,
		    conn->answer_len - conn->sent,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno == EAGAIN) {
			want(conn, EPOLLOUT);
			return;
		}
		if (n == -1) {
			conn->over = 1;
			return;
		}
		conn->sent += (size_t)n;
	}
	agentframe_clear(&conn->reply);
	conn->state = CONN_READING;
}

static void
answer(struct conn *conn, const uint8_t *data, size_t len)
{
	conn->state = CONN_ANSWERING;
	conn->answer = data;
	conn->answer_len = len;
	conn->sent = 0;
	push(conn);
}

/* What the agent's side says, if it does, goes down. */
static void
pass_on(struct conn *conn)
{
	const enum conn_word word = conn->word;
	const uint8_t *data = failure;
	size_t len = sizeof(failure);

	conn->word = CONN_NOTHING;
	if (word == CONN_REPLIED)
		data = agentframe_whole(&conn->reply, &len);
	if (word != CONN_NOTHING)
		answer(conn, data, len);
}

/* Is there a request that has passed, and has no reply yet? */
static int
is_outstanding(const struct conn *conn)
{
	return conn->state == CONN_HELD || conn->state == CONN_ASKING ||
	    conn->state == CONN_WAITING;
}

static void
refuse(struct conn *conn)
{
	agentframe_drop(&conn->request);
	answer(conn, failure, sizeof(failure));
}

/* The next request is here whole. */
static void
take(struct conn *conn)
{
	struct lease *lease = conn->lease;
	size_t len;
	const uint8_t *body = agentframe_body(&conn->request, &len);

	if (conn->lost) {
		refuse(conn);
		return;
	}
	conn->asked = deadline_now();
	if (conn->dialog == NULL)
		conn->dialog = dialog_new(lease->policy, lease->usage);
	if (conn->dialog == NULL) {
		conn->over = 1;
		return;
	}
	switch (dialog_request(conn->dialog, body, len, conn->asked,
	    time(NULL), &conn->deed)) {
	case DIALOG_PASS:
		lease->passed++;
		connup_go(conn);
		pass_on(conn);
		break;
	case DIALOG_REFUSE:
		lease->refused++;
		(void)connrecord(conn, "refused", "");
		refuse(conn);
		break;
	default:
		conn->over = 1;
	}
}

/* Answer what is here, as far as it goes without waiting. */
static void
run(struct conn *conn)
{
	enum agentframe_result result;
	int left = LAST_ANSWERS;

	while (!conn->over && conn->state == CONN_READING) {
		result = agentframe_look(&conn->request);
		if (result == AGENTFRAME_PART && !conn->lost) {
			want(conn, EPOLLIN);
			return;
		}
		/* What has been sent already is answered, if with FAILURE. */
		if (result == AGENTFRAME_PART)
			result = agentframe_read(&conn->request,
			    conn->down.fd);
		if (result != AGENTFRAME_WHOLE ||
		    (conn->lost && left-- == 0))
			conn->over = 1;
		else
			take(conn);
	}
}

/* The last that is done each time: on with it, or it is freed. */
static void
go_on(struct conn *conn)
{
	pass_on(conn);
	run(conn);
	if (conn->over)
		release(conn);
}

static void
hear(struct conn *conn)
{
	switch (agentframe_read(&conn->request, conn->down.fd)) {
	case AGENTFRAME_WHOLE:
	case AGENTFRAME_PART:
		break;
	default:
		/* All that came before has its reply. */
		conn->over = 1;
	}
}

static void
down_ready(void *ctx, uint32_t events)
{
	struct conn *conn = ctx;

	if (events & (EPOLLHUP | EPOLLERR)) {
		if (is_outstanding(conn))
			(void)connrecord(conn, "allowed", "lost");
		conn->over = 1;
	} else if (conn->state == CONN_ANSWERING)
		push(conn);
	else if (conn->state == CONN_READING)
		hear(conn);
	else
		/* More requests, or their end: in their turn. */
		want(conn, 0);
	go_on(conn);
}

void
conn_due(struct conn *conn, long long now)
{
	conn->due = 0;
	connup_due(conn, now);
	go_on(conn);
}

void
conn_end(struct conn *conn)
{
	if (is_outstanding(conn))
		connup_fail(conn, "lost");
	pass_on(conn);
	conn->over = 1;
	go_on(conn);
}

static void
up_ready(void *ctx, uint32_t events)
{
	struct conn *conn = ctx;

	connup_ready(conn, events);
	go_on(conn);
}

int
conn_new(struct conns *conns, int fd, struct lease *lease,
    const struct caller *caller)
{
	struct conn *conn = calloc(1, sizeof(*conn));
	struct caller gone = *caller;
	int saved;

	if (conn == NULL)
		goto fail;
	conn->conns = conns;
	conn->lease = lease;
	conn->caller = *caller;
	conn->up.fd = -1;
	conn->up.ready = up_ready;
	conn->up.ctx = conn;
	conn->down.fd = fd;
	conn->down.ready = down_ready;
	conn->down.ctx = conn;
	if (poller_want(conns->poller, &conn->down, EPOLLIN) == -1)
		goto fail;
	conn->prev = conns->last;
	if (conn->prev != NULL)
		conn->prev->next = conn;
	else
		conns->first = conn;
	conns->last = conn;
	conns->count++;
	lease->users++;
	lease->served++;
	return 0;
fail:
	saved = errno;
	free(conn);
	caller_close(&gone);
	(void)close(fd);
	errno = saved;
	return -1;
}
