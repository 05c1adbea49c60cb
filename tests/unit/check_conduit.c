/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Two-way copy, over sockets of both kinds, pipes and a terminal.  Those of
 * "agent 1" to "agent 7" are what any relay of an agent or of a forwarded
 * stream must do.
 */

#include "config.h"
#include "conduit.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "ends.h"
#include "run.h"
#include "scene.h"

#define KIB ((size_t)1024)
#define MIB (KIB * 1024)
#define PAIRS (ENDS_KINDS * ENDS_KINDS)

static int before;
static struct ends ends;
static void
setup(void)
{
	before = scene_descriptors();
	ends_setup();
}

static void
teardown(void)
{
	ends_teardown();
	ck_assert_int_eq(scene_descriptors(), before);
}

static void
join(int i)
{
	ends_join(&ends, (enum ends_kind)(i % ENDS_KINDS),
	    (enum ends_kind)(i / ENDS_KINDS));
}

/* Would have caught bytes that are lost, or that come twice or late. */
START_TEST(agent_1_both_ways)
{
	join(_i);
	ends_send_all(&ends, 0, 0, 5);
	ends_expect(&ends, 1, 0, 5);
	ends_send_all(&ends, 1, 0, 7);
	ends_expect(&ends, 0, 0, 7);
	ends_part(&ends);
	join(_i);
	ends_exchange(&ends, 4 * MIB + 1);
	ends_part(&ends);
}
END_TEST

/*
 * Would have caught an answer that is thrown away because the question has
 * ended: what the first two-way copies did.
 */
START_TEST(agent_2_half_close)
{
	join(_i);
	ends_send_all(&ends, 0, 0, 100 * KIB);
	ends_finish(&ends, 0);
	ends_expect(&ends, 1, 0, 100 * KIB);
	ends_expect_end(&ends, 1);
	ck_assert_int_eq(ends.over, 0);
	/* only now, when nothing can come any more, he answers */
	ends_send_all(&ends, 1, 0, 10);
	ends_expect(&ends, 0, 0, 10);
	ends_send_all(&ends, 1, 10, 50 * KIB);
	ends_expect(&ends, 0, 10, 50 * KIB);
	ck_assert_int_eq(ends.over, 0);
	ends_finish(&ends, 1);
	ends_expect_end(&ends, 0);
	ends_expect_over(&ends);
	ends_part(&ends);
}
END_TEST

/* Would have caught a close that waits for who does not read. */
START_TEST(agent_3_cancel)
{
	static char got[65536];

	join(_i);
	(void)ends_stuff(&ends, 0);
	(void)ends_stuff(&ends, 1);
	conduit_free(ends.conduit);
	ends.conduit = NULL;
	ck_assert_int_eq(ends_turn(0), 0);
	while (read(ends.peer[0].in, got, sizeof(got)) > 0)
		continue;
	ck_assert_int_eq(write(ends.peer[0].out, "x", 1), -1);
	ck_assert(errno == EPIPE || errno == ECONNRESET);
	ends_part(&ends);
}
END_TEST

/* Would have caught a terminal that is closed as it cannot be shut down. */
START_TEST(agent_4_terminal_reads_on)
{
	char line[8];
	int tries = 0;

	ends_join(&ends, (enum ends_kind)_i, ENDS_TERMINAL);
	ends_finish(&ends, 0);
	while (ends_turn(10) != 0)
		ck_assert_int_lt(tries++, 1000);
	ck_assert_int_eq(ends.over, 0);
	ck_assert_int_eq(write(ends.peer[1].out, "typed\n", 6), 6);
	for (tries = 0; read(ends.peer[0].in, line, 8) != 6; tries++) {
		ck_assert_int_lt(tries, 1000);
		(void)ends_turn(10);
	}
	ck_assert_mem_eq(line, "typed\n", 6);
	ends_finish(&ends, 1);
	ends_expect_end(&ends, 0);
	ends_expect_over(&ends);
	ends_part(&ends);
}
END_TEST

START_TEST(agent_5_terminal_writes_on)
{
	ends_join(&ends, (enum ends_kind)_i, ENDS_TERMINAL);
	ends_finish(&ends, 1);
	ends_expect_end(&ends, 0);
	ck_assert_int_eq(ends.over, 0);
	ends_send_all(&ends, 0, 0, 3000);
	ends_expect(&ends, 1, 0, 3000);
	ends_finish(&ends, 0);
	ends_expect_over(&ends);
	ends_part(&ends);
}
END_TEST

/* The peer stops to read, and goes on writing. */
static void
stop_reading(int i)
{
	if (ends.peer[i].in == ends.peer[i].out)
		ck_assert_int_eq(shutdown(ends.peer[i].in, SHUT_RD), 0);
	else {
		(void)close(ends.peer[i].in);
		ends.peer[i].in = -1;
	}
}

/*
 * Would have caught a writer who is left waiting for ever, or with the answer
 * lost that there still was; and SIGPIPE, of which this would have died.
 */
