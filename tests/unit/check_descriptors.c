/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The descriptors that a command has, and those that it must not have.
 */

#include "config.h"
#include "step.h"

#include <sys/mman.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "plan.h"
#include "run.h"
#include "scene.h"
#include "spawn.h"

/* I7.  Would have caught PAM's descriptors, or the pipe of spawn itself. */
START_TEST(I7_no_descriptor_above_2)
{
	int fd, high[] = { 3, 9, 63, 255, 700 };
	size_t i;

	for (i = 0; i < 5; i++)
		if (fcntl(high[i], F_GETFD) == -1)
			ck_assert_int_eq(dup2(scene.out[0], high[i]), high[i]);
	scene.descriptors = scene_descriptors();
	scene_output();
	scene_basics();
	scene_script("ls /proc/$$/fd");
	scene_run(NULL, NULL);
	ck_assert_str_eq(scene.said, "0\n1\n2\n");
	for (fd = 0; fd < 5; fd++)
		ck_assert_int_ne(fcntl(high[fd], F_GETFD), -1);
}
END_TEST

/*
 * Every way to fill 0, 1 and 2 from 0, 1, 2 and a fourth.  Would have caught
 * the exchange that overwrites what it needs next.
 */
START_TEST(descriptors_in_every_order)
{
	int list[3], fds[4], i, k, n, wstatus;
	const struct plan_step step = { .kind = PLAN_DESCRIPTORS,
	    .u.fds = { list, 3 } };
	char got[8], want[8];
	pid_t pid;

	for (i = 0; i < 3; i++)
		list[i] = (_i >> 2 * i) & 3;
	for (i = 0; i < 4; i++) {
		ck_assert_int_ne(fds[i] = memfd_create("t", 0), -1);
		if (i < 3)
			ck_assert_int_eq(dup2(fds[i], i), i);
	}
	/* CLOEXEC must not stay on those that already are where they go */
	ck_assert_int_eq(fcntl(1, F_SETFD, FD_CLOEXEC), 0);
	for (i = 0; i < 3; i++)
		if (list[i] == 3)
			list[i] = fds[3];
	scene_add(&step);
	scene_basics();
	scene_script("printf 0 >&0; printf 1 >&1; printf 2 >&2");
	pid = spawn(scene.plan, NULL, NULL, &scene.failed);
	ck_assert_int_ne(pid, -1);
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_int_eq(wstatus, 0);
	for (k = 0; k < 4; k++) {
		for (n = i = 0; i < 3; i++)
			if (list[i] == (k < 3 ? k : fds[3]))
				want[n++] = (char)('0' + i);
		want[n] = '\0';
		ck_assert_int_eq(pread(fds[k], got, sizeof(got), 0), n);
		got[n] = '\0';
		ck_assert_str_eq(got, want);
	}
}
END_TEST

/*
 * Lists of none to nine, with holes, as Go's Files.  Would have caught one
 * that is not where it was named, a hole that is not closed, and what stays
 * open above the list.
 */
START_TEST(descriptors_of_any_number)
{
	int list[9], file[9], i, lowest = 3;
	const struct plan_step step = { .kind = PLAN_DESCRIPTORS,
	    .u.fds = { list, (size_t)_i } };
	const struct plan_step end = { .kind = PLAN_CLOSE,
	    .u.more = _i > 3 ? (size_t)_i - 3 : 0 };
	char got[16], want[64] = "0\n1\n2\n";

	/* those are libcheck's, or there for the command to inherit */
	for (i = 3; i < 13; i++)
		if (fcntl(i, F_SETFD, FD_CLOEXEC) == -1)
			ck_assert_int_eq(dup2(0, i), i);
	for (i = 0; i < _i; i++) {
		ck_assert_int_ne(file[i] = memfd_create("t", MFD_CLOEXEC), -1);
		list[i] = i < 3 ? i : i % 3 == 1 ? PLAN_NO_FD : file[i];
	}
	scene.descriptors = scene_descriptors();
	list[1] = scene.out[1];
	if (_i < 2)
		ck_assert_int_eq(dup2(scene.out[1], 1), 1);
	scene_add(&step);
	scene_kind(PLAN_SIGNALS);
	scene_add(&end);
	scene_script("for i in 3 4 5 6 7 8; do (printf $i >&$i); done "
	    "2>/dev/null; exec ls /proc/self/fd");
	ck_assert_int_gt(spawn(scene.plan, NULL, NULL, &scene.failed), 0);
	if (_i < 2)
		(void)close(1);
	(void)close(scene.out[1]);
	scene_listen(scene.out[0]);
	for (i = 3; i < _i; i++) {
		ck_assert_int_eq(pread(file[i], got, sizeof(got), 0),
		    list[i] == PLAN_NO_FD ? 0 : 1);
		if (list[i] != PLAN_NO_FD)
			ck_assert_int_eq(got[0], '0' + i);
	}
	/* what ls(1) reads from has the lowest number that is free */
	while (lowest < _i && list[lowest] != PLAN_NO_FD)
		lowest++;
	for (i = 3; i < 10; i++)
		if (i == lowest || (i < _i && list[i] != PLAN_NO_FD))
			(void)snprintf(want + strlen(want), sizeof(want) -
			    strlen(want), "%d\n", i);
	ck_assert_str_eq(scene.said, want);
}
END_TEST

