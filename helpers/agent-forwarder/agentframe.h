/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef AGENTFRAME_H
#define AGENTFRAME_H

#include <stddef.h>
#include <stdint.h>

/*
 * Messages of the agent protocol on a stream (RFC 9987 section 3): the length
 * in four bytes, most significant first, and that many bytes, of which the
 * first is the type; AGENTPROTO_BODY_MAX at the most.
 */

/*
 * What has come of a stream and was not yet dropped.  Memory is taken as it
 * comes, whatever a length claims, and is cleared before it is given back;
 * with nothing here there is none.  All zero to begin with.
 */
struct agentframe {
	uint8_t *data;
	size_t have;
	size_t size;
};

enum agentframe_result {
	AGENTFRAME_WHOLE,	/* there is a message */
	AGENTFRAME_PART,	/* not yet */
	AGENTFRAME_END,		/* the stream ended, between two messages */
	AGENTFRAME_CUT,		/* it ended in the middle of one */
	AGENTFRAME_BAD,		/* its length is 0 or above the most */
	AGENTFRAME_ERROR,	/* errno */
};

/*
 * Read from the socket, once and without waiting, unless a whole message is
 * here already.  Of what follows the message little is read.
 */
enum agentframe_result agentframe_read(struct agentframe *frame, int fd);

/* What stands here, without reading: WHOLE, PART or BAD. */
enum agentframe_result agentframe_look(const struct agentframe *frame);

/*
 * The first message, which must be whole: its type and what follows, *len of
 * at least 1; valid until the next call but agentframe_shorten().
 */
uint8_t *agentframe_body(const struct agentframe *frame, size_t *len);

/* The same with its length before it, as it goes over a stream. */
const uint8_t *agentframe_whole(const struct agentframe *frame, size_t *len);

/* Has anything come behind the first message, which must be whole?  1 or 0. */
int agentframe_has_more(const struct agentframe *frame);

/*
 * The first message, which must be whole, is now as many bytes long: at least
 * 1, and not more than it was.  What has come behind it is forgotten.
 */
void agentframe_shorten(struct agentframe *frame, size_t len);

/* Clear and forget the first message, which must be whole; or everything. */
void agentframe_drop(struct agentframe *frame);
void agentframe_clear(struct agentframe *frame);

#endif
