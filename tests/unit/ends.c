/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "ends.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "flowpool.h"
#include "pty.h"

/* Turns of 10 ms: more than any machine needs. */
#define PATIENCE 6000

/* A prime, so that no buffer's length is a multiple of it. */
#define PERIOD 65521

int ends_epoll;
struct flowpool *ends_pool;

static unsigned char bytes[2][2 * PERIOD];

static void
make_bytes(void)
{
	uint32_t x = 2463534242U;
	int i, j;

	for (i = 0; i < 2; i++) {
		for (j = 0; j < PERIOD; j++) {
			x ^= x << 13;
			x ^= x >> 17;
			x ^= x << 5;
			bytes[i][j] = bytes[i][j + PERIOD] = x & 0xff;
		}
	}
}

void
ends_setup(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	make_bytes();
	ck_assert_int_eq(sigaction(SIGPIPE, &ignore, NULL), 0);
	ck_assert_int_ne(ends_epoll = epoll_create1(EPOLL_CLOEXEC), -1);
	ck_assert_ptr_nonnull(ends_pool = flowpool_new(8));
}

void
ends_teardown(void)
{
	flowpool_free(ends_pool);
	(void)close(ends_epoll);
}

/* A pair that is connected over the loopback, with small buffers. */
static void
make_tcp(int pair[2])
{
	const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(addr);
	const int size = 65536;

	ck_assert_int_eq(setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &size,
	    sizeof(size)), 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&addr, len), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&addr,
	    &len), 0);
	pair[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size,
	    sizeof(size)), 0);
	ck_assert_int_eq(setsockopt(pair[0], SOL_SOCKET, SO_RCVBUF, &size,
	    sizeof(size)), 0);
	ck_assert_int_eq(connect(pair[0], (struct sockaddr *)&addr, len), 0);
	pair[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	ck_assert_int_ne(pair[1], -1);
	ck_assert_int_eq(setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &size,
	    sizeof(size)), 0);
	(void)close(listener);
}

static void
make_terminal(int pair[2])
{
	char name[PTY_NAME_SIZE];
	struct termios modes;

	ck_assert_int_eq(pty_open(&pair[1], &pair[0], name), 0);
	ck_assert_int_eq(tcgetattr(pair[0], &modes), 0);
	cfmakeraw(&modes);
	/* but ^D is the end */
	modes.c_lflag |= ICANON;
	ck_assert_int_eq(tcsetattr(pair[0], TCSANOW, &modes), 0);
}

static void
set_nonblocking(int fd)
{
	ck_assert_int_eq(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK),
	    0);
}

void
ends_make(enum ends_kind kind, struct conduit_end *ours,
    struct conduit_end *peer)
{
	int pair[2], back[2];

	if (kind == ENDS_PIPES) {
		ck_assert_int_eq(pipe2(pair, O_CLOEXEC), 0);
		ck_assert_int_eq(pipe2(back, O_CLOEXEC), 0);
		*ours = (struct conduit_end){ pair[0], back[1] };
		*peer = (struct conduit_end){ back[0], pair[1] };
	} else {
		if (kind == ENDS_TCP)
			make_tcp(pair);
		else if (kind == ENDS_TERMINAL)
			make_terminal(pair);
		else
			ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM |
			    SOCK_CLOEXEC, 0, pair), 0);
		*ours = (struct conduit_end){ pair[0], pair[0] };
		*peer = (struct conduit_end){ pair[1], pair[1] };
	}
	set_nonblocking(ours->in);
	set_nonblocking(ours->out);
	set_nonblocking(peer->in);
	set_nonblocking(peer->out);
}

void
ends_join(struct ends *ends, enum ends_kind first, enum ends_kind second)
{
	struct conduit_end ours[2];

	ends->kind[0] = first;
	ends->kind[1] = second;
	ends->over = 0;
	ends_make(first, &ours[0], &ends->peer[0]);
	ends_make(second, &ours[1], &ends->peer[1]);
	ends->conduit = conduit_new(ends_epoll, ends_pool, ours, ends);
	ck_assert_ptr_nonnull(ends->conduit);
}

void
ends_close(struct ends *ends, int i)
{
	struct conduit_end *peer = &ends->peer[i];

	if (peer->out != -1 && peer->out != peer->in)
		(void)close(peer->out);
	if (peer->in != -1)
		(void)close(peer->in);
	peer->in = peer->out = -1;
}

void
ends_part(struct ends *ends)
{
	conduit_free(ends->conduit);
	ends->conduit = NULL;
	ends_close(ends, 0);
	ends_close(ends, 1);
}

