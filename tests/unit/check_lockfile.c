/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Invariant I8, the lock: one holder, who may die at any moment, and a file
 * that is ours or refused.
 */

#include "config.h"
#include "lockfile.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "deadline.h"
#include "den.h"
#include "run.h"
#include "scene.h"

#define NROWS(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* More than any machine needs. */
#define PATIENCE 60000

static int before, dir;

static void
setup(void)
{
	before = scene_descriptors();
	den_make();
	dir = den_open("");
}

static void
teardown(void)
{
	(void)close(dir);
	den_remove();
	ck_assert_int_eq(scene_descriptors(), before);
}

static int
open_lock(void)
{
	const int fd = lockfile_open(dir, "l");

	ck_assert_int_ne(fd, -1);
	return fd;
}

static void
fails(int r, int err)
{
	ck_assert_int_eq(r, -1);
	ck_assert_int_eq(errno, err);
}

/*
 * Would have caught locks of the process, which a second descriptor of it
 * passes through, and loses by closing; and bytes that lock each other.
 */
START_TEST(one_holder_a_byte)
{
	int a = open_lock(), b = open_lock();

	ck_assert_int_eq(lockfile_is_held(dir, "l", 0), 0);
	ck_assert_int_eq(lockfile_take(a, 0, 0), 0);
	ck_assert_int_eq(lockfile_take(a, 0, 0), 0);
	fails(lockfile_take(b, 0, 0), EAGAIN);
	ck_assert_int_eq(lockfile_take(b, 1, 0), 0);
	fails(lockfile_take(a, 1, 0), EAGAIN);
	ck_assert_int_eq(lockfile_is_held(dir, "l", 0), 1);
	ck_assert_int_eq(lockfile_is_held(dir, "l", 1), 1);
	ck_assert_int_eq(lockfile_is_held(dir, "l", 2), 0);
	ck_assert_int_eq(lockfile_release(a, 0), 0);
	ck_assert_int_eq(lockfile_is_held(dir, "l", 0), 0);
	ck_assert_int_eq(lockfile_take(b, 0, 0), 0);
	(void)close(a);
	ck_assert_int_eq(lockfile_is_held(dir, "l", 0), 1);
	(void)close(b);
	ck_assert_int_eq(lockfile_is_held(dir, "l", 0), 0);
	ck_assert_int_eq(lockfile_is_held(dir, "l", 1), 0);
}
END_TEST

static const mode_t masks[] = { 0, 0277, 0777 };

START_TEST(made_private)
{
	const mode_t mask = umask(masks[_i]);
	int fd;

	fails(lockfile_is_held(dir, "l", 0), ENOENT);
	ck_assert_int_eq(den_kind_of("l"), DEN_NOTHING);
	fd = open_lock();
	ck_assert_uint_eq(umask(mask), masks[_i]);
	ck_assert_uint_eq(den_mode("l"), 0600);
	ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
	(void)close(fd);
}
END_TEST

static const struct {
	enum den_kind kind;
	mode_t mode;
	int err;
} planted[] = {
	{ DEN_LINK, 0, ELOOP },
	{ DEN_FIFO, 0600, EINVAL },
	{ DEN_SOCKET, 0600, ENXIO },
	{ DEN_DIRECTORY, 0700, EISDIR },
	{ DEN_FILE, 0640, EPERM },
	{ DEN_FILE, 0604, EPERM },
	{ DEN_FILE, 0620, EPERM },
};

/*
 * Would have caught a link that is followed, and makes or locks a file
 * elsewhere; a FIFO that is opened for ever; and a file that others may lock.
 */
START_TEST(I8_planted)
{
	const int row = _i / 2;

	if ((_i & 1) != 0)
		den_plant(DEN_FILE, "target", 0600);
	den_plant(planted[row].kind, "l", planted[row].mode);
	fails(lockfile_open(dir, "l"), planted[row].err);
	fails(lockfile_hold(dir, "l", 0, 0), planted[row].err);
	if (planted[row].kind == DEN_DIRECTORY)
		fails(lockfile_is_held(dir, "l", 0), EINVAL);
	else
		fails(lockfile_is_held(dir, "l", 0), planted[row].err);
	ck_assert_int_eq(den_kind_of("l"), planted[row].kind);
	ck_assert_int_eq(den_kind_of("target"), (_i & 1) != 0 ? DEN_FILE :
	    DEN_NOTHING);
}
END_TEST

/* Would have caught a lock on a file that stands elsewhere too. */
START_TEST(I8_linked)
{
	den_plant(DEN_FILE, "l", 0600);
	ck_assert_int_eq(link(den_path("l"), den_path("target")), 0);
	fails(lockfile_open(dir, "l"), EMLINK);
	fails(lockfile_is_held(dir, "l", 0), EMLINK);
}
END_TEST

/* Would have caught a lock that its owner keeps us out with. */
START_TEST(I8_foreign)
{
	if (geteuid() != 0) {
		puts("SKIP I8_foreign: not root");
		return;
	}
	den_plant(DEN_FILE, "l", 0600);
	den_give_away("l");
	fails(lockfile_open(dir, "l"), EPERM);
	fails(lockfile_is_held(dir, "l", 0), EPERM);
}
END_TEST

