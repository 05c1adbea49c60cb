/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Invariant I10: what a lost connection looks like, and what only looks like
 * one.  The test puts its own descriptors in place of 0, 1 and 2, as sshd
 * does, and ends them one by one.
 */

#include "config.h"
#include "connection.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pty.h"
#include "run.h"

static struct connection conn;

/* sshd's ends of the three pipes. */
static int far[3];

static void
setup(void)
{
	int fds[2], i;

	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(pipe(fds), 0);
		/* 0 is read here and written there, 1 and 2 the other way */
		ck_assert_int_eq(dup2(fds[i != 0], i), i);
		(void)close(fds[i != 0]);
		far[i] = fds[i == 0];
	}
	connection_open(&conn);
}

static void
teardown(void)
{
	connection_close(&conn);
}

/* One turn of a poll loop.  Returns what connection_lost() says. */
static int
turn(int timeout, int *events)
{
	struct pollfd fds[CONNECTION_POLLFDS];
	int n;

	memset(fds, 'x', sizeof(fds));
	connection_poll(&conn, fds);
	ck_assert_int_ne(n = poll(fds, CONNECTION_POLLFDS, timeout), -1);
	if (events != NULL)
		*events = n;
	return connection_lost(&conn, fds);
}

static void
hang_up(unsigned int mask)
{
	int i;

	for (i = 0; i < 3; i++)
		if (mask & 1u << i)
			(void)close(far[i]);
}

/*
 * The parent of this process is check, not sshd.  Would have caught a pidfd
 * of whoever started us: a script that ends would end the session.
 */
START_TEST(I10_another_parent_is_not_watched)
{
	ck_assert_int_eq(conn.parent, -1);
	ck_assert_int_eq(connection_needs_stdio(&conn), 1);
	ck_assert_int_eq(connection_from_sshd(), 0);
}
END_TEST

/*
 * Each of the eight combinations.  Would have caught the false alarms of
 * "job </dev/null | head -1" (two of them) and of a half-closed stdin (one).
 */
START_TEST(I10_only_all_three_are_a_loss)
{
	unsigned int mask = (unsigned int)_i;

	ck_assert_int_eq(turn(0, NULL), 0);
	hang_up(mask);
	ck_assert_int_eq(turn(0, NULL), mask == 7);
	ck_assert_uint_eq(conn.gone, mask);
	/* and the rest of them, later */
	hang_up(~mask & 7);
	ck_assert_int_eq(turn(0, NULL), 1);
}
END_TEST

static const int orders[][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 0, 2 } };

/* Would have caught a memory of the last event only. */
START_TEST(I10_one_by_one)
{
	int i;

	for (i = 0; i < 3; i++) {
		hang_up(1u << orders[_i][i]);
		ck_assert_int_eq(turn(0, NULL), i == 2);
	}
}
END_TEST

/*
 * poll(2) reports a hangup for ever.  Would have caught the loop that uses
 * all of a processor from the first closed descriptor on.
 */
START_TEST(I10_fired_descriptors_do_not_spin)
{
	struct pollfd fds[CONNECTION_POLLFDS];
	unsigned int mask = (unsigned int)_i;
	int events, i;

	hang_up(mask);
	ck_assert_int_eq(turn(0, &events), 0);
	ck_assert_int_gt(events, 0);
	ck_assert_int_eq(turn(20, &events), 0);
	ck_assert_int_eq(events, 0);
	connection_poll(&conn, fds);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(fds[i].fd == -1, (mask & 1u << i) != 0);
}
END_TEST

/* Would have caught a watch that eats the command's input, or wakes by it. */
START_TEST(input_is_neither_read_nor_an_event)
{
	char buf[8];
	int events;

	ck_assert_int_eq(write(far[0], "abc", 3), 3);
	ck_assert_int_eq(turn(20, &events), 0);
	ck_assert_int_eq(events, 0);
	/* unread input does not hide the loss */
	hang_up(7);
	ck_assert_int_eq(turn(0, NULL), 1);
	ck_assert_int_eq(read(0, buf, sizeof(buf)), 3);
}
END_TEST

/* "ssh -n", a cron job, "< file": stdin cannot hang up, so nothing is lost. */
START_TEST(I10_stdin_that_never_hangs_up)
{
	static const char *const paths[] = { "/dev/null", "/etc/passwd" };
	int fd, events;

	ck_assert_int_ne(fd = open(paths[_i], O_RDONLY), -1);
	ck_assert_int_eq(dup2(fd, 0), 0);
	hang_up(6);
	ck_assert_int_eq(turn(0, NULL), 0);
	ck_assert_int_eq(turn(20, &events), 0);
	ck_assert_int_eq(events, 0);
	ck_assert_uint_eq(conn.gone, 6);
}
END_TEST

