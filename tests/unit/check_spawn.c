/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What spawn promises whatever the plan is: what it tells, and who waits for
 * whom.  That each failure is told is in check_faults.c, who has whose memory
 * in check_memory.c, and what the steps do in check_step.c.
 */

#include "config.h"
#include "spawn.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plan.h"
#include "run.h"
#include "scene.h"

static const char *const no_program[] = { "/no/such", NULL };

static void
add_home(void)
{
	const struct plan_step step = { .kind = PLAN_DIRECTORY,
	    .u.dir = { "/no/such", "/" } };

	scene_add(&step);
}

/* What a process under test has seen; in memory that it shares with us. */
struct outcome {
	int pid;		/* what spawn returned */
	struct spawn_report report;
	int notes;		/* how often it was told, rightly */
	int children;		/* whether there is one left */
	int descriptors;	/* how many are open afterwards */
};

static struct outcome *outcome;

static void
setup(void)
{
	scene_begin();
	outcome = mmap(NULL, sizeof(*outcome), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(outcome != MAP_FAILED);
}

/* Run the plan where that system call fails. */
static void
spawn_denied(long number, int err)
{
	int wstatus;
	pid_t pid = fork();

	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		scene_deny(number, err);
		outcome->pid = spawn(scene.plan, NULL, NULL,
		    &outcome->report);
		outcome->children = waitpid(-1, NULL, WNOHANG) != -1 ||
		    errno != ECHILD;
		outcome->descriptors = scene_descriptors();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_msg(wstatus == 0, "no seccomp: %#x", (unsigned int)wstatus);
	ck_assert_int_eq(outcome->pid, -1);
	ck_assert_int_eq(outcome->children, 0);
	ck_assert_int_eq(outcome->descriptors, scene.descriptors);
	(void)close(scene.out[1]);
	scene_listen(scene.out[0]);
	ck_assert_str_eq(scene.said, "");
}

/* Would have caught "no child" reported as the failure of a step. */
START_TEST(no_child_could_be_made)
{
	struct rlimit limit, few;
	int lowest;

	scene_output();
	scene_basics();
	scene_script("echo ran");
	ck_assert_int_ne(lowest = dup(0), -1);
	(void)close(lowest);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	few = limit;
	few.rlim_cur = (rlim_t)lowest;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	ck_assert_int_eq(spawn(scene.plan, NULL, NULL, &scene.failed), -1);
	ck_assert_uint_eq(scene.failed.step, plan_count(scene.plan));
	ck_assert_int_eq(scene.failed.err, EMFILE);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	scene_expect_nothing_left();
	spawn_denied(SYS_clone, EAGAIN);
	ck_assert_uint_eq(outcome->report.step, plan_count(scene.plan));
	ck_assert_int_eq(outcome->report.err, EAGAIN);
}
END_TEST

/* Runs in the child: what it saw goes to memory that both share. */
static void
note(void *ctx, const struct plan *of, const struct spawn_report *report)
{
	if (ctx == &scene && of == scene.plan)
		outcome->notes++;
	outcome->pid = (int)syscall(SYS_getpid);
	outcome->report = *report;
}

/* Would have caught a note that ends the plan, or that nobody is told. */
START_TEST(a_note_is_no_failure)
{
	scene_output();
	scene_basics();
	add_home();
	scene_script("echo $$");
	scene_run(_i ? note : NULL, &scene);
	ck_assert_int_eq(outcome->notes, _i);
	if (_i) {
		ck_assert_int_eq(atoi(scene.said), outcome->pid);
		ck_assert_uint_eq(outcome->report.step, 3);
		ck_assert_int_eq(outcome->report.err, ENOENT);
	}
}
END_TEST

/* The child is stopped here, as any process of its user may stop it. */
static void
note_that_stops(void *ctx, const struct plan *of,
    const struct spawn_report *report)
{
	(void)ctx;
	(void)of;
	(void)report;
	(void)kill((pid_t)syscall(SYS_getpid), SIGSTOP);
}

/*
 * Between the drop and the exec any process of the user can stop the child.
 * Would have caught root's parent that stands still with it, the session
 * open; a report that says too much too early, and one that is not closed.
 */
START_TEST(a_child_that_is_stopped_holds_nobody_up)
{
	struct spawn_child child = { .pid = 0 };
	struct pollfd pfd = { .events = POLLIN };
	int wstatus;

	scene_output();
	scene_basics();
	add_home();
	if (_i)
		scene_script("exit 42");
	else
		scene_exec(no_program, no_program);
	ck_assert_int_eq(spawn_start(scene.plan, note_that_stops, NULL,
	    &child, &scene.failed), 0);
	ck_assert_int_gt(child.pid, 0);
	ck_assert_int_ne(fcntl(child.report, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert_int_eq(waitpid(child.pid, &wstatus, WUNTRACED), child.pid);
	ck_assert_int_eq(WIFSTOPPED(wstatus), 1);
	ck_assert_int_eq(spawn_hear(&child, &scene.failed), 0);
	pfd.fd = child.report;
	ck_assert_int_eq(poll(&pfd, 1, 0), 0);
	ck_assert_int_eq(kill(child.pid, SIGCONT), 0);
	ck_assert_int_eq(poll(&pfd, 1, 5000), 1);
	ck_assert_int_eq(spawn_hear(&child, &scene.failed), _i ? 1 : -1);
	ck_assert_int_eq(child.report, -1);
	if (_i == 0) {
		ck_assert_uint_eq(scene.failed.step, 4);
		ck_assert_int_eq(scene.failed.err, ENOENT);
	}
	/* it is ours to reap, and nothing else is left */
	ck_assert_int_eq(waitpid(child.pid, &wstatus, 0), child.pid);
	ck_assert_int_eq(WIFEXITED(wstatus), 1);
	if (_i)
		ck_assert_int_eq(WEXITSTATUS(wstatus), 42);
	scene_expect_nothing_left();
}
END_TEST

/* In place: the same process, and one that comes back only to fail. */
START_TEST(here_becomes_the_command)
{
	char want[64];
	int wstatus;
	pid_t pid;

	scene_output();
	scene_basics();
	add_home();
	scene_script(_i ? "echo $$; pwd; ls /proc/$$/fd" : "true");
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		if (_i == 0)
			scene_deny(SYS_execve, EXDEV);
		if (spawn_here(scene.plan, note, &scene, &scene.failed) != -1)
			_exit(1);
		_exit(scene.failed.step == 4 && scene.failed.err == EXDEV ?
		    42 : 2);
	}
	(void)close(scene.out[1]);
	scene_listen(scene.out[0]);
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_int_eq(wstatus, _i ? 0 : W_EXITCODE(42, 0));
	ck_assert_int_eq(outcome->notes, 1);
	ck_assert_int_eq(outcome->pid, pid);
	ck_assert_uint_eq(outcome->report.step, 3);
	ck_assert_int_eq(outcome->report.err, ENOENT);
	(void)snprintf(want, sizeof(want), "%d\n/\n0\n1\n2\n", (int)pid);
	ck_assert_str_eq(scene.said, _i ? want : "");
}
END_TEST

/*
 * Killed between its start and its exec, as any process of its user may do.
 * Would have caught a parent that waits for a word of it; that it did not run
 * is told by its status.
 */
START_TEST(a_child_that_is_killed_says_nothing)
{
	struct spawn_child child = { .want_pidfd = _i };
	int wstatus;

	scene_output();
	scene_basics();
	add_home();
	scene_script("echo ran");
	ck_assert_int_eq(spawn_start(scene.plan, note_that_stops, NULL,
	    &child, &scene.failed), 0);
	ck_assert_int_eq(child.pidfd != -1, _i);
	ck_assert_int_eq(waitpid(child.pid, &wstatus, WUNTRACED), child.pid);
	ck_assert_int_eq(kill(child.pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(child.pid, &wstatus, 0), child.pid);
	ck_assert_int_eq(wstatus, W_EXITCODE(0, SIGKILL));
	ck_assert_int_eq(spawn_hear(&child, &scene.failed), 1);
	ck_assert_int_eq(child.report, -1);
	if (_i)
		ck_assert_int_eq(close(child.pidfd), 0);
	scene_expect_nothing_left();
	(void)close(scene.out[1]);
	scene_listen(scene.out[0]);
	ck_assert_str_eq(scene.said, "");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("spawn");
	TCase *tc = tcase_create("spawn");

	tcase_add_checked_fixture(tc, setup, scene_end);
	tcase_add_test(tc, no_child_could_be_made);
	tcase_add_loop_test(tc, a_note_is_no_failure, 0, 2);
	tcase_add_loop_test(tc, a_child_that_is_stopped_holds_nobody_up, 0,
	    2);
	tcase_add_loop_test(tc, here_becomes_the_command, 0, 2);
	tcase_add_loop_test(tc, a_child_that_is_killed_says_nothing, 0, 2);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