/* A child that has closed nothing, and waits to be killed. */
static pid_t
start_heir(void)
{
	const pid_t pid = fork();

	ck_assert_int_ne(pid, -1);
	if (pid == 0)
		for (;;)
			(void)pause();
	return pid;
}

/*
 * Would have caught a lock that stays behind its parent, or goes with it; and
 * a pid in a file, which stops the next one after kill -9.
 */
START_TEST(I8_killed_holder)
{
	int fd = open_lock(), other;
	pid_t heir;

	ck_assert_int_eq(lockfile_take(fd, 1, 0), 0);
	heir = start_heir();
	(void)close(fd);
	other = open_lock();
	ck_assert_int_eq(lockfile_is_held(dir, "l", 1), 1);
	fails(lockfile_take(other, 1, 0), EAGAIN);
	ck_assert_int_eq(kill(heir, SIGKILL), 0);
	ck_assert_int_eq(waitpid(heir, NULL, 0), heir);
	ck_assert_int_eq(lockfile_take(other, 1, 0), 0);
	(void)close(other);
}
END_TEST

/* Would have caught a wait that ends at once, and one without an end. */
START_TEST(a_wait_ends)
{
	const long long start = deadline_now();
	int a = open_lock(), b = open_lock();

	ck_assert_int_eq(lockfile_take(a, 0, 0), 0);
	fails(lockfile_take(b, 0, deadline_in(100)), ETIMEDOUT);
	ck_assert_int_ge(deadline_now() - start, 100);
	fails(lockfile_hold(dir, "l", 0, deadline_in(1)), ETIMEDOUT);
	(void)close(a);
	(void)close(b);
}
END_TEST

/* What the children of a crowd share. */
struct shared {
	int inside;		/* how many hold it */
	int taken;
	int most;
};

static struct shared *shared;

static void
share(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne((void *)shared, MAP_FAILED);
}

static int
take_and_remove(int i)
{
	const long long deadline = deadline_in(PATIENCE);
	int fd, inside, round;

	for (round = 0; round < 100; round++) {
		fd = lockfile_hold(dir, "l", 0, deadline);
		if (fd == -1)
			return 2;
		inside = __atomic_add_fetch(&shared->inside, 1,
		    __ATOMIC_SEQ_CST);
		if (inside > shared->most)
			shared->most = inside;
		shared->taken++;
		__atomic_sub_fetch(&shared->inside, 1, __ATOMIC_SEQ_CST);
		if ((round + i) % 3 == 0 &&
		    lockfile_remove(dir, "l", fd) == -1)
			return 3;
		(void)close(fd);
	}
	return 0;
}

/*
 * Many, of whom some remove the file that they hold.  Would have caught two
 * holders, one of a file that has no name any more; a lost increment of
 * "taken" would tell of two as well.
 */
START_TEST(I8_one_of_many)
{
	share();
	ck_assert_int_eq(den_crowd(8, take_and_remove), 8);
	ck_assert_int_eq(shared->most, 1);
	ck_assert_int_eq(shared->taken, 800);
}
END_TEST

/* Would have caught a lock on what nobody finds, and the file of another. */
START_TEST(removed_meanwhile)
{
	int a = open_lock(), b;

	ck_assert_int_eq(lockfile_take(a, 0, 0), 0);
	ck_assert_int_eq(lockfile_is_current(dir, "l", a), 1);
	ck_assert_int_eq(lockfile_remove(dir, "l", a), 0);
	ck_assert_int_eq(lockfile_is_current(dir, "l", a), 0);
	fails(lockfile_take(a, 0, 0), ESTALE);
	fails(lockfile_remove(dir, "l", a), ESTALE);
	b = open_lock();
	ck_assert_int_eq(lockfile_is_current(dir, "l", a), 0);
	ck_assert_int_eq(lockfile_is_current(dir, "l", b), 1);
	ck_assert_int_eq(lockfile_is_held(dir, "l", 0), 0);
	fails(lockfile_remove(dir, "l", a), ESTALE);
	ck_assert_int_eq(den_kind_of("l"), DEN_FILE);
	(void)close(a);
	(void)close(b);
}
END_TEST

static int
look_or_take(int i)
{
	int fd, round;

	for (round = 0; round < 2000; round++) {
		if (i != 0) {
			if (lockfile_is_held(dir, "l", 0) == -1)
				return 2;
			continue;
		}
		fd = lockfile_open(dir, "l");
		if (fd == -1 || lockfile_take(fd, 0, 0) == -1)
			return 3;
		(void)close(fd);
	}
	return 0;
}

/* Would have caught a look that takes the lock, and so fails who tries. */
START_TEST(a_look_takes_nothing)
{
	(void)close(open_lock());
	ck_assert_int_eq(den_crowd(4, look_or_take), 4);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("lockfile");
	TCase *tc = tcase_create("lockfile");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, one_holder_a_byte);
	tcase_add_loop_test(tc, made_private, 0, NROWS(masks));
	tcase_add_loop_test(tc, I8_planted, 0, 2 * NROWS(planted));
	tcase_add_test(tc, I8_linked);
	tcase_add_test(tc, I8_foreign);
	tcase_add_test(tc, I8_killed_holder);
	tcase_add_test(tc, a_wait_ends);
	tcase_add_test(tc, I8_one_of_many);
	tcase_add_test(tc, removed_meanwhile);
	tcase_add_test(tc, a_look_takes_nothing);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
