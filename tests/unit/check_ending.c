/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* When a session ends: not before, and not never. */

#include "config.h"
#include "ending.h"

#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "procs.h"
#include "run.h"
#include "salon.h"
#include "viewer.h"

#define DAY (24 * 60 * 60 * 1000)

static struct salon salon;

static void
setup(void)
{
	salon_open(&salon, 4096);
}

static void
teardown(void)
{
	salon_close(&salon);
}

/* Would have caught a status that is kept for nobody, or for ever. */
START_TEST(kept_for_a_day)
{
	salon_leader_ends(&salon, 0);
	ck_assert_int_eq(salon.session.over, 1);
	salon_pass(&salon, DAY - 60000);
	ck_assert_int_eq(salon.session.end, 0);
	salon_pass(&salon, 60000);
	ck_assert_int_eq(salon.session.end, 1);
}
END_TEST

/* Would have caught a look that counts as having heard the status. */
START_TEST(a_look_is_not_told)
{
	struct album album = { 0 };
	int end;

	salon_leader_ends(&salon, 0);
	end = salon_visitor(&salon);
	salon_say(&salon, end, PROTO_PEEK, NULL, 0);
	salon_gather(&salon, end, &album);
	ck_assert_int_eq(salon.session.end, 0);
	ck_assert_int_eq(salon.session.told, 0);
	album_free(&album);
	(void)close(end);
}
END_TEST

/*
 * Would have caught a time that runs while somebody is there, or does not
 * begin again when he has gone: whether he attached or only said hello.
 */
START_TEST(alone)
{
	int viewer, visitor;

	salon.session.timeout = 1000;
	ending_viewers(&salon.session);
	ck_assert_int_eq(salon.session.alone.set, 1);
	viewer = salon_viewer(&salon, PROTO_HAVE, 0);
	ck_assert_int_eq(salon.session.alone.set, 0);
	visitor = salon_visitor(&salon);
	(void)close(viewer);
	salon_settle(&salon);
	(void)close(visitor);
	salon_settle(&salon);
	ck_assert_int_eq(salon.session.alone.set, 1);
	salon_pass(&salon, 1000);
	ck_assert_int_eq(salon.session.killing.set, 1);
	salon_leader_ends(&salon, SIGHUP);
	ck_assert_int_eq(salon.session.end, 1);
}
END_TEST

/* Would have caught a session that somebody keeps who asks nothing. */
START_TEST(visitor_goes_last)
{
	const int visitor = salon_visitor(&salon);
	const int viewer = salon_viewer(&salon, PROTO_HAVE, 0);
	struct album album = { 0 };

	salon_leader_ends(&salon, 0);
	salon_gather(&salon, viewer, &album);
	ck_assert_uint_eq(album.count[PROTO_EXIT], 1);
	ck_assert_int_eq(salon.session.told, 1);
	(void)close(visitor);
	salon_settle(&salon);
	ck_assert_int_eq(salon.session.end, 1);
	album_free(&album);
	(void)close(viewer);
}
END_TEST

/*
 * Would have caught a background job that writes for ever and keeps the
 * session with it.
 */
START_TEST(somebody_writes_on)
{
	static char junk[4096];
	size_t total = 0;

	salon.session.leader_gone = 1;
	while (!salon.session.over && total < 16 * 1024 * 1024) {
		/* never all that there is */
		while (write(salon.program, junk, sizeof(junk)) > 0)
			total += sizeof(junk);
		salon.session.master_ready = 1;
		salon.session.loop.busy = 1;
		salon_settle(&salon);
	}
	ck_assert_int_eq(salon.session.over, 1);
}
END_TEST

static int
over(void *ctx)
{
	(void)ctx;
	ending_reap(&salon.session);
	return salon.session.over;
}

/*
 * A leader of a session of its own, which leaves one behind that ignores HUP
 * if "stays".  Returns when both are as they are to be.
 */
static pid_t
start_leader(int stays, int report[2])
{
	char c;
	pid_t pid;

	ck_assert_int_eq(pipe2(report, O_CLOEXEC), 0);
	if ((pid = fork()) != 0) {
		ck_assert_int_ne(pid, -1);
		(void)close(report[1]);
		ck_assert_int_eq(read(report[0], &c, 1), 1);
		return pid;
	}
	if (setsid() == -1)
		_exit(1);
	if (stays && fork() == 0) {
		const struct sigaction ignore = { .sa_handler = SIG_IGN };

		(void)sigaction(SIGHUP, &ignore, NULL);
		(void)!write(report[1], "x", 1);
		for (;;)
			(void)pause();
	}
	if (!stays)
		(void)!write(report[1], "x", 1);
	for (;;)
		(void)pause();
}

