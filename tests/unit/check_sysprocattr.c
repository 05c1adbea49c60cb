/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What the tests of Go's package syscall hold its SysProcAttr to, held
 * against a plan: the tests bear the names of Go's.  Processes, terminals and
 * limits are here; namespaces and identities in check_sysprocspace.c.
 */

#include "config.h"
#include "spawn.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "plan.h"
#include "run.h"
#include "scene.h"
#include "stage.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

static void
add_fd(enum plan_kind kind, int fd)
{
	const struct plan_step step = { .kind = kind, .u.fd = fd };

	scene_add(&step);
}

static void
add_group(pid_t pgid)
{
	const struct plan_step step = { .kind = PLAN_NEW_GROUP,
	    .u.pgid = pgid };

	scene_add(&step);
}

static void
begin_another(void)
{
	plan_free(scene.plan);
	ck_assert_ptr_nonnull(scene.plan = plan_new());
}

/* Would have caught a session or a group that nobody asked for. */
START_TEST(TestZeroSysProcAttr)
{
	const pid_t pid = stage_start();

	ck_assert_int_ne(pid, getpid());
	ck_assert_int_eq(getpgid(pid), getpgrp());
	ck_assert_int_eq(getsid(pid), getsid(0));
	stage_stop(pid);
	scene_expect_nothing_left();
}
END_TEST

/* Would have caught a group that the parent's ^C still reaches. */
START_TEST(TestSetpgid)
{
	pid_t pid;

	add_group(0);
	pid = stage_start();
	ck_assert_int_ne(getpgid(pid), getpgrp());
	ck_assert_int_eq(getpgid(pid), pid);
	ck_assert_int_eq(getsid(pid), getsid(0));
	stage_stop(pid);
	scene_expect_nothing_left();
}
END_TEST

/* A pipeline: the second joins the first.  Would have caught it alone. */
START_TEST(TestPgid)
{
	pid_t first, second;

	add_group(0);
	first = stage_start();
	begin_another();
	add_group(first);
	second = stage_start();
	ck_assert_int_eq(getpgid(first), first);
	ck_assert_int_ne(first, second);
	ck_assert_int_eq(getpgid(second), first);
	ck_assert_int_ne(getpgid(second), getpgrp());
	/* and a group that is not there is reported, not made */
	begin_another();
	add_group(0x3fffffff);
	scene_basics();
	scene_script("echo ran");
	scene.descriptors = scene_descriptors();
	ck_assert_int_eq(spawn(scene.plan, NULL, NULL, &scene.failed), -1);
	ck_assert_uint_eq(scene.failed.step, 0);
	ck_assert_int_eq(scene.failed.err, EPERM);
	ck_assert_int_eq(scene_descriptors(), scene.descriptors);
	stage_stop(second);
	stage_stop(first);
}
END_TEST

/* A command in the foreground of the terminal, and we there again after. */
static void
run_in_foreground(int tty)
{
	pid_t pid;

	add_group(0);
	add_fd(PLAN_FOREGROUND, tty);
	pid = stage_start();
	ck_assert_int_ne(pid, getpid());
	ck_assert_int_eq(getpgid(pid), pid);
	ck_assert_int_eq(getsid(pid), getpid());
	ck_assert_int_eq(tcgetpgrp(tty), pid);
	stage_stop(pid);
	(void)signal(SIGTTOU, SIG_IGN);
	ck_assert_int_eq(tcsetpgrp(tty, getpgrp()), 0);
}

static void
ignore_and_run(int tty)
{
	(void)signal(SIGTTIN, SIG_IGN);
	(void)signal(SIGTTOU, SIG_IGN);
	run_in_foreground(tty);
}

/* Would have caught a command that is not what the terminal's ^C is for. */
START_TEST(TestForeground)
{
	stage_lead_session(ignore_and_run);
}
END_TEST

static volatile sig_atomic_t taken;

static void
take(int sig)
{
	taken = sig;
}

static void
handle_and_run(int tty)
{
	(void)signal(SIGTTIN, take);
	(void)signal(SIGTTOU, take);
	run_in_foreground(tty);
	ck_assert_int_eq(taken, 0);
}

/*
 * The child takes the foreground from the background.  Would have caught one
 * that SIGTTOU stops there, or whose SIGTTOU runs our handler.
 */
START_TEST(TestForegroundSignal)
{
	stage_lead_session(_i ? handle_and_run : run_in_foreground);
}
END_TEST

/* Would have caught a terminal taken and then given away, in any order. */
START_TEST(TestInvalidExec_setctty_foreground)
{
	static const enum plan_kind kinds[][4] = {
		{ PLAN_NEW_SESSION, PLAN_CONTROLLING_TTY, PLAN_NEW_GROUP,
		    PLAN_FOREGROUND },
		{ PLAN_NEW_GROUP, PLAN_FOREGROUND, PLAN_NEW_SESSION,
		    PLAN_CONTROLLING_TTY },
		{ PLAN_NEW_GROUP, PLAN_FOREGROUND, PLAN_CONTROLLING_TTY,
		    PLAN_KINDS },
		{ PLAN_NEW_SESSION, PLAN_CONTROLLING_TTY, PLAN_FOREGROUND,
		    PLAN_KINDS },
	};
	char why[256] = "";
	int i;

	for (i = 0; i < 4 && kinds[_i][i] != PLAN_KINDS; i++)
		scene_kind(kinds[_i][i]);
	scene_basics();
	scene_script("echo ran");
	ck_assert_int_eq(plan_check(scene.plan, why, sizeof(why)), -1);
	ck_assert_str_ne(why, "");
}
END_TEST