/*
 * A ring: each is where another one goes.  Would have caught a list that is
 * right for three only, and the channel of spawn taken for one of it.
 */
START_TEST(descriptors_in_a_ring)
{
	static const char *const nothing[] = { "/no/such", NULL };
	enum { FIRST = 20, N = 5 };
	int list[FIRST + N], i;
	const struct plan_step step = { .kind = PLAN_DESCRIPTORS,
	    .u.fds = { list, FIRST + N } };
	const struct plan_step end = { .kind = PLAN_CLOSE,
	    .u.more = FIRST + N - 3 };
	const char *want = "20 4\n21 0\n22 1\n23 2\n24 3\n";

	for (i = 0; i < FIRST; i++)
		list[i] = i == 1 ? scene.out[1] : i < 3 ? i : PLAN_NO_FD;
	for (i = 0; i < N; i++) {
		char name[2] = { (char)('0' + i), '\0' };
		int fd = memfd_create("t", MFD_CLOEXEC);

		ck_assert_int_ne(fd, -1);
		ck_assert_int_eq(write(fd, name, 1), 1);
		ck_assert_int_eq(dup2(fd, FIRST + i), FIRST + i);
		(void)close(fd);
		list[FIRST + i] = FIRST + (i + N - 1) % N;
	}
	scene.descriptors = scene_descriptors();
	scene_add(&step);
	scene_kind(PLAN_SIGNALS);
	scene_add(&end);
	if (_i) {
		/* the channel is not closed with the holes */
		scene_exec(nothing, nothing);
		scene_fails(PLAN_EXEC, ENOENT);
		return;
	}
	scene_script("for i in 20 21 22 23 24; do "
	    "echo $i $(cat /proc/self/fd/$i); done");
	scene_run(NULL, NULL);
	ck_assert_str_eq(scene.said, want);
}
END_TEST

/* Close alone: so many above 2 stay, if they were to be inherited. */
START_TEST(close_leaves_what_is_named)
{
	const struct plan_step end = { .kind = PLAN_CLOSE,
	    .u.more = (size_t)_i };
	char want[64] = "0\n1\n2\n";
	int i;

	ck_assert_int_eq(dup2(scene.out[1], 1), 1);
	for (i = 3; i < 12; i++)
		if (fcntl(i, F_GETFD) == -1)
			ck_assert_int_eq(dup2(0, i), i);
		else
			(void)fcntl(i, F_SETFD, 0);
	scene_kind(PLAN_SIGNALS);
	scene_add(&end);
	scene_script("ls /proc/$$/fd");
	ck_assert_int_gt(spawn(scene.plan, NULL, NULL, &scene.failed), 0);
	(void)close(1);
	(void)close(scene.out[1]);
	scene_listen(scene.out[0]);
	for (i = 3; i < 3 + _i; i++)
		(void)snprintf(want + strlen(want), sizeof(want) -
		    strlen(want), "%d\n", i);
	ck_assert_str_eq(scene.said, want);
}
END_TEST

/* A plan for --explain, whose terminal is not there yet, must not run. */
START_TEST(a_descriptor_that_is_not_there)
{
	static const int fds[3] = { 0, 1, PLAN_NEW_TERMINAL };
	const struct plan_step step = { .kind = PLAN_DESCRIPTORS,
	    .u.fds = { fds, 3 } };

	scene_add(&step);
	scene_basics();
	scene_script("echo ran");
	scene_fails(PLAN_DESCRIPTORS, EBADF);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("descriptors");
	TCase *tc = tcase_create("descriptors");

	tcase_add_checked_fixture(tc, scene_begin, scene_end);
	tcase_add_test(tc, I7_no_descriptor_above_2);
	tcase_add_loop_test(tc, descriptors_in_every_order, 0, 64);
	tcase_add_loop_test(tc, descriptors_of_any_number, 0, 10);
	tcase_add_loop_test(tc, descriptors_in_a_ring, 0, 2);
	tcase_add_loop_test(tc, close_leaves_what_is_named, 0, 6);
	tcase_add_test(tc, a_descriptor_that_is_not_there);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
