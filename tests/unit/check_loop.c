/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* What a session waits for. */

#include "config.h"
#include "loop.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "run.h"
#include "scene.h"

#define MANY 40

static struct loop loop;
static struct loop_source sources[MANY];
static struct loop_timer timers[4];
static int ends[MANY], told[MANY], before, due[4], order;

static void
ready(struct loop_source *source, uint32_t events)
{
	(void)events;
	told[source - sources]++;
}

/* The first one who is told closes all of them. */
static void
close_all(struct loop_source *source, uint32_t events)
{
	int i;

	(void)events;
	told[source - sources]++;
	for (i = 0; i < MANY; i++)
		loop_close_source(&loop, &sources[i]);
}

static void
setup(void)
{
	int i, pair[2];

	before = scene_descriptors();
	ck_assert_int_eq(loop_open(&loop), 0);
	for (i = 0; i < MANY; i++) {
		ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM |
		    SOCK_NONBLOCK, 0, pair), 0);
		sources[i].fd = pair[0];
		sources[i].ready = ready;
		ends[i] = pair[1];
		ck_assert_int_eq(loop_watch(&loop, &sources[i], EPOLLIN), 0);
	}
}

static void
teardown(void)
{
	int i;

	for (i = 0; i < MANY; i++) {
		loop_close_source(&loop, &sources[i]);
		(void)close(ends[i]);
	}
	(void)close(loop.fd);
	ck_assert_int_eq(scene_descriptors(), before);
}

/* A turn that does not wait. */
static void
turn(void)
{
	loop.busy = 1;
	ck_assert_int_eq(loop_turn(&loop), 0);
	ck_assert_int_eq(loop.busy, 0);
}

/* Would have caught edges lost where there are more than one turn tells of. */
START_TEST(all_are_told)
{
	int i;

	for (i = 0; i < MANY; i++)
		ck_assert_int_eq(write(ends[i], "x", 1), 1);
	for (i = 0; i < MANY; i++)
		turn();
	for (i = 0; i < MANY; i++)
		ck_assert_int_eq(told[i], 1);
	/* nothing was read, and nothing new came */
	turn();
	ck_assert_int_eq(told[0], 1);
	ck_assert_int_eq(write(ends[0], "x", 1), 1);
	turn();
	ck_assert_int_eq(told[0], 2);
}
END_TEST

/* Would have caught a source told of after it was closed. */
START_TEST(closed_in_the_same_turn)
{
	int i, sum = 0;

	for (i = 0; i < MANY; i++) {
		sources[i].ready = close_all;
		ck_assert_int_eq(write(ends[i], "x", 1), 1);
	}
	turn();
	turn();
	for (i = 0; i < MANY; i++)
		sum += told[i];
	ck_assert_int_eq(sum, 1);
}
END_TEST

/* Would have caught a closed one that a copy elsewhere keeps in the set. */
START_TEST(closed_with_a_copy)
{
	const int copy = dup(sources[0].fd);

	loop_close_source(&loop, &sources[0]);
	ck_assert_int_eq(write(ends[0], "x", 1), 1);
	turn();
	ck_assert_int_eq(told[0], 0);
	(void)close(copy);
}
END_TEST

/* Would have caught a change of mind that loses what was there already. */
START_TEST(watched_for_more)
{
	turn();
	ck_assert_int_eq(loop_watch(&loop, &sources[0], EPOLLIN | EPOLLOUT),
	    0);
	turn();
	ck_assert_int_eq(told[0], 1);
	ck_assert_int_eq(loop_watch(&loop, &sources[0], EPOLLIN), 0);
	turn();
	ck_assert_int_eq(told[0], 1);
}
END_TEST

/* Would have caught a file being waited for as if it could be. */
START_TEST(no_such_thing)
{
	struct loop_source file = { .fd = open("/proc/self/exe", O_RDONLY) };

	ck_assert_int_eq(loop_watch(&loop, &file, EPOLLIN), -1);
	ck_assert_int_eq(errno, EPERM);
	loop_close_source(&loop, &file);
	ck_assert_int_eq(file.fd, -1);
	loop_close_source(&loop, &file);
}
END_TEST

static void
note(struct loop_timer *timer)
{
	due[timer - timers] = ++order;
	/* One that unsets another one, and sets itself again. */
	if (timer == &timers[1]) {
		loop_unset(&loop, &timers[2]);
		loop_set(&loop, timer, 1000000);
	}
}

/*
 * Would have caught a list that breaks when it is changed under way, a moment
 * that comes twice, and a wait that none of them ends.
 */
START_TEST(moments)
{
	int i;

	for (i = 0; i < 4; i++)
		timers[i].due = note;
	loop_set(&loop, &timers[0], 1000000);
	loop_set(&loop, &timers[2], 0);
	loop_set(&loop, &timers[1], 0);
	loop_set(&loop, &timers[3], 1);
	while (due[3] == 0)
		ck_assert_int_eq(loop_turn(&loop), 0);
	ck_assert_int_eq(due[0], 0);
	ck_assert_int_eq(due[1], 1);
	ck_assert_int_eq(due[2], 0);
	ck_assert_int_eq(order, 2);
	ck_assert_int_eq(timers[1].set, 1);
	ck_assert_int_eq(timers[2].set, 0);
	loop_unset(&loop, &timers[0]);
	loop_unset(&loop, &timers[0]);
	loop_unset(&loop, &timers[1]);
	ck_assert_ptr_null(loop.timers);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("loop");
	TCase *tc = tcase_create("loop");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, all_are_told);
	tcase_add_test(tc, closed_in_the_same_turn);
	tcase_add_test(tc, closed_with_a_copy);
	tcase_add_test(tc, watched_for_more);
	tcase_add_test(tc, no_such_thing);
	tcase_add_test(tc, moments);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
