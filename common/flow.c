/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces both sides' speed: who reads slowly costs bounded memory, and who
 * writes fast takes no more than his share of a turn.
 */

#include "config.h"
#include "flow.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* After less than this it is likely that nothing more is there. */
#define BURST 4096

/* How often it reads before others have their turn. */
#define SHARE 8

/* What splice(2) moves at once: no socket's buffer holds more, as a rule. */
#define SPLICE_MAX ((size_t)1024 * 1024)

/* With less at once than this it is not worth its three calls. */
#define SPLICE_MIN ((size_t)16384)

static int
is_kind(int fd, mode_t kind)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (st.st_mode & S_IFMT) == kind;
}

void
flow_init(struct flow *flow, int from, int to)
{
	const struct flow init = {
		.from = from, .to = to, .pipe = { -1, -1 },
	};

	*flow = init;
	flow->to_socket = is_kind(to, S_IFSOCK);
	flow->can_splice = (flow->to_socket || is_kind(to, S_IFIFO)) &&
	    (is_kind(from, S_IFSOCK) || is_kind(from, S_IFIFO));
}

void
flow_drop(struct flow *flow, struct flowpool *pool)
{
	if (flow->held != NULL) {
		explicit_bzero(flow->held + flow->start,
		    flow->end - flow->start);
		free(flow->held);
		flow->held = NULL;
	}
	flow->start = flow->end = 0;
	flowpool_give(pool, &flow->pipe, flow->piped == 0);
	flow->piped = 0;
}

/* Returns how many bytes were written, 0 if none can be now, or -1. */
static ssize_t
put(const struct flow *flow, const unsigned char *buf, size_t len)
{
	ssize_t n;

	do {
		n = flow->to_socket ?
		    send(flow->to, buf, len, MSG_NOSIGNAL | MSG_DONTWAIT) :
		    write(flow->to, buf, len);
	} while (n == -1 && errno == EINTR);
	return n == -1 && errno == EAGAIN ? 0 : n;
}

/* All of it, or as much as goes.  Returns how many bytes, or -1. */
static ssize_t
put_all(const struct flow *flow, const unsigned char *buf, size_t len)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = put(flow, buf + done, len - done);
		if (n == -1)
			return -1;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

/* FLOW_MORE if nothing is held any more. */
static enum flow_state
flush_held(struct flow *flow, struct flowpool *pool)
{
	const ssize_t n = put_all(flow, flow->held + flow->start,
	    flow->end - flow->start);

	if (n == -1)
		return FLOW_BROKEN;
	explicit_bzero(flow->held + flow->start, (size_t)n);
	flow->start += (size_t)n;
	if (flow->start < flow->end)
		return FLOW_FULL;
	flow_drop(flow, pool);
	return FLOW_MORE;
}

/* The same for the pipe, which stays with the flow. */
static enum flow_state
flush_pipe(struct flow *flow)
{
	ssize_t n;

	while (flow->piped > 0) {
		n = splice(flow->pipe.out, NULL, flow->to, NULL, flow->piped,
		    SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EIO;
		if (n <= 0)
			return errno == EAGAIN ? FLOW_FULL : FLOW_BROKEN;
		flow->piped -= (size_t)n;
	}
	return FLOW_MORE;
}

/* What read(2) said, in words: FLOW_MORE for bytes. */
static enum flow_state
judge(struct flow *flow, ssize_t n)
{
	if (n > 0)
		return FLOW_MORE;
	if (n == -1 && errno == EAGAIN)
		return FLOW_DRY;
	flow->ended = 1;
	return FLOW_ENDED;
}

static ssize_t
get(const struct flow *flow, unsigned char *buf, size_t len)
{
	ssize_t n;

	do {
		n = read(flow->from, buf, len);
	} while (n == -1 && errno == EINTR);
	return n;
}

/* Keep what could not be written. */
static enum flow_state
hold(struct flow *flow, const unsigned char *buf, size_t len)
{
	if ((flow->held = malloc(len)) == NULL)
		return FLOW_BROKEN;
	memcpy(flow->held, buf, len);
	flow->start = 0;
	flow->end = len;
	return FLOW_FULL;
}

static enum flow_state
copy(struct flow *flow, struct flowpool *pool)
{
	unsigned char *buf = flowpool_buffer(pool);
	const ssize_t n = get(flow, buf, FLOWPOOL_BUFFER);
	enum flow_state state = judge(flow, n);
	ssize_t done;

	if (state != FLOW_MORE)
		return state;
	flow->much = (size_t)n == FLOWPOOL_BUFFER;
	done = put_all(flow, buf, (size_t)n);
	if (done == -1)
		state = FLOW_BROKEN;
	else if (done < n)
		state = hold(flow, buf + done, (size_t)(n - done));
	else if (n < BURST && !flow->last)
		state = FLOW_DRY;	/* as a rule; else we are told again */
	flowpool_wipe(pool, (size_t)n);
	return state;
}

/* Into the pipe, which is empty: so EAGAIN is about who writes. */
static enum flow_state
splice_in(struct flow *flow)
{
	enum flow_state state;
	ssize_t n;

	do {
		n = splice(flow->from, NULL, flow->pipe.in, NULL, SPLICE_MAX,
		    SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
	} while (n == -1 && errno == EINTR);
	if (n == -1 && errno == EINVAL) {
		/* a socket of a kind that cannot */
		flow->can_splice = 0;
		return FLOW_MORE;
	}
	state = judge(flow, n);
	flow->much = state == FLOW_MORE && (size_t)n >= SPLICE_MIN;
	if (state == FLOW_MORE)
		flow->piped = (size_t)n;
	return state;
}

/* Once through memory, or once through the pipe. */
static enum flow_state
step(struct flow *flow, struct flowpool *pool)
{
	enum flow_state state;

	if (!flow->much || !flow->can_splice ||
	    (flow->pipe.in == -1 && flowpool_take(pool, &flow->pipe) == -1))
		return copy(flow, pool);
	state = splice_in(flow);
	return state == FLOW_MORE ? flush_pipe(flow) : state;
}

enum flow_state
flow_move(struct flow *flow, struct flowpool *pool)
{
	enum flow_state state = FLOW_MORE;
	int i;

	if (flow->held != NULL)
		state = flush_held(flow, pool);
	else if (flow->piped > 0)
		state = flush_pipe(flow);
	for (i = 0; state == FLOW_MORE && !flow->ended && i < SHARE; i++)
		state = step(flow, pool);
	if (state == FLOW_MORE && flow->ended)
		state = FLOW_ENDED;
	/* The pipe is for who has bytes in it. */
	if (flow->piped == 0)
		flowpool_give(pool, &flow->pipe, 1);
	return state;
}

enum flow_state
flow_discard(struct flow *flow, struct flowpool *pool)
{
	unsigned char *buf = flowpool_buffer(pool);
	enum flow_state state = flow->ended ? FLOW_ENDED : FLOW_MORE;
	ssize_t n;
	int i;

	for (i = 0; state == FLOW_MORE && i < SHARE; i++) {
		n = get(flow, buf, FLOWPOOL_BUFFER);
		state = judge(flow, n);
		if (n > 0)
			flowpool_wipe(pool, (size_t)n);
	}
	return state;
}