int
ends_turn(int ms)
{
	struct epoll_event events[64];
	const int n = epoll_wait(ends_epoll, events, 64, ms);
	struct ends *ends;
	int i;

	ck_assert_int_ne(n, -1);
	for (i = 0; i < n; i++) {
		ends = conduit_owner(events[i].data.ptr);
		if (conduit_ready(events[i].data.ptr, events[i].events))
			ends->over = 1;
	}
	return n;
}

ptrdiff_t
ends_send(struct ends *ends, int i, uint64_t at, size_t len)
{
	const size_t max = len < PERIOD ? len : PERIOD;

	return write(ends->peer[i].out, bytes[i] + at % PERIOD, max);
}

ptrdiff_t
ends_receive(struct ends *ends, int i, uint64_t at, size_t len)
{
	static unsigned char got[PERIOD];
	const ssize_t n = read(ends->peer[i].in, got,
	    len < PERIOD ? len : PERIOD);

	if (n > 0)
		ck_assert_mem_eq(got, bytes[!i] + at % PERIOD, (size_t)n);
	return n;
}

void
ends_send_all(struct ends *ends, int i, uint64_t at, size_t len)
{
	size_t done = 0;
	int tries = 0;
	ptrdiff_t n;

	while (done < len) {
		n = ends_send(ends, i, at + done, len - done);
		if (n == -1)
			ck_assert_int_eq(errno, EAGAIN);
		else
			done += (size_t)n;
		(void)ends_turn(n == -1 ? 10 : 0);
		ck_assert_int_lt(tries += n == -1, PATIENCE);
	}
}

void
ends_expect(struct ends *ends, int i, uint64_t at, size_t len)
{
	size_t done = 0;
	int tries = 0;
	ptrdiff_t n;

	while (done < len) {
		n = ends_receive(ends, i, at + done, len - done);
		ck_assert_int_ne(n, 0);
		if (n == -1)
			ck_assert_int_eq(errno, EAGAIN);
		else
			done += (size_t)n;
		(void)ends_turn(n == -1 ? 10 : 0);
		ck_assert_int_lt(tries += n == -1, PATIENCE);
	}
}

void
ends_expect_end(struct ends *ends, int i)
{
	int tries = 0;
	ssize_t n;
	char byte;

	while ((n = read(ends->peer[i].in, &byte, 1)) == -1 &&
	    errno == EAGAIN) {
		(void)ends_turn(10);
		ck_assert_int_lt(tries++, PATIENCE);
	}
	ck_assert_int_ne(n, 1);
}

void
ends_finish(struct ends *ends, int i)
{
	struct conduit_end *peer = &ends->peer[i];

	if (ends->kind[i] == ENDS_TERMINAL)
		ck_assert_int_eq(write(peer->out, "\4", 1), 1);
	else if (peer->out == peer->in)
		ck_assert_int_eq(shutdown(peer->out, SHUT_WR), 0);
	else {
		(void)close(peer->out);
		peer->out = -1;
	}
}

void
ends_expect_over(struct ends *ends)
{
	int tries = 0;

	while (!ends->over) {
		(void)ends_turn(10);
		ck_assert_int_lt(tries++, PATIENCE);
	}
}

void
ends_exchange(struct ends *ends, size_t size)
{
	uint64_t sent[2] = { 0, 0 }, got[2] = { 0, 0 };
	ptrdiff_t n;
	int i;

	while (got[0] < size || got[1] < size) {
		for (i = 0; i < 2; i++) {
			n = sent[i] == size ? 0 : ends_send(ends, i, sent[i],
			    (size_t)(size - sent[i]));
			sent[i] += n > 0 ? (uint64_t)n : 0;
			n = got[i] == size ? 0 : ends_receive(ends, i,
			    got[i], (size_t)(size - got[i]));
			got[i] += n > 0 ? (uint64_t)n : 0;
		}
		(void)ends_turn(0);
	}
	for (i = 0; i < 2; i++) {
		ends_finish(ends, i);
		ends_expect_end(ends, !i);
	}
	ends_expect_over(ends);
}

size_t
ends_stuff(struct ends *ends, int i)
{
	size_t sent = 0;
	ptrdiff_t n;

	do {
		n = ends_send(ends, i, sent, PERIOD);
		sent += n > 0 ? (size_t)n : 0;
		ck_assert_uint_lt(sent, ENDS_ON_THE_WAY);
	} while (n > 0 || ends_turn(20) > 0);
	ck_assert_int_eq(errno, EAGAIN);
	return sent;
}
