/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "serveloop.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "packet.h"
#include "proto.h"
#include "serveend.h"
#include "servejson.h"

#define INPUT_SIZE ((size_t)16384)

/* What is still read of a client who does not listen any more. */
#define FAREWELL_MAX ((size_t)1024 * 1024)

enum { INPUT, OUTPUT, SOCK, NFDS };

enum phase {
	READING,	/* the input goes on */
	ENDED,		/* it does not: DETACH is due behind the last message */
	LEAVING,	/* it was sent, or there is nobody to send it to */
};

struct loop {
	int input, input_socket;
	int output, output_socket;
	int sock;
	struct servejson *reader;
	enum phase phase;
	int gone;		/* nobody reads the output */
	size_t farewell;	/* read since then */
	int deaf;		/* the session takes nothing more */
	int reset;		/* it has said so itself */
	int over;		/* and why, in end */
	enum serveloop_end end;
	struct serveloop_result *result;

	/* What was read and not yet looked at. */
	char in[INPUT_SIZE];
	size_t in_at, in_end;
	/* The message that is being sent, as far as it is not. */
	struct servejson_message message;
	/* What was received and not yet written; the next waits for it. */
	unsigned char out[PACKET_BUFFER];
	const unsigned char *out_at;
	size_t out_left;
};

static void
finish(struct loop *loop, enum serveloop_end end)
{
	if (loop->over)
		return;
	loop->over = 1;
	loop->end = end;
}

static void
say_why(struct loop *loop, const char *why, size_t len)
{
	char *to = loop->result->why;

	if (len > sizeof(loop->result->why) - 1)
		len = sizeof(loop->result->why) - 1;
	memcpy(to, why, len);
	to[len] = '\0';
}

static void
say_wrong(struct loop *loop)
{
	const char *why = servejson_why(loop->reader);

	say_why(loop, why, strlen(why));
	finish(loop, SERVELOOP_WRONG);
}

static int
has_message(const struct loop *loop)
{
	return loop->message.len > 0 || loop->message.rows > 0;
}

/* Something to say, and no room for it was found. */
static int
wants_to_send(const struct loop *loop)
{
	return !loop->deaf && (has_message(loop) || loop->phase == ENDED);
}

/*
 * Send one packet.  Returns 1, or 0 if it is to be tried again.  A session
 * that is gone may have left its last words, so that is no end yet.
 */
static int
send_packet(struct loop *loop, int type, const void *data, size_t len)
{
	if (!loop->deaf && packet_send(loop->sock, type, data, len, -1) == 0)
		return 1;
	if (!loop->deaf && (errno == EAGAIN || errno == ENOBUFS))
		return 0;
	loop->deaf = 1;
	return 1;
}

/* Returns 1 when all of the message is sent. */
static int
send_message(struct loop *loop)
{
	struct servejson_message *message = &loop->message;
	unsigned char buf[PROTO_SIZE_LEN];
	size_t n;

	while (message->len > 0) {
		n = message->len < PACKET_MAX ? message->len : PACKET_MAX;
		if (!send_packet(loop, PROTO_INPUT, message->data, n))
			return 0;
		message->data += n;
		message->len -= n;
	}
	if (message->rows > 0) {
		proto_put_size(buf, &(struct proto_size){
		    .rows = message->rows, .cols = message->cols });
		if (!send_packet(loop, PROTO_RESIZE, buf, sizeof(buf)))
			return 0;
		message->rows = message->cols = 0;
	}
	return 1;
}

static void
end_input(struct loop *loop)
{
	if (servejson_end(loop->reader) == 0) {
		loop->phase = ENDED;
		return;
	}
	say_wrong(loop);
}

/* Send what was read, until it is used up or the session takes no more. */
static void
send_read(struct loop *loop)
{
	enum servejson_result result;
	size_t used;

	while (!loop->over && send_message(loop) && loop->phase == READING) {
		result = servejson_read(loop->reader, loop->in + loop->in_at,
		    loop->in_end - loop->in_at, &used, &loop->message);
		loop->in_at += used;
		if (result == SERVEJSON_NONE)
			return;
		if (result == SERVEJSON_WRONG)
			say_wrong(loop);
	}
	if (!loop->over && loop->phase == ENDED && !has_message(loop) &&
	    send_packet(loop, PROTO_DETACH, NULL, 0))
		loop->phase = LEAVING;
}

static void
read_input(struct loop *loop)
{
	size_t n;

	switch (serveend_read(loop->input, loop->input_socket, loop->in,
	    sizeof(loop->in), &n)) {
	case 1:
		loop->in_at = 0;
		loop->in_end = n;
		loop->farewell += loop->gone ? n : 0;
		break;
	case -1:
		end_input(loop);
		break;
	}
}

static void
take_text(struct loop *loop, const struct packet *packet)
{
	say_why(loop, (const char *)packet->data, packet->len);
	finish(loop, SERVELOOP_REFUSED);
}