/* Would have caught a terminal whose end is no loss. */
START_TEST(I10_a_terminal_hangs_up_at_once)
{
	char name[PTY_NAME_SIZE];
	int master, slave, i;

	ck_assert_int_eq(pty_open(&master, &slave, name), 0);
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(dup2(slave, i), i);
	ck_assert_int_eq(turn(0, NULL), 0);
	(void)close(master);
	ck_assert_int_eq(turn(0, NULL), 1);
}
END_TEST

static const struct {
	const char *parent;
	int leader;		/* whether we lead our session */
	char report;
} parents[] = {
	{ "sshd", 1, 'w' },
	{ "sshd-session", 1, 'w' },
	{ "sshd", 0, 'n' },	/* a shell of sshd's is between us */
	{ "setsid", 1, 'n' },
};

/*
 * A parent that ends, by that name, as sshd's user process does.  We report
 * 'w' once we watch it, or 'n'; then 'l' when the connection is lost.
 */
static void
under_parent(int row, int report, int stay)
{
	char byte;

	(void)prctl(PR_SET_NAME,
	    (unsigned long)(uintptr_t)parents[row].parent, 0, 0, 0);
	if (fork() != 0) {
		/* until the test has seen enough */
		(void)!read(stay, &byte, 1);
		_exit(0);
	}
	if (parents[row].leader)
		(void)setsid();
	connection_open(&conn);
	byte = connection_needs_stdio(&conn) ? 'n' : 'w';
	if (connection_from_sshd() != (byte == 'w'))
		byte = '?';
	(void)!write(report, &byte, 1);
	if (byte != 'w' || turn(0, NULL) != 0 ||
	    (fcntl(conn.parent, F_GETFD) & FD_CLOEXEC) == 0)
		_exit(1);
	/* our own descriptors tell nothing any more */
	(void)close(0);
	(void)close(1);
	(void)close(2);
	if (turn(5000, NULL) == 1)
		(void)!write(report, "l", 1);
	_exit(0);
}

static char
next_report(int fd)
{
	char byte = 'e';	/* end of file: it has ended */

	ck_assert_int_ge(read(fd, &byte, 1), 0);
	return byte;
}

/*
 * Would have caught a session that outlives its connection because a job of
 * its own holds the pipes, and one that ends with the script that started it.
 */
START_TEST(I10_sshd_as_parent_is_watched)
{
	int report[2], stay[2];
	pid_t pid;

	ck_assert_int_eq(pipe2(report, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(stay, O_CLOEXEC), 0);
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		(void)close(stay[1]);
		under_parent(_i, report[1], stay[0]);
	}
	(void)close(report[1]);
	ck_assert_int_eq(next_report(report[0]), parents[_i].report);
	if (parents[_i].report == 'w') {
		struct pollfd pfd = { report[0], POLLIN, 0 };

		ck_assert_int_eq(poll(&pfd, 1, 50), 0);
		(void)close(stay[1]);
		ck_assert_int_eq(next_report(report[0]), 'l');
	} else
		(void)close(stay[1]);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}
END_TEST

/* Would have caught a double close, of somebody else's descriptor by then. */
START_TEST(close_twice)
{
	connection_close(&conn);
	connection_close(&conn);
	ck_assert_int_ne(fcntl(0, F_GETFD), -1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("connection");
	TCase *tc = tcase_create("connection");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, I10_another_parent_is_not_watched);
	tcase_add_loop_test(tc, I10_only_all_three_are_a_loss, 0, 8);
	tcase_add_loop_test(tc, I10_one_by_one, 0, 3);
	/* 1 to 6: one or two of them */
	tcase_add_loop_test(tc, I10_fired_descriptors_do_not_spin, 1, 7);
	tcase_add_test(tc, input_is_neither_read_nor_an_event);
	tcase_add_loop_test(tc, I10_stdin_that_never_hangs_up, 0, 2);
	tcase_add_test(tc, I10_a_terminal_hangs_up_at_once);
	tcase_add_loop_test(tc, I10_sshd_as_parent_is_watched, 0,
	    (int)(sizeof(parents) / sizeof(parents[0])));
	tcase_add_test(tc, close_twice);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
