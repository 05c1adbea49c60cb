/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef FEED_H
#define FEED_H

#include <stddef.h>

struct pollfd;

/*
 * Between standard input and output and a session, where it has no hold of
 * the terminal itself.
 */
struct feed {
	int ended;		/* standard input did */
	size_t at, len;		/* read, and not yet sent */
	unsigned char buf[4096];
};

/* Write to standard output, as long as it takes. */
void feed_show(const unsigned char *data, size_t len);

/* What poll(2) is to watch: standard input, or room in the socket. */
void feed_poll(const struct feed *feed, struct pollfd *in,
    struct pollfd *sock);

/* Move what can be moved.  Returns 0, or -1 if the session is gone. */
int feed_move(struct feed *feed, int sock);

#endif
