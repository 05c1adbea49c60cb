/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "aside.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

/* Long enough for any machine, and short for a job that never ends. */
#define PATIENT 30000
#define IMPATIENT 200

struct result {
	int first, second;
	char rest[1000];
};

static void
tell_twice(void *ctx, struct aside *aside)
{
	struct result result = { .first = *(int *)ctx };

	memset(result.rest, 'x', sizeof(result.rest));
	aside_tell(aside, &result);
	result.second = getpid();
	aside_tell(aside, &result);
}

static int
count_descriptors(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

/*
 * Would have caught a job that this process does itself, a result that is cut
 * or the first one, a zombie, and a descriptor that stays open.
 */
START_TEST(the_last_result_counts)
{
	const int before = count_descriptors();
	struct result result;
	int seven = 7;

	memset(&result, 0, sizeof(result));
	ck_assert_int_eq(aside_run(tell_twice, &seven, &result,
	    sizeof(result), PATIENT), 0);
	ck_assert_int_eq(result.first, 7);
	ck_assert_int_gt(result.second, 0);
	ck_assert_int_ne(result.second, getpid());
	ck_assert_int_eq(result.rest[999], 'x');
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
	ck_assert_int_eq(count_descriptors(), before);
}
END_TEST

static void
hang(void *ctx, struct aside *aside)
{
	tell_twice(ctx, aside);
	for (;;)
		(void)pause();
}

/* Would have caught a login that waits for ever for a locked database. */
START_TEST(one_that_hangs_is_killed)
{
	const int before = count_descriptors();
	struct result result = { 0 };
	int seven = 7;

	/* On a busy machine it may not have got to its first word. */
	ck_assert_int_eq(aside_run(hang, &seven, &result, sizeof(result),
	    _i ? IMPATIENT : 0), -1);
	ck_assert_int_eq(errno, ETIMEDOUT);
	ck_assert(result.first == 7 || result.first == 0);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
	ck_assert_int_eq(count_descriptors(), before);
}
END_TEST

static void
die(void *ctx, struct aside *aside)
{
	struct result result = { .first = 1 };

	aside_tell(aside, &result);
	if (*(int *)ctx)
		(void)kill(getpid(), SIGKILL);
	_exit(1);
}

/* Would have caught what was told, forgotten because of what came then. */
START_TEST(one_that_dies)
{
	struct result result = { 0 };
	int how = _i;

	ck_assert_int_eq(aside_run(die, &how, &result, sizeof(result),
	    PATIENT), -1);
	ck_assert_int_eq(errno, ECANCELED);
	ck_assert_int_eq(result.first, 1);
}
END_TEST

static volatile sig_atomic_t handled;

static void
on_signal(int sig)
{
	(void)sig;
	handled++;
}

/* All signals that reach a foreground group, in the job and in its parent. */
static void
signal_both(void *ctx, struct aside *aside)
{
	struct result result = { 0 };

	(void)ctx;
	(void)kill(getpid(), SIGTERM);
	(void)kill(getpid(), SIGINT);
	(void)kill(getppid(), SIGTERM);
	result.first = handled == 0;
	aside_tell(aside, &result);
}

/*
 * Would have caught a ^C that ends the records and not the session, a handler
 * of ours that runs in the job, and a mask that is not put back.
 */
START_TEST(signals_wait)
{
	struct result result = { 0 };
	sigset_t mask;

	(void)signal(SIGTERM, on_signal);
	ck_assert_int_eq(aside_run(signal_both, NULL, &result,
	    sizeof(result), PATIENT), 0);
	ck_assert_int_eq(result.first, 1);
	ck_assert_int_eq(handled, 1);
	ck_assert_int_eq(sigprocmask(SIG_BLOCK, NULL, &mask), 0);
	ck_assert_int_eq(sigismember(&mask, SIGTERM), 0);
}
END_TEST

/* Would have caught a job that failed because nobody reaps for us. */
START_TEST(sigchld_may_be_ignored)
{
	struct result result = { 0 };
	int seven = 7;

	(void)signal(SIGCHLD, SIG_IGN);
	ck_assert_int_eq(aside_run(tell_twice, &seven, &result,
	    sizeof(result), PATIENT), 0);
	ck_assert_int_eq(result.first, 7);
}
END_TEST

static void
tell_limit(void *ctx, struct aside *aside)
{
	struct result result = { 0 };
	struct rlimit limit;

	(void)ctx;
	result.first = getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
	    limit.rlim_cur == RLIM_INFINITY;
	aside_tell(aside, &result);
}

/*
 * The soft limit; the hard one too.  Would have caught a user whose limits
 * keep him out of wtmp.
 */
START_TEST(limits_are_the_users)
{
	struct result result = { 0 };
	struct rlimit before, small, after;
	int r, restored;

	/* check writes a file at each assertion */
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	if (before.rlim_max != RLIM_INFINITY) {
		printf("SKIP limits_are_the_users: there is one\n");
		return;
	}
	small.rlim_cur = 1000;
	small.rlim_max = _i ? 1000000 : RLIM_INFINITY;
	(void)setrlimit(RLIMIT_FSIZE, &small);
	r = aside_run(tell_limit, NULL, &result, sizeof(result), PATIENT);
	(void)getrlimit(RLIMIT_FSIZE, &after);
	restored = setrlimit(RLIMIT_FSIZE, &before);
	small.rlim_cur = small.rlim_max;
	(void)setrlimit(RLIMIT_FSIZE, &small);
	ck_assert_int_eq(r, 0);
	ck_assert_uint_eq(after.rlim_cur, 1000);
	if (restored == -1)
		printf("SKIP limits_are_the_users %d: no CAP_SYS_RESOURCE\n",
		    _i);
	else
		ck_assert_int_eq(result.first, 1);
}
END_TEST

/* Would have caught one that is sent in two pieces, or past the buffer. */
START_TEST(too_large_a_result)
{
	static char large[ASIDE_MAX_RESULT + 1];

	ck_assert_int_eq(aside_run(die, NULL, large, sizeof(large),
	    PATIENT), -1);
	ck_assert_int_eq(errno, EMSGSIZE);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("aside");
	TCase *tc = tcase_create("aside");

	tcase_add_test(tc, the_last_result_counts);
	tcase_add_loop_test(tc, one_that_hangs_is_killed, 0, 2);
	tcase_add_loop_test(tc, one_that_dies, 0, 2);
	tcase_add_test(tc, signals_wait);
	tcase_add_test(tc, sigchld_may_be_ignored);
	tcase_add_loop_test(tc, limits_are_the_users, 0, 2);
	tcase_add_test(tc, too_large_a_result);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
