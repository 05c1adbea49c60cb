/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bigendian.h"
#include "deadline.h"
#include "unixsock.h"

#define HEAD_SIZE ((size_t)5)

static int
send_with(int sock, int type, const void *data, size_t len, const int *fds,
    size_t nfds, long long deadline)
{
	unsigned char head[HEAD_SIZE] = { (unsigned char)type };

	if (len > FRAME_MAX) {
		errno = EMSGSIZE;
		return -1;
	}
	bigendian_put(head + 1, (uint32_t)len);
	if (unixsock_send(sock, head, sizeof(head), fds, nfds,
	    deadline) == -1)
		return -1;
	return len == 0 ? 0 :
	    unixsock_send(sock, data, len, NULL, 0, deadline);
}

int
frame_send(int sock, int type, const void *data, size_t len,
    long long deadline)
{
	return send_with(sock, type, data, len, NULL, 0, deadline);
}

int
frame_send_fd(int sock, int type, const void *data, size_t len, int fd,
    long long deadline)
{
	return send_with(sock, type, data, len, &fd, 1, deadline);
}

/* Why nothing could be read. */
static enum frame_result
failed(const struct frame_reader *reader, ssize_t n)
{
	if (n == 0)
		return reader->have == 0 ? FRAME_END : FRAME_CUT;
	switch (errno) {
	case ETIMEDOUT:
		return FRAME_NONE;
	case ECONNRESET:
		return FRAME_RESET;
	case EPROTO:
		return FRAME_BAD;
	default:
		return FRAME_ERROR;
	}
}

/* The head is here: make room for what it announces. */
static enum frame_result
begin_data(struct frame_reader *reader)
{
	const size_t len = bigendian_get(reader->head + 1);

	if (len > FRAME_MAX)
		return FRAME_BAD;
	free(reader->data);
	if ((reader->data = malloc(len + 1)) == NULL)
		return FRAME_ERROR;
	reader->len = len;
	return FRAME_READ;
}

/* It comes with the head, by itself; two of them are a fault. */
static ssize_t
receive(struct frame_reader *reader, int sock, char *to, size_t want)
{
	const long long now = deadline_now();
	size_t nfds = 1;
	ssize_t n;
	int fd;

	if (!reader->takes_fd)
		return unixsock_receive(sock, to, want, NULL, NULL, now);
	n = unixsock_receive(sock, to, want, &fd, &nfds, now);
	if (n == -1 || nfds == 0)
		return n;
	if (n > 0 && reader->have == 0 && !reader->has_fd) {
		reader->has_fd = 1;
		reader->fd = fd;
		return n;
	}
	unixsock_close_all(&fd, 1);
	errno = EPROTO;
	return -1;
}

/* Read on until the message is whole.  Returns FRAME_READ then. */
static enum frame_result
fill(struct frame_reader *reader, int sock)
{
	enum frame_result result;
	char *to;
	size_t want;
	ssize_t n;

	while (reader->have < HEAD_SIZE + reader->len) {
		if (reader->have < HEAD_SIZE) {
			to = (char *)reader->head + reader->have;
			want = HEAD_SIZE - reader->have;
		} else {
			to = reader->data + (reader->have - HEAD_SIZE);
			want = HEAD_SIZE + reader->len - reader->have;
		}
		if ((n = receive(reader, sock, to, want)) <= 0)
			return failed(reader, n);
		reader->have += (size_t)n;
		if (reader->have == HEAD_SIZE) {
			result = begin_data(reader);
			if (result != FRAME_READ)
				return result;
		}
	}
	return FRAME_READ;
}

enum frame_result
frame_read(struct frame_reader *reader, int sock, struct frame *frame)
{
	enum frame_result result = reader->over;

	/* FRAME_READ is 0, as a reader begins. */
	if (result == FRAME_READ)
		result = fill(reader, sock);
	if (result != FRAME_READ) {
		if (result != FRAME_NONE)
			reader->over = result;
		return result;
	}
	reader->data[reader->len] = '\0';
	frame->type = reader->head[0];
	frame->data = reader->data;
	frame->len = reader->len;
	frame->fd = reader->has_fd ? reader->fd : -1;
	reader->has_fd = 0;
	reader->have = 0;
	reader->len = 0;
	reader->count++;
	return FRAME_READ;
}

void
frame_reader_free(struct frame_reader *reader)
{
	free(reader->data);
	if (reader->has_fd)
		unixsock_close_all(&reader->fd, 1);
	memset(reader, 0, sizeof(*reader));
}
