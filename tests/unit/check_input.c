/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* What is typed comes to the program, all of it and in order. */

#include "config.h"
#include "input.h"

#include <sys/resource.h>
#include <sys/socket.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "den.h"
#include "listener.h"
#include "pty.h"
#include "run.h"
#include "salon.h"
#include "guests.h"
#include "viewer.h"

#define MUCH ((size_t)1024 * 1024)

static struct salon salon;

/* One who types "much", and what came of it. */
static struct typist {
	int end;		/* where he types: a socket, or a terminal */
	int type;		/* of the message; 0: a terminal */
	size_t typed, arrived;
	unsigned char *came;
} typist;

static unsigned char
byte_at(size_t i)
{
	return (unsigned char)((i ^ i >> 8 ^ i >> 16) & 0xff);
}

static void
setup(void)
{
	salon_open_pty(&salon, 65536);
	memset(&typist, 0, sizeof(typist));
	ck_assert_ptr_nonnull(typist.came = malloc(MUCH));
}

static void
teardown(void)
{
	free(typist.came);
	salon_close(&salon);
}

/* As much as is taken without anybody reading. */
static void
type_on(void)
{
	unsigned char buf[4000];
	size_t n, i;
	ssize_t done = 1;

	while (typist.typed < MUCH && done > 0) {
		n = MUCH - typist.typed < sizeof(buf) ? MUCH - typist.typed :
		    sizeof(buf);
		for (i = 0; i < n; i++)
			buf[i] = byte_at(typist.typed + i);
		if (typist.type == 0)
			done = write(typist.end, buf, n);
		else
			done = packet_send(typist.end, typist.type, buf, n,
			    -1) == 0 ? (ssize_t)n : -1;
		if (done == -1)
			ck_assert_int_eq(errno, EAGAIN);
		else
			typist.typed += (size_t)done;
		salon_settle(&salon);
	}
}

static int
all_arrived(void *ctx)
{
	ssize_t n;

	(void)ctx;
	type_on();
	n = read(salon.program, typist.came + typist.arrived,
	    MUCH - typist.arrived);
	if (n > 0)
		typist.arrived += (size_t)n;
	return typist.arrived == MUCH;
}

static void
check_all_arrives(void)
{
	size_t i;

	/* The program sleeps at first. */
	type_on();
	ck_assert_uint_lt(typist.typed, MUCH);
	salon_until(&salon, all_arrived, NULL);
	for (i = 0; i < MUCH; i++)
		RUN_ASSERT(typist.came[i] == byte_at(i));
	ck_assert_int_eq(input_is_open(&salon.session), 1);
}

/* Would have caught bytes dropped because the program sleeps. */
START_TEST(by_messages)
{
	typist.end = salon_viewer(&salon, PROTO_HAVE, 0);
	typist.type = PROTO_INPUT;
	check_all_arrives();
	(void)close(typist.end);
}
END_TEST

static int
a_terminal(int *outer)
{
	char name[PTY_NAME_SIZE];
	struct termios saved;
	int inner;

	ck_assert_int_eq(pty_open(outer, &inner, name), 0);
	ck_assert_int_eq(pty_make_raw(inner, &saved), 0);
	ck_assert_int_eq(fcntl(inner, F_SETFL, O_RDWR | O_NONBLOCK), 0);
	ck_assert_int_eq(fcntl(*outer, F_SETFL, O_RDWR | O_NONBLOCK), 0);
	return inner;
}

START_TEST(by_terminal)
{
	const struct proto_attach attach = {
		.flags = PROTO_HAVE | PROTO_TERMINAL,
		.size = { 24, 80, 0, 0 },
	};
	const int end = salon_visitor(&salon);
	const int tty = a_terminal(&typist.end);

	salon_say_attach(&salon, end, &attach, tty);
	(void)close(tty);
	check_all_arrives();
	(void)close(end);
	(void)close(typist.end);
}
END_TEST

/* Fill the pty, and the session, and a message more. */
static int
somebody_in_the_way(void)
{
	typist.end = salon_viewer(&salon, PROTO_HAVE, 0);
	typist.type = PROTO_INPUT;
	type_on();
	ck_assert_int_eq(input_is_open(&salon.session), 0);
	return typist.end;
}

/*
 * Would have caught a session that nobody can look at, attach to or kill
 * because its program does not read.
 */
START_TEST(others_are_heard)
{
	const unsigned char size[PROTO_SIZE_LEN] = { 0, 33, 0, 99 };
	const int first = somebody_in_the_way();
	struct album album = { 0 };
	int end;

	end = salon_viewer(&salon, 0, 0);
	salon_gather(&salon, end, &album);
	ck_assert_uint_eq(album.count[PROTO_ATTACHED], 1);
	salon_say(&salon, end, PROTO_RESIZE, size, sizeof(size));
	ck_assert_int_eq(salon.session.sizing.size.rows, 33);
	salon_say(&salon, end, PROTO_DETACH, NULL, 0);
	salon_gather(&salon, end, &album);
	ck_assert_uint_eq(album.count[PROTO_DETACHED], 1);
	(void)close(end);
	end = salon_visitor(&salon);
	salon_say(&salon, end, PROTO_KILL, NULL, 0);
	ck_assert_int_eq(salon.session.killing.set, 1);
	album_free(&album);
	(void)close(end);
	(void)close(first);
}
END_TEST

/* Would have caught a viewer that is gone and counts for as long as that. */
START_TEST(leaves_while_full)
{
	const int first = somebody_in_the_way();
	const int second = salon_viewer(&salon, 0, 0);

	ck_assert_uint_eq(viewer_count(&salon.session), 2);
	(void)close(second);
	salon_settle(&salon);
	ck_assert_uint_eq(viewer_count(&salon.session), 1);
	(void)close(first);
}
END_TEST

