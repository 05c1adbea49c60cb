/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* The screen's side of the socket: a child here, and the test the session. */

#include "config.h"
#include "watch.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "packet.h"
#include "proto.h"

static unsigned char buf[PACKET_BUFFER];
static int session;
static pid_t child;

/* What the answer was. */
static uint64_t offset;
static char body[65536];
static size_t nbody;
static char tail[PACKET_BUFFER];

/* The child ends with 0, or with the errno of watch_run(). */
static void
begin(void)
{
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
	    pair), 0);
	ck_assert_int_ne(child = fork(), -1);
	if (child == 0) {
		(void)close(pair[0]);
		_exit(watch_run(pair[1]) == 0 ? 0 : errno);
	}
	(void)close(pair[1]);
	session = pair[0];
}

static int
ended(void)
{
	int status;

	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
finish(void)
{
	(void)close(session);
	return ended();
}

static void
say(int type, const void *data, size_t len)
{
	struct pollfd pfd = { .fd = session, .events = POLLOUT };

	while (packet_send(session, type, data, len, -1) == -1) {
		ck_assert_int_eq(errno, EAGAIN);
		ck_assert_int_eq(poll(&pfd, 1, -1), 1);
	}
}

static void
say_output(uint64_t at, const char *text)
{
	unsigned char data[4096];
	int n;

	proto_put_offset(data, at);
	n = snprintf((char *)data + 8, sizeof(data) - 8, "%s", text);
	say(PROTO_OUTPUT, data, 8 + (size_t)n);
}

static void
say_size(int type, unsigned int rows, unsigned int cols)
{
	struct proto_size size = { (uint16_t)rows, (uint16_t)cols, 0, 0 };
	unsigned char data[PROTO_SIZE_LEN];

	proto_put_size(data, &size);
	say(type, data, sizeof(data));
}

static int
hear(struct packet *packet)
{
	struct pollfd pfd = { .fd = session, .events = POLLIN };
	int r;

	while ((r = packet_receive(session, buf, packet)) == -1 &&
	    errno == EAGAIN)
		ck_assert_int_eq(poll(&pfd, 1, -1), 1);
	return r;
}

static void
hear_dump(void)
{
	struct packet packet;

	ck_assert_int_eq(hear(&packet), 1);
	ck_assert_int_eq(packet.type, PROTO_DUMP_HEAD);
	ck_assert_int_eq(proto_get_offset(&offset, packet.data, packet.len),
	    0);
	nbody = 0;
	for (;;) {
		ck_assert_int_eq(hear(&packet), 1);
		if (packet.type != PROTO_DUMP)
			break;
		ck_assert_uint_gt(packet.len, 0);
		ck_assert_uint_lt(packet.len, sizeof(body) - nbody);
		memcpy(body + nbody, packet.data, packet.len);
		nbody += packet.len;
	}
	body[nbody] = '\0';
	ck_assert_int_eq(packet.type, PROTO_DUMP_END);
	memcpy(tail, packet.data, packet.len);
	tail[packet.len] = '\0';
}

/* Sizes, output and dumps in their order; a message of another age passes. */
START_TEST(test_dump)
{
	begin();
	say_size(PROTO_SIZE, 3, 10);
	say(PROTO_HELLO, "\0\0\0\001", 4);
	say(99, "what", 4);
	say_output(1000, "0123456789ab");
	say_size(PROTO_DUMP_WANTED, 3, 10);
	hear_dump();
	ck_assert_uint_eq(offset, 1012);
	ck_assert_str_eq(body, "0123456789ab");
	ck_assert_str_eq(tail, "\033[2;3H\033[0m");
	say_size(PROTO_SIZE, 3, 20);
	say_output(1012, "\r\nnext");
	say_size(PROTO_DUMP_WANTED, 3, 20);
	hear_dump();
	ck_assert_uint_eq(offset, 1018);
	ck_assert_str_eq(body, "0123456789ab\r\nnext");
	/* and for somebody else, whose window is another */
	say_size(PROTO_DUMP_WANTED, 3, 6);
	hear_dump();
	ck_assert_str_eq(body, "0123456789ab\r\nnext\r\n");
	ck_assert_str_eq(tail, "\033[2;5H\033[0m");
	ck_assert_int_eq(finish(), 0);
}
END_TEST

/* Half a sequence is nobody's text, and none of it is lost. */
START_TEST(test_between_sequences)
{
	begin();
	say_output(0, "ab\033[3");
	say_size(PROTO_DUMP_WANTED, 24, 80);
	hear_dump();
	ck_assert_uint_eq(offset, 2);
	say_output(5, "1mc\xe4\xb8");
	say_size(PROTO_DUMP_WANTED, 24, 80);
	hear_dump();
	ck_assert_uint_eq(offset, 8);
	ck_assert_str_eq(body, "ab\033[0;31mc\033[0m");
	ck_assert_str_eq(tail, "\033[1;4H\033[0;31m");
	ck_assert_int_eq(finish(), 0);
}
END_TEST

/* Before there was any output, and of a pty without a size. */
START_TEST(test_nothing_yet)
{
	begin();
	say_size(PROTO_SIZE, 0, 0);
	say_size(PROTO_DUMP_WANTED, 10, 10);
	hear_dump();
	ck_assert_uint_eq(offset, 0);
	ck_assert_uint_eq(nbody, 0);
	ck_assert_str_eq(tail, "\033[1;1H\033[0m");
	ck_assert_int_eq(finish(), 0);
}
END_TEST

/* More than the socket holds, while nothing of it is read. */
START_TEST(test_large)
{
	static char line[2048];
	size_t n = 0, all;
	int i;

	/* each cell another colour */
	for (i = 0; i < 100; i++)
		n += (size_t)snprintf(line + n, sizeof(line) - n,
		    "\033[%dmx", 31 + i % 2);
	n += (size_t)snprintf(line + n, sizeof(line) - n, "\r\n");
	begin();
	say_size(PROTO_SIZE, 50, 100);
	for (i = 0; i < 50; i++)
		say_output((uint64_t)i * n, line);
	for (i = 0; i < 20; i++)
		say_size(PROTO_DUMP_WANTED, 50, 100);
	hear_dump();
	all = nbody;
	ck_assert_uint_gt(all, 2 * PACKET_MAX);
	for (i = 1; i < 20; i++) {
		hear_dump();
		ck_assert_uint_eq(nbody, all);
	}
	ck_assert_int_eq(finish(), 0);
}
END_TEST

static const struct {
	int type;
	const char *data;
	size_t len;
} bad[] = {
	{ PROTO_GAP, "\0\0\0\0\0\0\0\001\0\0\0\0\0\0\0\002", 16 },
	/* what comes now is not what comes next */
	{ PROTO_OUTPUT, "\0\0\0\0\0\0\0\005x", 9 },
	{ PROTO_OUTPUT, "\0\0\0\0\0\0\0\003x", 9 },
	{ PROTO_OUTPUT, "\0\0\0\0", 4 },
	{ PROTO_SIZE, "\0\030", 2 },
	{ PROTO_DUMP_WANTED, "", 0 },
};

/* Who has missed something says nothing more, rather than something wrong. */
START_TEST(test_bad)
{
	begin();
	say_output(0, "abcd");
	say(bad[_i].type, bad[_i].data, bad[_i].len);
	ck_assert_int_eq(ended(), EPROTO);
	(void)close(session);
}
END_TEST

START_TEST(test_end)
{
	begin();
	say_output(0, "abcd");
	say(PROTO_EXIT, "\0\0\0\0", 4);
	ck_assert_int_eq(ended(), 0);
	(void)close(session);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("watch");
	TCase *tc = tcase_create("watch");
	SRunner *runner;
	int failed;

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL) {
		printf("SKIP watch: no locale C.UTF-8\n");
		return 77;
	}
	tcase_add_test(tc, test_dump);
	tcase_add_test(tc, test_between_sequences);
	tcase_add_test(tc, test_nothing_yet);
	tcase_add_test(tc, test_large);
	tcase_add_loop_test(tc, test_bad, 0,
	    (int)(sizeof(bad) / sizeof(bad[0])));
	tcase_add_test(tc, test_end);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