/* Everybody who had it has closed it: ended. */
static void
expect_all_ended(int report)
{
	char c;

	ck_assert_int_eq(read(report, &c, 1), 0);
	(void)close(report);
}

/*
 * Would have caught a process that ignores HUP and outlives a kill, because
 * the leader did not; and who asked for it told of the end while the name is
 * still taken.
 */
START_TEST(kill_what_stays)
{
	const int visitor = salon_visitor(&salon);
	struct album album = { 0 };
	int report[2];

	salon.session.leader = start_leader(1, report);
	salon_say(&salon, visitor, PROTO_KILL, NULL, 0);
	salon_say(&salon, visitor, PROTO_WAIT, NULL, 0);
	salon_until(&salon, over, NULL);
	ck_assert_int_eq(WTERMSIG(salon.session.status), SIGHUP);
	salon_gather(&salon, visitor, &album);
	ck_assert_uint_eq(album.count[PROTO_EXIT], 0);
	ck_assert_int_eq(salon.session.end, 0);
	salon_pass(&salon, 2000);
	expect_all_ended(report[0]);
	salon_gather(&salon, visitor, &album);
	ck_assert_uint_eq(album.count[PROTO_EXIT], 1);
	(void)close(visitor);
	salon_settle(&salon);
	ck_assert_int_eq(salon.session.end, 1);
	album_free(&album);
}
END_TEST

static int
ended(void *ctx)
{
	(void)ctx;
	return salon.session.end;
}

/*
 * Would have caught a kill that takes its two seconds although those who ended
 * a little behind the leader have gone long before.
 */
START_TEST(kill_looks_again)
{
	int report[2];

	salon.session.leader = start_leader(1, report);
	ending_kill(&salon.session);
	salon_until(&salon, over, NULL);
	salon.session.killing.at += DAY;
	ck_assert_int_eq(salon.session.end, 0);
	ck_assert_int_eq(procs_signal_users(salon.session.leader, getuid(),
	    SIGKILL, 0), 1);
	expect_all_ended(report[0]);
	salon_until(&salon, ended, NULL);
}
END_TEST

/* Would have caught a kill that takes two seconds where nothing stays. */
START_TEST(kill_at_once)
{
	int report[2];

	salon.session.leader = start_leader(0, report);
	ending_kill(&salon.session);
	salon_until(&salon, over, NULL);
	ck_assert_int_eq(salon.session.end, 1);
	ck_assert_int_eq(salon.session.killing.set, 0);
	expect_all_ended(report[0]);
}
END_TEST

/* A stopped one takes a HUP only when it goes on. */
START_TEST(kill_stopped)
{
	int report[2];
	siginfo_t info;

	salon.session.leader = start_leader(0, report);
	ck_assert_int_eq(kill(salon.session.leader, SIGSTOP), 0);
	ck_assert_int_eq(waitid(P_PID, (id_t)salon.session.leader, &info,
	    WSTOPPED), 0);
	ending_kill(&salon.session);
	salon_until(&salon, over, NULL);
	expect_all_ended(report[0]);
}
END_TEST

/* Would have caught a kill of what is over, and is not told to anybody. */
START_TEST(kill_the_dead)
{
	salon_leader_ends(&salon, 0);
	ck_assert_int_eq(salon.session.end, 0);
	ending_kill(&salon.session);
	ck_assert_int_eq(salon.session.end, 1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("ending");
	TCase *tc = tcase_create("ending");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, kept_for_a_day);
	tcase_add_test(tc, a_look_is_not_told);
	tcase_add_test(tc, alone);
	tcase_add_test(tc, visitor_goes_last);
	tcase_add_test(tc, somebody_writes_on);
	tcase_add_test(tc, kill_what_stays);
	tcase_add_test(tc, kill_looks_again);
	tcase_add_test(tc, kill_at_once);
	tcase_add_test(tc, kill_stopped);
	tcase_add_test(tc, kill_the_dead);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
