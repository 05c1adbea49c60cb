/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "salon.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "deadline.h"
#include "den.h"
#include "ending.h"
#include "guests.h"
#include "keeper.h"
#include "output.h"
#include "pty.h"
#include "ring.h"
#include "scene.h"
#include "viewer.h"

/* More turns than any of the tests has reason for. */
#define TURNS_MAX 200000

/* In ms; a minute. */
#define PATIENCE 60000

/* Nobody's session on any machine: pids end at 4194304. */
#define NOBODY 0x7ffffffe

static void
listener_ready(struct loop_source *source, uint32_t events)
{
	(void)events;
	guests_accept(source->ctx);
}

static void
begin(struct salon *salon, int master, size_t buffer)
{
	struct session *s = &salon->session;

	s->master.fd = master;
	s->listener.fd = s->signals.fd = s->removal.fd = s->lock = -1;
	s->listener.ready = listener_ready;
	s->listener.ctx = s;
	s->leader = NOBODY;
	s->record.dir = salon->dir;
	s->record.name = "salon";
	s->record.tty = "/dev/pts/0";
	ck_assert_int_eq(loop_open(&s->loop), 0);
	ck_assert_int_eq(history_open(&s->history, buffer), 0);
	ck_assert_int_eq(fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK), 0);
	ck_assert_int_eq(output_open(s), 0);
	sizing_open(s, PROTO_LATEST);
	ending_open(s);
}

static void
make_place(struct salon *salon)
{
	memset(salon, 0, sizeof(*salon));
	den_make();
	salon->descriptors = scene_descriptors();
	salon->dir = den_open("");
}

void
salon_open(struct salon *salon, size_t buffer)
{
	int pair[2];

	make_place(salon);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0, pair), 0);
	salon->program = pair[1];
	begin(salon, pair[0], buffer);
}

void
salon_open_pty(struct salon *salon, size_t buffer)
{
	const struct winsize size = { .ws_row = 24, .ws_col = 80 };
	char name[PTY_NAME_SIZE];
	struct termios saved;
	int master;

	make_place(salon);
	ck_assert_int_eq(pty_open(&master, &salon->program, name), 0);
	ck_assert_int_eq(pty_make_raw(salon->program, &saved), 0);
	ck_assert_int_eq(pty_set_size(master, &size), 0);
	ck_assert_int_eq(fcntl(salon->program, F_SETFL, O_RDWR | O_NONBLOCK),
	    0);
	begin(salon, master, buffer);
}

void
salon_close(struct salon *salon)
{
	struct session *s = &salon->session;
	struct viewer *viewer;
	size_t i;

	for (viewer = s->viewers; viewer != NULL; viewer = viewer->next)
		viewer_drop(viewer);
	keeper_lost(s);
	guests_sweep(s);
	ck_assert_ptr_null(s->viewers);
	loop_close_source(&s->loop, &s->master);
	loop_close_source(&s->loop, &s->listener);
	loop_close_source(&s->loop, &s->removal);
	for (i = 0; i < RECORD_FACTS; i++)
		free(s->record.facts[i]);
	ring_free(s->history.ring);
	(void)close(s->loop.fd);
	if (s->lock != -1)
		(void)close(s->lock);
	if (salon->program != -1)
		(void)close(salon->program);
	/* The session may have gone elsewhere, and closed this one. */
	if (s->record.dir != -1)
		(void)close(s->record.dir);
	ck_assert_int_eq(scene_descriptors(), salon->descriptors);
	den_remove();
}

static void
take_turn(struct session *s)
{
	/* Nobody else is there to be waited for. */
	s->loop.busy = 1;
	ck_assert_int_eq(loop_turn(&s->loop), 0);
	session_turn(s);
}

void
salon_settle(struct salon *salon)
{
	struct session *s = &salon->session;
	struct pollfd pfd = { .fd = s->loop.fd, .events = POLLIN };
	int i;

	for (i = 0; i < TURNS_MAX; i++) {
		take_turn(s);
		if (!s->loop.busy && poll(&pfd, 1, 0) == 0)
			return;
	}
	ck_abort_msg("the session does not come to rest");
}

void
salon_until(struct salon *salon, int (*done)(void *), void *ctx)
{
	struct session *s = &salon->session;
	const long long deadline = deadline_in(PATIENCE);
	struct pollfd pfd = { .fd = s->loop.fd, .events = POLLIN };

	for (;;) {
		salon_settle(salon);
		if (done(ctx))
			return;
		ck_assert_int_gt(deadline_left(deadline), 0);
		(void)poll(&pfd, 1, 10);
	}
}

void
salon_pass(struct salon *salon, int ms)
{
	struct loop_timer *timer;

	for (timer = salon->session.loop.timers; timer != NULL;
	    timer = timer->next)
		timer->at -= ms;
	salon_settle(salon);
}

void
salon_leader_ends(struct salon *salon, int wstatus)
{
	struct session *s = &salon->session;

	s->leader_gone = 1;
	s->status = wstatus;
	s->master_ready = 1;
	s->loop.busy = 1;
	salon_settle(salon);
}

