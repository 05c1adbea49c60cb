/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Input: what a front reads from whoever listens at the service's path.  Its
 * first byte says into how many pieces it is cut.
 */

#include "config.h"
#include "frame.h"

#include <sys/socket.h>

#include <err.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "helpers/incubator/wire.h"

/* More than a socket holds at once would only wait for its reader. */
#define SENT_MAX ((size_t)128 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* Read all that there is.  Returns why there is no more. */
static enum frame_result
read_all(struct frame_reader *reader, int sock, size_t *taken)
{
	enum frame_result result;
	struct frame frame;
	int wstatus;

	while ((result = frame_read(reader, sock, &frame)) == FRAME_READ) {
		if (frame.len > FRAME_MAX || frame.data[frame.len] != '\0' ||
		    frame.type < 0 || frame.type > 255)
			abort();
		if (wire_get_end(&frame, &wstatus) == 0 &&
		    (frame.type != WIRE_END || wstatus < 0 ||
		    wstatus > 0xff00))
			abort();
		*taken += 5 + frame.len;
	}
	return result;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct frame_reader reader = { 0 };
	enum frame_result result = FRAME_NONE;
	size_t at, piece, taken = 0;
	int pair[2];

	if (size < 2 || size > SENT_MAX)
		return 0;
	piece = (size - 1) / (*data % 8 + 1u) + 1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		err(1, "socketpair");
	for (at = 1; at < size && result == FRAME_NONE; at += piece) {
		if (piece > size - at)
			piece = size - at;
		if (send(pair[1], data + at, piece, 0) != (ssize_t)piece)
			err(1, "send");
		result = read_all(&reader, pair[0], &taken);
	}
	(void)close(pair[1]);
	if (result == FRAME_NONE)
		result = read_all(&reader, pair[0], &taken);
	/* all of it was messages, or it tells that there was something else */
	if (taken > size - 1 || result == FRAME_NONE ||
	    (result == FRAME_END && taken != size - 1) ||
	    read_all(&reader, pair[0], &taken) != result)
		abort();
	frame_reader_free(&reader);
	(void)close(pair[0]);
	return 0;
}
