/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * check(3) needs descriptors of its own to hear from a test, so whatever
 * closes some is a child of the test; it ends with 0 if all its CHECKs held.
 */

#include "config.h"
#include "stdfd.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "run.h"

#define CHECK(what) check_line(__LINE__, (what))

/* The line of the CHECK that failed; exit(2) has too few bits for it. */
static int *failed_line;

static void
check_line(int line, int ok)
{
	if (ok)
		return;
	*failed_line = line;
	_exit(1);
}

static void
run(void (*child)(int), int arg)
{
	int wstatus;
	pid_t pid;

	failed_line = mmap(NULL, sizeof(*failed_line), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(failed_line != MAP_FAILED);
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		child(arg);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_msg(wstatus == 0, "status %#x, line %d",
	    (unsigned int)wstatus, *failed_line);
}

static int
is_open(int fd)
{
	return fcntl(fd, F_GETFD) != -1;
}

static int
is_dev_null(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) &&
	    st.st_rdev == makedev(1, 3);
}

/* 0, 1 and 2 as pipes, the rest closed. */
static void
begin(void)
{
	int fds[2], fd;

	CHECK(pipe(fds) == 0);
	for (fd = 0; fd < 3; fd++)
		CHECK(fcntl(fds[1], F_DUPFD, 100 + fd) == 100 + fd);
	for (fd = 0; fd < 3; fd++)
		CHECK(dup2(100 + fd, fd) == fd);
	for (fd = 3; fd < 110; fd++)
		(void)close(fd);
}

static void
sanitise_with_closed(int mask)
{
	char byte = 'x';
	int fd;

	begin();
	for (fd = 0; fd < 3; fd++)
		if (mask & 1 << fd)
			CHECK(close(fd) == 0);
	CHECK(stdfd_sanitise() == mask);
	for (fd = 0; fd < 3; fd++) {
		CHECK(is_open(fd));
		/* those that were open are what they were */
		CHECK(is_dev_null(fd) == ((mask & 1 << fd) != 0));
		if (mask & 1 << fd) {
			/* to be read and to be written, and to be kept */
			CHECK(read(fd, &byte, 1) == 0);
			CHECK(write(fd, &byte, 1) == 1);
			CHECK((fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0);
		}
	}
	CHECK(!is_open(3));
	CHECK(stdfd_sanitise() == 0);
	/* what all this is for */
	fd = open("/dev/zero", O_RDONLY);
	CHECK(fd == 3);
}

/*
 * Would have caught a descriptor 2 that is the next file to be opened, for
 * each of the eight ways to be started.
 */
START_TEST(sanitise_fills_the_holes)
{
	run(sanitise_with_closed, _i);
}
END_TEST

static void
sanitise_without_room(int arg)
{
	struct rlimit none = { 0, 0 };

	(void)arg;
	begin();
	CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
	/* nothing to open, nothing to fail */
	CHECK(stdfd_sanitise() == 0);
	CHECK(close(1) == 0);
	errno = 0;
	CHECK(stdfd_sanitise() == -1);
	CHECK(errno == EMFILE);
}

/* Would have caught a failure that is taken for "nothing was closed". */
START_TEST(sanitise_fails_closed)
{
	run(sanitise_without_room, 0);
}
END_TEST

static const struct {
	int lowest;
	int mark;		/* only close-on-exec */
} closings[] = {
	{ 3, 0 }, { 0, 0 }, { 4, 0 }, { 64, 0 }, { 65, 0 }, { 901, 0 },
	{ 3, 1 }, { 0, 1 }, { 4, 1 }, { 64, 1 }, { 65, 1 }, { 901, 1 },
};

static int
closes_on_exec(int fd)
{
	return fcntl(fd, F_GETFD) == FD_CLOEXEC;
}

static int
do_close(int lowest, int mark)
{
	return mark ? stdfd_close_on_exec(lowest) : stdfd_closefrom(lowest);
}

/* One that was open: what has become of it? */
static void
check_one(int fd, int row)
{
	const int concerned = fd >= closings[row].lowest;

	CHECK(is_open(fd) == (closings[row].mark || !concerned));
	/* 7 was marked before */
	if (is_open(fd))
		CHECK(closes_on_exec(fd) == (concerned || fd == 7));
}

static void
close_from(int row)
{
	static const int opened[] = { 3, 4, 7, 50, 63, 64, 65, 255, 900 };
	const int n = (int)(sizeof(opened) / sizeof(opened[0]));
	int fd, i, open_before = 0, open_now = 0;

	begin();
	for (i = 0; i < n; i++)
		CHECK(fcntl(0, F_DUPFD, opened[i]) == opened[i]);
	/* CLOEXEC makes no difference to what is closed here */
	CHECK(fcntl(7, F_SETFD, FD_CLOEXEC) == 0);
	for (fd = 3; fd < 300; fd++)
		open_before += is_open(fd);
	CHECK(do_close(closings[row].lowest, closings[row].mark) == 0);
	for (i = 0; i < 3; i++)
		check_one(i, row);
	for (i = 0; i < n; i++)
		check_one(opened[i], row);
	/* nothing there to be closed is no error */
	CHECK(do_close(5000, closings[row].mark) == 0);
	/* and nothing is left open by the search */
	for (fd = 3; fd < 300; fd++) {
		open_now += is_open(fd);
		CHECK(!is_open(fd) || closings[row].mark ||
		    fd < closings[row].lowest);
	}
	CHECK(!closings[row].mark || open_now == open_before);
}

/*
 * I7.  Would have caught a loop that ends at the first hole, or at 256, and
 * one that takes 2 with it.
 */
START_TEST(I7_closefrom_closes_all_above)
{
	run(close_from, _i);
}
END_TEST

static void
close_from_by_walk(int row)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close_range, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO |
		    (row & 1 ? EPERM : ENOSYS)),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { 4, filter };

	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER,
	    (unsigned long)(uintptr_t)&program, 0, 0) == 0);
	close_from(row);
}

