/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces whoever may connect, and the agent.  A client may claim any length and
 * send nothing, in as many connections as it gets; what a message holds can be
 * a private key or a PIN, so no copy of it stays in memory that was freed.
 */

#include "config.h"
#include "agentframe.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agentproto.h"
#include "bigendian.h"

#define HEAD ((size_t)AGENTPROTO_LENGTH)
#define BODY_MAX ((size_t)AGENTPROTO_BODY_MAX)

/* As much as most messages need; it is also how much is read ahead. */
#define SIZE_LEAST ((size_t)4096)

/*
 * How long the first message says it is, with its head; 0: not yet known.
 * Never more than one above the most: where size_t has 32 bits the sum of what
 * a client claims would wrap, and a message without end would seem whole.
 */
static size_t
claimed(const struct agentframe *frame)
{
	uint32_t body;

	if (frame->have < HEAD)
		return 0;
	body = bigendian_get(frame->data);
	return HEAD + (body > BODY_MAX ? BODY_MAX + 1 : body);
}

enum agentframe_result
agentframe_look(const struct agentframe *frame)
{
	const size_t len = claimed(frame);

	if (len == 0)
		return AGENTFRAME_PART;
	if (len == HEAD || len > HEAD + BODY_MAX)
		return AGENTFRAME_BAD;
	return frame->have >= len ? AGENTFRAME_WHOLE : AGENTFRAME_PART;
}

void
agentframe_clear(struct agentframe *frame)
{
	if (frame->data != NULL)
		explicit_bzero(frame->data, frame->have);
	free(frame->data);
	memset(frame, 0, sizeof(*frame));
}

/* Not realloc(3), which may leave a copy.  Returns 0, or -1 with errno. */
static int
resize(struct agentframe *frame, size_t size)
{
	uint8_t *data = malloc(size);

	if (data == NULL)
		return -1;
	if (frame->data != NULL) {
		memcpy(data, frame->data, frame->have);
		explicit_bzero(frame->data, frame->have);
		free(frame->data);
	}
	frame->data = data;
	frame->size = size;
	return 0;
}

/*
 * See to it that there is room.  How much more may be read: what the message
 * lacks as far as there is room for it, and a little of what follows, or the
 * small ones behind it would all have to be answered in one go.  Returns 0 for
 * no memory, with errno.
 */
static size_t
room(struct agentframe *frame)
{
	size_t most = claimed(frame);

	if (frame->data == NULL) {
		if (resize(frame, SIZE_LEAST) == -1)
			return 0;
	} else if (frame->have == frame->size &&
	    resize(frame, frame->size * 2) == -1)
		return 0;
	if (most < SIZE_LEAST)
		most = SIZE_LEAST;
	if (most > frame->size)
		most = frame->size;
	return most - frame->have;
}

static enum agentframe_result
judge_end(struct agentframe *frame)
{
	if (frame->have > 0)
		return AGENTFRAME_CUT;
	agentframe_clear(frame);
	return AGENTFRAME_END;
}

static enum agentframe_result
judge_error(struct agentframe *frame)
{
	const int saved = errno;

	if (frame->have == 0)
		agentframe_clear(frame);
	errno = saved;
	if (errno == EAGAIN || errno == EINTR)
		return AGENTFRAME_PART;
	return AGENTFRAME_ERROR;
}

enum agentframe_result
agentframe_read(struct agentframe *frame, int fd)
{
	const enum agentframe_result before = agentframe_look(frame);
	size_t most;
	ssize_t n;

	if (before != AGENTFRAME_PART)
		return before;
	if ((most = room(frame)) == 0)
		return AGENTFRAME_ERROR;
	n = recv(fd, frame->data + frame->have, most, MSG_DONTWAIT);
	if (n == -1)
		return judge_error(frame);
	if (n == 0)
		return judge_end(frame);
	frame->have += (size_t)n;
	return agentframe_look(frame);
}

uint8_t *
agentframe_body(const struct agentframe *frame, size_t *len)
{
	*len = claimed(frame) - HEAD;
	return frame->data + HEAD;
}

const uint8_t *
agentframe_whole(const struct agentframe *frame, size_t *len)
{
	*len = claimed(frame);
	return frame->data;
}

int
agentframe_has_more(const struct agentframe *frame)
{
	return frame->have > claimed(frame);
}

void
agentframe_shorten(struct agentframe *frame, size_t len)
{
	const size_t have = HEAD + len;

	if (len < 1 || have > claimed(frame))
		return;
	explicit_bzero(frame->data + have, frame->have - have);
	bigendian_put(frame->data, (uint32_t)len);
	frame->have = have;
}

void
agentframe_drop(struct agentframe *frame)
{
	const size_t len = claimed(frame), rest = frame->have - len;

	if (rest == 0) {
		agentframe_clear(frame);
		return;
	}
	memmove(frame->data, frame->data + len, rest);
	explicit_bzero(frame->data + rest, len);
	frame->have = rest;
	/* That it stays large is no error. */
	if (frame->size > SIZE_LEAST && rest <= SIZE_LEAST)
		(void)resize(frame, SIZE_LEAST);
}