START_TEST(agent_6_write_error)
{
	const enum ends_kind kinds[] = { ENDS_UNIX, ENDS_PIPES };
	size_t sent = 0;
	ptrdiff_t n = 0;

	ends_join(&ends, (enum ends_kind)(_i % ENDS_KINDS),
	    kinds[_i / ENDS_KINDS]);
	stop_reading(1);
	/* TCP cannot say it: there it is thrown away */
	while (sent < 4 * ENDS_ON_THE_WAY && (n != -1 || errno == EAGAIN)) {
		n = ends_send(&ends, 0, sent, 64 * KIB);
		sent += n > 0 ? (size_t)n : 0;
		if (n != -1 || errno == EAGAIN)
			(void)ends_turn(n == -1 ? 10 : 0);
	}
	if (ends.kind[0] != ENDS_TCP) {
		ck_assert_int_eq(n, -1);
		ck_assert_int_eq(errno, EPIPE);
	}
	ck_assert_int_eq(ends.over, 0);
	ends_send_all(&ends, 1, 0, 50 * KIB);
	ends_expect(&ends, 0, 0, 50 * KIB);
	ends_finish(&ends, 1);
	ends_expect_end(&ends, 0);
	ends_expect_over(&ends);
	ends_part(&ends);
}
END_TEST

/* Close it so that the other side is told of an error. */
static void
abort_peer(int i)
{
	const struct linger now = { 1, 0 };

	if (ends.kind[i] == ENDS_TCP)
		ck_assert_int_eq(setsockopt(ends.peer[i].in, SOL_SOCKET,
		    SO_LINGER, &now, sizeof(now)), 0);
	ends_close(&ends, i);
}

/*
 * Somebody dies: while nothing waits, while the conduit is full of what he
 * wrote, while it is full of what is for him.  Would have caught a conduit
 * that stays, or that turns round and round; and the other side left waiting.
 */
START_TEST(agent_7_abort)
{
	const int how = _i / PAIRS;
	static char got[65536];
	int tries = 0;

	join(_i % PAIRS);
	if (how != 0)
		(void)ends_stuff(&ends, how == 2);
	abort_peer(0);
	if (how != 2) {
		/* what has come through is his until the end */
		for (;;) {
			const ssize_t n = read(ends.peer[1].in, got,
			    sizeof(got));

			if (n == 0 || (n == -1 && errno != EAGAIN))
				break;
			(void)ends_turn(n == -1 ? 10 : 0);
			ck_assert_int_lt(tries += n == -1, 1000);
		}
	}
	ends_expect_over(&ends);
	ends_part(&ends);
}
END_TEST

/* Would have caught what was said last lost with who said it. */
START_TEST(last_words)
{
	const size_t most = _i / PAIRS == 0 ? MIB : 10;
	size_t sent = 0;
	ptrdiff_t n;

	join(_i % PAIRS);
	while (sent < most && (n = ends_send(&ends, 0, sent, most)) > 0)
		sent += (size_t)n;
	ends_close(&ends, 0);
	ends_expect(&ends, 1, 0, sent);
	ends_expect_end(&ends, 1);
	/* of TCP's two ends we were told one */
	if (ends.kind[0] == ENDS_TCP)
		ends_finish(&ends, 1);
	ends_expect_over(&ends);
	ends_part(&ends);
}
END_TEST

/* Would have caught descriptors kept that a client sends among the bytes. */
START_TEST(passed_descriptors)
{
	union { struct cmsghdr align; char space[CMSG_SPACE(sizeof(int))]; } u;
	struct iovec iov = { (void *)(uintptr_t)"abc", 3 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = u.space,
		.msg_controllen = sizeof(u.space),
	};
	int i, open, tries = 0;
	char got[64];
	size_t sum = 0;

	ends_join(&ends, ENDS_UNIX, ENDS_UNIX);
	open = scene_descriptors();
	memset(&u, 0, sizeof(u));
	u.align.cmsg_level = SOL_SOCKET;
	u.align.cmsg_type = SCM_RIGHTS;
	u.align.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&u.align), &(int){ 0 }, sizeof(int));
	for (i = 0; i < 10; i++)
		ck_assert_int_eq(sendmsg(ends.peer[0].out, &msg, 0), 3);
	while (sum < 30) {
		const ssize_t n = read(ends.peer[1].in, got, sizeof(got));

		sum += n > 0 ? (size_t)n : 0;
		(void)ends_turn(10);
		ck_assert_int_lt(tries++, 1000);
	}
	ck_assert_int_eq(scene_descriptors(), open);
	ends_part(&ends);
}
END_TEST

/* Would have caught descriptors closed that are still the caller's. */
START_TEST(a_file_is_no_stream)
{
	const int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct conduit_end both[2], peer;

	ends_make(ENDS_UNIX, &both[0], &peer);
	both[1] = (struct conduit_end){ file, file };
	ck_assert_ptr_null(conduit_new(ends_epoll, ends_pool, both, NULL));
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(close(file), 0);
	ck_assert_int_eq(close(both[0].in), 0);
	ck_assert_int_eq(write(peer.in, "x", 1), -1);
	ck_assert_int_eq(ends_turn(0), 0);
	(void)close(peer.in);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("conduit");
	TCase *tc = tcase_create("conduit");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, agent_1_both_ways, 0, PAIRS);
	tcase_add_loop_test(tc, agent_2_half_close, 0, PAIRS);
	tcase_add_loop_test(tc, agent_3_cancel, 0, PAIRS);
	tcase_add_loop_test(tc, agent_4_terminal_reads_on, 0, ENDS_KINDS);
	tcase_add_loop_test(tc, agent_5_terminal_writes_on, 0, ENDS_KINDS);
	tcase_add_loop_test(tc, agent_6_write_error, 0, ENDS_KINDS * 2);
	tcase_add_loop_test(tc, agent_7_abort, 0, PAIRS * 3);
	tcase_add_loop_test(tc, last_words, 0, PAIRS * 2);
	tcase_add_test(tc, passed_descriptors);
	tcase_add_test(tc, a_file_is_no_stream);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