/*
 * A terminal is named as the child numbers it.  Would have caught a number
 * of the parent's, which is something else there, or nothing.
 */
START_TEST(TestInvalidExec_invalid_ctty)
{
	static const int list[] = { 0, 1, PLAN_NO_FD };
	static const int ttys[] = { 3, 2, -1, 1000 };
	const struct plan_step fds = { .kind = PLAN_DESCRIPTORS,
	    .u.fds = { list, 3 } };
	const int behind = _i < NROWS(ttys);
	char why[256];

	scene_kind(PLAN_NEW_SESSION);
	if (behind)
		scene_add(&fds);
	add_fd(PLAN_CONTROLLING_TTY, behind ? ttys[_i] : 1000);
	scene_basics();
	scene_script("echo ran");
	if (behind)
		ck_assert_int_eq(plan_check(scene.plan, why, sizeof(why)),
		    -1);
	else
		scene_fails(PLAN_CONTROLLING_TTY, EBADF);
}
END_TEST

static void *
spin(void *arg)
{
	volatile unsigned long n = 0;

	for (;;)
		n++;
	return arg;
}

/* In place, while other threads of ours run. */
static void
become_among_threads(int as_root)
{
	pthread_t thread;
	int i;

	(void)alarm(20);
	for (i = 0; i < 10; i++)
		if (pthread_create(&thread, NULL, spin, NULL) != 0)
			_exit(1);
	if (as_root) {
		scene_drop();
		scene_kind(PLAN_CAPABILITIES);
		scene_prove(SCENE_UID, SCENE_GID, scene_groups, SCENE_GROUPS);
	}
	scene_script("echo $$; cat /proc/$$/status");
	(void)spawn_here(scene.plan, NULL, NULL, &scene.failed);
	_exit(2);
}

/*
 * Would have caught a command that comes out as another process, or with a
 * thread left, or, of the identity, with what another thread still has.
 */
START_TEST(TestExec)
{
	const int as_root = geteuid() == 0;
	int wstatus;
	pid_t pid;

	scene_output();
	scene_basics();
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0)
		become_among_threads(as_root);
	(void)close(scene.out[1]);
	scene_listen(scene.out[0]);
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_msg(wstatus == 0, "status %#x", (unsigned int)wstatus);
	ck_assert_int_eq(atoi(scene.said), pid);
	ck_assert_str_eq(scene_field("\nThreads:"), "1");
	if (as_root)
		ck_assert_str_eq(scene_field("\nUid:"),
		    "64901 64901 64901 64901");
}
END_TEST

static rlim_t
soft_limit(void)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	return limit.rlim_cur;
}

/*
 * A program that raises its own limit gives its children what it had itself
 * (select(2) stops at 1024).  Would have caught a step that changes ours, or
 * a limit that changes unasked.
 */
START_TEST(TestRlimitRestored)
{
	struct rlimit limit;
	struct plan_limit had = { .resource = RLIMIT_NOFILE, .soft = 200 };
	const struct plan_step step = { .kind = PLAN_LIMITS,
	    .u.limits = { &had, 1 } };

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_uint_gt(limit.rlim_max, 300);
	had.hard = limit.rlim_max;
	limit.rlim_cur = 300;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	scene_output();
	scene_basics();
	if (_i)
		scene_add(&step);
	scene_script("ulimit -Sn");
	scene_run(NULL, NULL);
	ck_assert_str_eq(scene.said, _i ? "200\n" : "300\n");
	ck_assert_uint_eq(soft_limit(), 300);
}
END_TEST

/* Would have caught a crash, and a program whose argc is 0. */
START_TEST(TestForkExecNilArgv)
{
	static const char *const null[] = { "/dev/null", NULL };
	static const char *const empty[] = { NULL };
	const char *const *const vectors[] = { NULL, empty, null };
	char why[256], words[256];

	scene_basics();
	scene_exec(_i < 3 ? null : vectors[_i - 3], _i < 3 ? vectors[_i] :
	    null);
	if (_i == 2 || _i == 5) {
		scene_fails(PLAN_EXEC, EACCES);
		return;
	}
	ck_assert_int_eq(plan_check(scene.plan, why, sizeof(why)), -1);
	if (_i < 3)
		ck_assert_str_eq(plan_describe(plan_at(scene.plan, 2), words,
		    sizeof(words)), "/dev/null");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("sysprocattr");
	TCase *tc = tcase_create("sysprocattr");

	tcase_add_checked_fixture(tc, scene_begin, scene_end);
	tcase_add_test(tc, TestZeroSysProcAttr);
	tcase_add_test(tc, TestSetpgid);
	tcase_add_test(tc, TestPgid);
	tcase_add_test(tc, TestForeground);
	tcase_add_loop_test(tc, TestForegroundSignal, 0, 2);
	tcase_add_loop_test(tc, TestInvalidExec_setctty_foreground, 0, 4);
	tcase_add_loop_test(tc, TestInvalidExec_invalid_ctty, 0, 5);
	tcase_add_loop_test(tc, TestExec, 0, 5);
	tcase_add_loop_test(tc, TestRlimitRestored, 0, 2);
	tcase_add_loop_test(tc, TestForkExecNilArgv, 0, 6);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