/* I7.  The same where the kernel, or a filter, has no close_range(2). */
START_TEST(I7_closefrom_by_walk)
{
	run(close_from_by_walk, _i);
}
END_TEST

static void
close_beyond_the_limit(int arg)
{
	struct rlimit few = { 16, 16 };

	(void)arg;
	begin();
	CHECK(fcntl(0, F_DUPFD, 800) == 800);
	CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0);
	CHECK(stdfd_closefrom(3) == 0);
	CHECK(!is_open(800));
}

/* I7.  Would have caught a loop up to the limit, which came down since. */
START_TEST(I7_closefrom_does_not_believe_the_limit)
{
	run(close_beyond_the_limit, 0);
}
END_TEST

/*
 * Would have caught root writing to what somebody else had passed on, a
 * descriptor that did not come back, and one left behind.
 */
static void
aside_and_back(int unused)
{
	struct stat before[3], now, null;
	int saved[3], fds[2], i;

	(void)unused;
	CHECK(pipe(fds) == 0);
	CHECK(dup2(fds[0], 0) == 0 && dup2(fds[1], 1) == 1 &&
	    dup2(fds[1], 2) == 2);
	(void)close(fds[0]);
	(void)close(fds[1]);
	CHECK(stat("/dev/null", &null) == 0);
	for (i = 0; i < 3; i++)
		CHECK(fstat(i, &before[i]) == 0);
	CHECK(stdfd_set_aside(saved) == 0);
	for (i = 0; i < 3; i++) {
		CHECK(fstat(i, &now) == 0 && now.st_rdev == null.st_rdev);
		CHECK(fcntl(saved[i], F_GETFD) == FD_CLOEXEC);
	}
	CHECK(write(1, "x", 1) == 1);
	CHECK(stdfd_put_back(saved) == 0);
	for (i = 0; i < 3; i++) {
		CHECK(fstat(i, &now) == 0 && now.st_ino == before[i].st_ino);
		CHECK(fcntl(i, F_GETFD) == 0);
		CHECK(saved[i] == -1);
	}
	/* What was written meanwhile is in no pipe. */
	CHECK(fcntl(0, F_SETFL, O_NONBLOCK) == 0);
	CHECK(read(0, &i, 1) == -1 && errno == EAGAIN);
	CHECK(fcntl(fds[0], F_GETFD) == -1 && fcntl(fds[1], F_GETFD) == -1);
}

/* Would have caught one that is left out, and one too many. */
static void
leave_for_good(int unused)
{
	struct stat null, before, now;
	int fds[2];

	(void)unused;
	CHECK(pipe(fds) == 0);
	CHECK(dup2(fds[1], 0) == 0 && dup2(fds[1], 1) == 1 &&
	    dup2(fds[1], 2) == 2);
	CHECK(stat("/dev/null", &null) == 0 && fstat(2, &before) == 0);
	CHECK(stdfd_leave(0, 1) == 0);
	CHECK(fstat(0, &now) == 0 && now.st_rdev == null.st_rdev);
	CHECK(fstat(1, &now) == 0 && now.st_rdev == null.st_rdev);
	CHECK(fstat(2, &now) == 0 && now.st_ino == before.st_ino);
	CHECK(stdfd_leave(2, 2) == 0);
	CHECK(fstat(2, &now) == 0 && now.st_rdev == null.st_rdev);
	CHECK(fcntl(1, F_GETFD) == 0 && fcntl(fds[1] + 1, F_GETFD) == -1);
}

START_TEST(left_for_good)
{
	run(leave_for_good, 0);
}
END_TEST

START_TEST(set_aside_and_put_back)
{
	run(aside_and_back, 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("stdfd");
	TCase *tc = tcase_create("stdfd");
	int rows = (int)(sizeof(closings) / sizeof(closings[0]));

	tcase_add_loop_test(tc, sanitise_fills_the_holes, 0, 8);
	tcase_add_test(tc, sanitise_fails_closed);
	tcase_add_test(tc, set_aside_and_put_back);
	tcase_add_test(tc, left_for_good);
	tcase_add_loop_test(tc, I7_closefrom_closes_all_above, 0, rows);
	tcase_add_loop_test(tc, I7_closefrom_by_walk, 0, rows);
	tcase_add_test(tc, I7_closefrom_does_not_believe_the_limit);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