static void
take_exit(struct loop *loop, const struct packet *packet)
{
	uint32_t wstatus;

	if (proto_get_number(&wstatus, packet->data, packet->len) == -1) {
		finish(loop, SERVELOOP_LOST);
		return;
	}
	loop->result->wstatus = (int)wstatus;
	finish(loop, SERVELOOP_EXIT);
}

static void
take_packet(struct loop *loop, const struct packet *packet)
{
	uint32_t reason = 0;
	uint64_t offset;

	switch (packet->type) {
	case PROTO_PAINT:
		loop->out_at = packet->data;
		loop->out_left = packet->len;
		break;
	case PROTO_OUTPUT:
		if (proto_get_offset(&offset, packet->data, packet->len) == -1)
			break;
		loop->out_at = packet->data + sizeof(offset);
		loop->out_left = packet->len - sizeof(offset);
		break;
	case PROTO_EXIT:
		take_exit(loop, packet);
		break;
	case PROTO_REFUSED:
		take_text(loop, packet);
		break;
	case PROTO_DETACHED:
		(void)proto_get_number(&reason, packet->data, packet->len);
		finish(loop, reason == PROTO_OTHER ? SERVELOOP_DETACHED :
		    SERVELOOP_LEFT);
		break;
	}
}

static void
receive(struct loop *loop)
{
	struct packet packet;
	int r = packet_receive(loop->sock, loop->out, &packet);

	/* It left something of ours unread; its own words come after that. */
	if (r == -1 && errno == ECONNRESET && !loop->reset) {
		loop->reset = loop->deaf = 1;
		return;
	}
	if (r == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (r != 1) {
		finish(loop, loop->phase == LEAVING ? SERVELOOP_LEFT :
		    SERVELOOP_LOST);
		return;
	}
	if (packet.fd != -1)
		(void)close(packet.fd);
	take_packet(loop, &packet);
	if (loop->gone)
		loop->out_left = 0;
}

static void
write_output(struct loop *loop)
{
	size_t n;

	if (serveend_write(loop->output, loop->output_socket, loop->out_at,
	    loop->out_left, &n) == -1) {
		loop->gone = 1;
		n = loop->out_left;
	}
	loop->out_at += n;
	loop->out_left -= n;
}

/* Returns as poll(2). */
static int
wait_for_any(const struct loop *loop, struct pollfd fds[NFDS])
{
	const int reads = loop->phase == READING && !has_message(loop) &&
	    !loop->deaf && loop->farewell < FAREWELL_MAX;
	const int receives = loop->out_left == 0 && !loop->gone;
	const int sends = wants_to_send(loop);

	/* A descriptor that is not asked would still tell that it hung up. */
	fds[INPUT] = (struct pollfd){
		.fd = reads ? loop->input : -1, .events = POLLIN,
	};
	fds[OUTPUT] = (struct pollfd){
		.fd = loop->gone ? -1 : loop->output,
		.events = loop->out_left > 0 ? POLLOUT : 0,
	};
	fds[SOCK] = (struct pollfd){
		.fd = receives || sends ? loop->sock : -1,
		.events = (short)((receives ? POLLIN : 0) |
		    (sends ? POLLOUT : 0)),
	};
	return poll(fds, NFDS, loop->gone ? 0 : -1);
}

static void
run_once(struct loop *loop)
{
	struct pollfd fds[NFDS];
	const int n = wait_for_any(loop, fds);

	if (n == -1) {
		if (errno != EINTR)
			finish(loop, SERVELOOP_FAILED);
		return;
	}
	if (n == 0) {
		finish(loop, SERVELOOP_LEFT);
		return;
	}
	if (fds[OUTPUT].revents & (POLLERR | POLLHUP | POLLNVAL)) {
		loop->gone = 1;
		loop->out_left = 0;
	}
	if (fds[OUTPUT].revents & POLLOUT && loop->out_left > 0)
		write_output(loop);
	if (fds[INPUT].revents != 0)
		read_input(loop);
	send_read(loop);
	if (fds[SOCK].revents & ~POLLOUT && loop->out_left == 0)
		receive(loop);
}

enum serveloop_end
serveloop_run(int input, int output, int sock,
    struct serveloop_result *result)
{
	struct loop *loop = calloc(1, sizeof(*loop));
	enum serveloop_end end;
	int saved;

	memset(result, 0, sizeof(*result));
	if (loop == NULL)
		return SERVELOOP_FAILED;
	loop->input = input;
	loop->input_socket = serveend_is_socket(input);
	loop->output = output;
	loop->output_socket = serveend_is_socket(output);
	loop->sock = sock;
	loop->result = result;
	loop->end = SERVELOOP_FAILED;
	if ((loop->reader = servejson_new()) != NULL)
		while (!loop->over)
			run_once(loop);
	end = loop->end;
	saved = errno;
	servejson_free(loop->reader);
	free(loop);
	errno = saved;
	return end;
}