size_t
salon_print(struct salon *salon, const void *data, size_t len)
{
	const char *p = data;
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = write(salon->program, p + done, len - done);
		if (n == -1) {
			ck_assert_int_eq(errno, EAGAIN);
			/* Was it the session that did not want any more? */
			salon_settle(salon);
			n = write(salon->program, p + done, len - done);
			if (n == -1)
				break;
		}
		done += (size_t)n;
		salon_settle(salon);
	}
	return done;
}

void
salon_puts(struct salon *salon, const char *text)
{
	ck_assert_uint_eq(salon_print(salon, text, strlen(text)),
	    strlen(text));
}

void
salon_say(struct salon *salon, int end, int type, const void *data, size_t len)
{
	ck_assert_int_eq(packet_send(end, type, data, len, -1), 0);
	salon_settle(salon);
}

int
salon_visitor(struct salon *salon)
{
	unsigned char buf[PACKET_BUFFER], version[4];
	struct packet packet;
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0, pair), 0);
	ck_assert_ptr_nonnull(viewer_new(&salon->session, pair[0]));
	proto_put_number(version, PROTO_VERSION);
	salon_say(salon, pair[1], PROTO_HELLO, version, sizeof(version));
	ck_assert_int_eq(packet_receive(pair[1], buf, &packet), 1);
	ck_assert_int_eq(packet.type, PROTO_HELLO);
	return pair[1];
}

void
salon_say_attach(struct salon *salon, int end,
    const struct proto_attach *attach, int fd)
{
	unsigned char buf[PROTO_ATTACH_LEN];

	proto_put_attach(buf, attach);
	ck_assert_int_eq(packet_send(end, PROTO_ATTACH, buf, sizeof(buf), fd),
	    0);
	salon_settle(salon);
}

int
salon_viewer(struct salon *salon, uint32_t flags, uint64_t offset)
{
	const struct proto_attach attach = {
		.flags = flags, .offset = offset,
		.size = { 24, 80, 0, 0 },
	};
	const int end = salon_visitor(salon);

	salon_say_attach(salon, end, &attach, -1);
	return end;
}

static char
letter_of(int type)
{
	static const char letters[] = "RAPOGSEDWZ";

	if (type == PROTO_HELLO)
		return 'h';
	if (type < PROTO_REFUSED || type > PROTO_PAUSED)
		return '?';
	return letters[type - PROTO_REFUSED];
}

static void
show(struct album *album, const unsigned char *data, size_t len)
{
	album->screen = realloc(album->screen, album->len + len + 1);
	ck_assert_ptr_nonnull(album->screen);
	memcpy(album->screen + album->len, data, len);
	album->len += len;
	album->screen[album->len] = '\0';
}

static void
take_output(struct album *album, const struct packet *packet)
{
	uint64_t offset;

	ck_assert_int_eq(proto_get_offset(&offset, packet->data, packet->len),
	    0);
	ck_assert_uint_gt(packet->len, 8);
	if (album->count[PROTO_OUTPUT] > 1 && album->count[PROTO_GAP] == 0 &&
	    album->count[PROTO_PAINT] == 0)
		ck_assert_uint_eq(offset, album->next);
	album->next = offset + packet->len - 8;
	show(album, packet->data + 8, packet->len - 8);
}

static void
take_one(struct album *album, const struct packet *packet)
{
	const char letter = letter_of(packet->type);
	const size_t n = strlen(album->types);
	uint64_t from, to;

	ck_assert_int_eq(packet->fd, -1);
	album->count[packet->type]++;
	if ((n == 0 || album->types[n - 1] != letter) &&
	    n + 1 < sizeof(album->types))
		album->types[n] = letter;
	switch (packet->type) {
	case PROTO_PAINT:
		show(album, packet->data, packet->len);
		break;
	case PROTO_OUTPUT:
		take_output(album, packet);
		break;
	case PROTO_GAP:
		ck_assert_uint_eq(packet->len, 16);
		(void)proto_get_offset(&from, packet->data, 8);
		(void)proto_get_offset(&to, packet->data + 8, 8);
		ck_assert_uint_lt(from, to);
		album->lost += to - from;
		break;
	case PROTO_SIZE:
		ck_assert_int_eq(proto_get_size(&album->size, packet->data,
		    packet->len), 0);
		break;
	case PROTO_EXIT:
	case PROTO_DETACHED:
		ck_assert_int_eq(proto_get_number(&album->number,
		    packet->data, packet->len), 0);
		break;
	default:
		break;
	}
}

void
salon_gather(struct salon *salon, int end, struct album *album)
{
	unsigned char buf[PACKET_BUFFER];
	struct packet packet;
	int r, waits = 0;

	while (waits < 2) {
		r = packet_receive(end, buf, &packet);
		if (r == 0 || (r == -1 && errno != EAGAIN &&
		    errno != ECONNRESET)) {
			album->ended = 1;
			return;
		}
		waits = r == 1 ? 0 : waits + 1;
		if (r == 1)
			take_one(album, &packet);
		else
			salon_settle(salon);
	}
}

void
album_free(struct album *album)
{
	free(album->screen);
	memset(album, 0, sizeof(*album));
}

int
album_has(const struct album *album, const char *text)
{
	return album->screen != NULL &&
	    memmem(album->screen, album->len, text, strlen(text)) != NULL;
}
