/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef FRAME_H
#define FRAME_H

#include <stddef.h>

/*
 * Messages on a stream socket: a type of one byte, the length in four (most
 * significant first), that many bytes.
 */

/* The most that one message holds. */
#define FRAME_MAX ((size_t)64 * 1024)

/*
 * Send one message, within the deadline (deadline.h).
 * Returns 0; or -1 with errno: EMSGSIZE if it is too long, otherwise as
 * unixsock_send(), and then nothing more may be sent.
 */
int frame_send(int sock, int type, const void *data, size_t len,
    long long deadline);

/* The same, and the descriptor "fd", which stays open here, comes with it. */
int frame_send_fd(int sock, int type, const void *data, size_t len, int fd,
    long long deadline);

/* data[len] is a NUL besides. */
struct frame {
	int type;		/* 0 to 255 */
	const char *data;	/* the reader's, until it reads again */
	size_t len;
	int fd;			/* came with it, the caller's; or -1 */
};

enum frame_result {
	FRAME_READ,		/* there is one */
	FRAME_NONE,		/* not yet: wait until the socket is readable */
	FRAME_END,		/* the stream ended, between two messages */
	FRAME_CUT,		/* it ended in the middle of one */
	FRAME_RESET,		/* the other side closed it unread */
	FRAME_BAD,		/* too long, or with descriptors that may not */
	FRAME_ERROR,		/* errno */
};

/*
 * One for each socket; to begin with, all zero, but for what the caller says.
 */
struct frame_reader {
	int takes_fd;		/* said: one may come with each message */
	unsigned long count;	/* how many messages were read */
	unsigned char head[5];
	size_t have;		/* how much of the message is here */
	size_t len;		/* of its data */
	char *data;
	int has_fd, fd;		/* that came with it */
	enum frame_result over;	/* why there is nothing more to read */
};

/*
 * Read the next message, without waiting, whether the socket is O_NONBLOCK or
 * not.  After anything but FRAME_READ and FRAME_NONE there is nothing more to
 * read, and the answer stays the same.  With reader->count 0 not one message
 * came before it.
 */
enum frame_result frame_read(struct frame_reader *reader, int sock,
    struct frame *frame);
void frame_reader_free(struct frame_reader *reader);

#endif