/*
 * Would have caught a session that never ends: somebody had gone while the
 * pty was full, and was never looked at again.
 */
START_TEST(ends_while_full)
{
	const int first = somebody_in_the_way(), second = salon_visitor(&salon);
	struct album album = { 0 };

	(void)close(second);
	(void)close(salon.program);
	salon.program = -1;
	salon_leader_ends(&salon, 0);
	salon_gather(&salon, first, &album);
	ck_assert_uint_eq(album.count[PROTO_EXIT], 1);
	ck_assert_ptr_null(salon.session.viewers);
	ck_assert_int_eq(salon.session.end, 1);
	album_free(&album);
	(void)close(first);
}
END_TEST

/* What the program gets next, at most size - 1 bytes. */
struct heard {
	char text[128];
	size_t len, want;
};

static int
hear_some(void *ctx)
{
	struct heard *heard = ctx;
	ssize_t n;

	n = read(salon.program, heard->text + heard->len,
	    sizeof(heard->text) - 1 - heard->len);
	if (n > 0)
		heard->len += (size_t)n;
	return heard->len >= heard->want;
}

static void
program_hears(const char *text)
{
	struct heard heard = { .want = strlen(text) };

	salon_until(&salon, hear_some, &heard);
	ck_assert_str_eq(heard.text, text);
}

/*
 * Would have caught the last keys of somebody whose connection was lost in
 * the middle of output: that could not be sent, and so nothing was read.
 */
START_TEST(last_words)
{
	static char much[65536];
	const int end = salon_viewer(&salon, PROTO_HAVE, 0);

	memset(much, '.', sizeof(much));
	(void)salon_print(&salon, much, sizeof(much));
	ck_assert_int_eq(packet_send(end, PROTO_INPUT, "exit\n", 5, -1), 0);
	(void)close(end);
	program_hears("exit\n");
	ck_assert_ptr_null(salon.session.viewers);
}
END_TEST

/* Would have caught keys behind the one that detaches, or none before it. */
START_TEST(key_that_detaches)
{
	const struct proto_attach attach = {
		.flags = PROTO_HAVE, .size = { 24, 80, 0, 0 }, .key = 0x1c,
	};
	const int end = salon_visitor(&salon);
	struct album album = { 0 };

	salon_say_attach(&salon, end, &attach, -1);
	salon_say(&salon, end, PROTO_INPUT, "a\003b\034c", 5);
	salon_gather(&salon, end, &album);
	ck_assert_uint_eq(album.number, PROTO_ASKED);
	ck_assert_int_eq(album.ended, 1);
	(void)close(end);
	(void)close(salon_viewer(&salon, PROTO_HAVE, 0));
	program_hears("a\003b");
	album_free(&album);
}
END_TEST

/* Would have caught a read-only viewer who types, sizes or cannot leave. */
START_TEST(read_only)
{
	const unsigned char size[PROTO_SIZE_LEN] = { 0, 5, 0, 5 };
	const struct proto_attach attach = {
		.flags = PROTO_READONLY | PROTO_HAVE, .size = { 7, 7, 0, 0 },
		.policy = PROTO_FIXED,
	};
	const int end = salon_visitor(&salon);
	struct album album = { 0 };
	int other;

	salon_say_attach(&salon, end, &attach, -1);
	salon_say(&salon, end, PROTO_INPUT, "no", 2);
	salon_say(&salon, end, PROTO_RESIZE, size, sizeof(size));
	ck_assert_int_eq(salon.session.sizing.size.rows, 24);
	ck_assert_int_eq(salon.session.sizing.policy, PROTO_LATEST);
	other = salon_viewer(&salon, PROTO_HAVE, 0);
	salon_say(&salon, other, PROTO_INPUT, "yes", 3);
	program_hears("yes");
	salon_say(&salon, end, PROTO_INPUT, "\003", 1);
	salon_gather(&salon, end, &album);
	ck_assert_uint_eq(album.count[PROTO_DETACHED], 1);
	album_free(&album);
	(void)close(end);
	(void)close(other);
}
END_TEST

/*
 * Would have caught somebody who connected when there was no descriptor for
 * him, and whom nothing called in afterwards.
 */
START_TEST(no_descriptor_for_him)
{
	struct rlimit limit, none;
	struct album album = { 0 };
	unsigned char version[4];
	int sock;

	salon.session.listener.fd = listener_bind(salon.dir, "sock",
	    SOCK_SEQPACKET);
	ck_assert_int_ne(salon.session.listener.fd, -1);
	sock = listener_connect(salon.dir, "sock", SOCK_SEQPACKET, 60000);
	ck_assert_int_ne(sock, -1);
	proto_put_number(version, PROTO_VERSION);
	ck_assert_int_eq(packet_send(sock, PROTO_HELLO, version, 4, -1), 0);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = limit;
	none.rlim_cur = 0;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	guests_accept(&salon.session);
	ck_assert_ptr_null(salon.session.viewers);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	salon_pass(&salon, 1000);
	salon_gather(&salon, sock, &album);
	ck_assert_str_eq(album.types, "h");
	/* and all is as before */
	ck_assert_int_eq(salon.session.crowd.set, 0);
	album_free(&album);
	(void)close(sock);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("input");
	TCase *tc = tcase_create("input");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, by_messages);
	tcase_add_test(tc, by_terminal);
	tcase_add_test(tc, others_are_heard);
	tcase_add_test(tc, leaves_while_full);
	tcase_add_test(tc, ends_while_full);
	tcase_add_test(tc, last_words);
	tcase_add_test(tc, key_that_detaches);
	tcase_add_test(tc, read_only);
	tcase_add_test(tc, no_descriptor_for_him);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
