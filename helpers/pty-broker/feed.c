/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "feed.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "packet.h"
#include "proto.h"

void
feed_show(const unsigned char *data, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(STDOUT_FILENO, data, len);
		if (n == -1 && errno != EINTR)
			return;
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
}

void
feed_poll(const struct feed *feed, struct pollfd *in, struct pollfd *sock)
{
	if (feed->len > 0)
		sock->events |= POLLOUT;
	else if (!feed->ended)
		in->fd = STDIN_FILENO;
}

int
feed_move(struct feed *feed, int sock)
{
	ssize_t n;

	if (feed->len == 0 && !feed->ended) {
		n = read(STDIN_FILENO, feed->buf, sizeof(feed->buf));
		if (n == -1 && (errno == EINTR || errno == EAGAIN))
			return 0;
		if (n <= 0) {
			feed->ended = 1;
			return packet_send(sock, PROTO_DETACH, NULL, 0, -1);
		}
		feed->at = 0;
		feed->len = (size_t)n;
	}
	if (feed->len > 0 && packet_send(sock, PROTO_INPUT,
	    feed->buf + feed->at, feed->len, -1) == -1)
		return errno == EAGAIN ? 0 : -1;
	feed->len = 0;
	return 0;
}
