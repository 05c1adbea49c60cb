/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* The screen's side of the socket.  It faces the session. */

#include "config.h"
#include "watch.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>

#include "bytes.h"
#include "dump.h"
#include "packet.h"
#include "proto.h"
#include "screen.h"

struct watch {
	int sock;
	struct screen *screen;
	uint64_t end;		/* offset behind the last byte that came */
};

static int
wait_for(int sock, short events)
{
	struct pollfd pfd = { .fd = sock, .events = events };

	while (poll(&pfd, 1, -1) == -1) {
		if (errno != EINTR)
			return -1;
	}
	return 0;
}

static int
send_all(int sock, int type, const void *data, size_t n)
{
	while (packet_send(sock, type, data, n, -1) == -1) {
		if (errno != EAGAIN || wait_for(sock, POLLOUT) == -1)
			return -1;
	}
	return 0;
}

static int
malformed(void)
{
	errno = EPROTO;
	return -1;
}

static int
out_of_memory(void)
{
	errno = ENOMEM;
	return -1;
}

/* Until a size is known it is that of the first terminals. */
static int
have_screen(struct watch *watch)
{
	if (watch->screen == NULL)
		watch->screen = screen_new(24, 80);
	return watch->screen != NULL ? 0 : out_of_memory();
}

static int
take_output(struct watch *watch, const struct packet *packet)
{
	uint64_t offset;

	if (proto_get_offset(&offset, packet->data, packet->len) == -1)
		return malformed();
	/* a screen that has missed something shows nobody knows what */
	if (watch->end != 0 && offset != watch->end)
		return malformed();
	watch->end = offset + packet->len - 8;
	if (have_screen(watch) == -1)
		return -1;
	if (screen_feed(watch->screen, packet->data + 8,
	    packet->len - 8) == -1)
		return out_of_memory();
	return 0;
}

static int
take_size(struct watch *watch, const struct packet *packet)
{
	struct proto_size size;

	if (proto_get_size(&size, packet->data, packet->len) == -1)
		return malformed();
	/* a pty that nobody gave a size yet */
	if (size.rows == 0 || size.cols == 0)
		return 0;
	if (watch->screen == NULL) {
		watch->screen = screen_new(size.rows, size.cols);
		return watch->screen != NULL ? 0 : out_of_memory();
	}
	if (screen_resize(watch->screen, size.rows, size.cols) == -1)
		return out_of_memory();
	return 0;
}

static int
send_dump(const struct watch *watch, const struct bytes *body,
    const struct bytes *tail)
{
	uint64_t offset = watch->end - screen_inside(watch->screen);
	unsigned char head[8];
	size_t at, n;

	proto_put_offset(head, offset);
	if (send_all(watch->sock, PROTO_DUMP_HEAD, head, sizeof(head)) == -1)
		return -1;
	for (at = 0; at < body->len; at += n) {
		n = body->len - at;
		if (n > PACKET_MAX)
			n = PACKET_MAX;
		if (send_all(watch->sock, PROTO_DUMP, body->data + at,
		    n) == -1)
			return -1;
	}
	return send_all(watch->sock, PROTO_DUMP_END, tail->data, tail->len);
}

static int
answer(struct watch *watch, const struct packet *packet)
{
	struct bytes body = { 0 }, tail = { 0 };
	struct proto_size size;
	int result = -1;

	if (proto_get_size(&size, packet->data, packet->len) == -1)
		return malformed();
	if (have_screen(watch) == -1)
		return -1;
	if (dump_screen(watch->screen, size.rows, size.cols, &body,
	    &tail) == -1)
		result = out_of_memory();
	else
		result = send_dump(watch, &body, &tail);
	bytes_free(&body);
	bytes_free(&tail);
	return result;
}

/* Returns 1 to go on, 0 at the end, -1 with errno. */
static int
take(struct watch *watch, const struct packet *packet)
{
	int result = 0;

	switch (packet->type) {
	case PROTO_OUTPUT:
		result = take_output(watch, packet);
		break;
	case PROTO_SIZE:
		result = take_size(watch, packet);
		break;
	case PROTO_DUMP_WANTED:
		result = answer(watch, packet);
		break;
	case PROTO_GAP:
		return malformed();
	case PROTO_EXIT: case PROTO_DETACHED:
		return 0;
	}
	return result == -1 ? -1 : 1;
}

int
watch_run(int sock)
{
	static unsigned char buf[PACKET_BUFFER];
	struct watch watch = { .sock = sock };
	struct packet packet;
	int result, error;

	do {
		result = packet_receive(sock, buf, &packet);
		if (result == -1 && errno == EAGAIN)
			result = wait_for(sock, POLLIN) == -1 ? -1 : 1;
		else if (result == 1)
			result = take(&watch, &packet);
	} while (result == 1);
	error = errno;
	screen_free(watch.screen);
	errno = error;
	/* a session that is gone needs no screen */
	return result == -1 && error != EPIPE && error != ECONNRESET ? -1 : 0;
}
