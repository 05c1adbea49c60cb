/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * I3: any failure ends the child before its exec.  Each kind of step is made
 * to fail in turn, by a system call that seccomp(2) refuses or by arguments
 * that the kernel does; in each way to carry a plan out.  The parent is told
 * which step it was, why, and which part of it; and nothing is left over.
 */

#include "config.h"
#include "spawn.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "faults.h"
#include "home.h"
#include "plan.h"
#include "run.h"
#include "scene.h"
#include "steps.h"

/* The ways to carry a plan out. */
enum way {
	WAITS,			/* spawn() */
	STARTS,			/* spawn_start() and spawn_hear() */
	IN_PLACE,		/* spawn_here() */
	WAYS
};

/* What the process that tried has seen; in memory that it shares with us. */
static struct outcome {
	int failed;
	size_t step;
	int err;
	char detail[64];	/* "": none */
	int pidfd;		/* -1, as it must be */
	int wstatus;		/* of a child that was ours to reap */
	int children;		/* whether there is one left */
	int descriptors;	/* how many are open afterwards */
} *outcome;

static void
setup(void)
{
	scene_begin();
	outcome = mmap(NULL, sizeof(*outcome), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(outcome != MAP_FAILED);
}

static void
teardown(void)
{
	scene_remove_cgroup();
	home_remove();
	scene_end();
}

/* Returns -1 if the plan failed. */
static int
start_and_hear(struct spawn_report *report)
{
	struct spawn_child child = { .want_pidfd = 1 };
	struct pollfd fd = { .events = POLLIN };
	int r;

	outcome->wstatus = W_EXITCODE(127, 0);
	r = spawn_start(scene.plan, NULL, NULL, &child, report);
	fd.fd = child.report;
	while (r != -1 && (r = spawn_hear(&child, report)) == 0)
		(void)poll(&fd, 1, 5000);
	outcome->pidfd = child.pidfd;
	if (child.report != -1)
		outcome->pidfd = -2;
	if (child.pid != -1)
		(void)waitpid(child.pid, &outcome->wstatus, 0);
	return r;
}

/* What the process under test does.  Does not return. */
static void
attempt(enum way way, const struct fault *fault)
{
	struct spawn_report report = { 0, 0, NULL };
	int i, r;

	if (fault->prepare != NULL)
		fault->prepare();
	for (i = 0; i < 2; i++)
		if (fault->deny[i].number != 0)
			faults_deny(&fault->deny[i]);
	outcome->pidfd = -1;
	outcome->wstatus = W_EXITCODE(127, 0);
	if (way == WAITS)
		r = spawn(scene.plan, NULL, NULL, &report) == -1 ? -1 : 0;
	else if (way == STARTS)
		r = start_and_hear(&report);
	else
		r = spawn_here(scene.plan, NULL, NULL, &report);
	outcome->failed = r == -1;
	outcome->step = report.step;
	outcome->err = report.err;
	if (report.detail != NULL)
		(void)snprintf(outcome->detail, sizeof(outcome->detail), "%s",
		    report.detail);
	outcome->children = waitpid(-1, NULL, WNOHANG) != -1 ||
	    errno != ECHILD;
	outcome->descriptors = scene_descriptors();
	_exit(0);
}

static const struct fault *
fault_at(int i)
{
	return i < faults_count ? &faults[i] : &faults_space[i - faults_count];
}

/* Run the attempt to its end; nothing of the command's may come out. */
static void
try(enum way way, const struct fault *fault)
{
	int wstatus;
	pid_t pid;

	scene.descriptors = scene_descriptors();
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0)
		attempt(way, fault);
	(void)close(scene.out[1]);
	scene_listen(scene.out[0]);
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_msg(wstatus == 0, "the attempt itself: %#x",
	    (unsigned int)wstatus);
	ck_assert_str_eq(scene.said, "");
	ck_assert_msg(outcome->failed, "nothing failed");
}

/* Cannot be had without a parent that makes the child? */
static int
is_for_a_child(const struct fault *fault)
{
	return (fault->with & STEP(CLONE)) != 0 ||
	    fault->kind == PLAN_CLONE || fault->only_born;
}

/*
 * Would have caught an answer of the kernel that nobody looks at, the wrong
 * step or the wrong errno in the report, a child that goes on, and a zombie,
 * a pidfd or a socket that stays behind.
 */
START_TEST(I3_each_step_can_fail)
{
	const struct fault *fault = fault_at(_i / WAYS);
	const enum way way = (enum way)(_i % WAYS);
	const char *lack = scene_lacks(fault->needs);
	const char *detail = fault->detail != NULL ? fault->detail : "";
	const struct plan_step *step;

	if (lack != NULL && way == WAITS)
		printf("SKIP check_faults %s %d: %s\n",
		    plan_kind_name(fault->kind), _i / WAYS, lack);
	if (lack != NULL || (way == IN_PLACE && is_for_a_child(fault)))
		return;
	if (fault->spoil != NULL)
		fault->spoil(steps_of(fault->kind));
	steps_add(STEPS_BASIC | fault->with | (UINT64_C(1) << fault->kind));
	try(way, fault);
	step = plan_at(scene.plan, outcome->step);
	ck_assert_msg(step != NULL, "%s", strerror(outcome->err));
	ck_assert_str_eq(plan_kind_name(step->kind),
	    plan_kind_name(fault->kind));
	ck_assert_str_eq(strerror(outcome->err), strerror(fault->err != 0 ?
	    fault->err : EXDEV));
	ck_assert_str_eq(outcome->detail, detail);
	ck_assert_int_eq(outcome->pidfd, -1);
	ck_assert_int_eq(outcome->wstatus, W_EXITCODE(127, 0));
	ck_assert_int_eq(outcome->children, 0);
	if (way != IN_PLACE)
		ck_assert_int_eq(outcome->descriptors, scene.descriptors);
}
END_TEST

/* A kind that is new is to be made to fail, too. */
START_TEST(I3_every_kind_has_a_row)
{
	int i, seen = 0;

	for (i = 0; i < faults_count + faults_space_count; i++)
		seen |= (int)fault_at(i)->kind == _i;
	ck_assert_msg(seen, "%s is not here",
	    plan_kind_name((enum plan_kind)_i));
}
END_TEST

/* What takes a parent is refused where there is none, and not left out. */
START_TEST(in_place_there_is_no_child)
{
	static const struct fault none = { .kind = PLAN_EXEC };

	if (_i == 0) {
		steps_add(STEPS_BASIC | STEP(CLONE));
	} else {
		steps_of(PLAN_UNSHARE)->u.namespaces = CLONE_NEWUSER;
		steps_of(PLAN_MAP_IDS)->u.map.by_parent = 1;
		steps_add(STEPS_BASIC | STEP(MAP_IDS) | STEP(UNSHARE));
	}
	if (_i != 0 && scene_lacks(SCENE_USERS) != NULL) {
		printf("SKIP in_place_there_is_no_child: %s\n",
		    scene_lacks(SCENE_USERS));
		return;
	}
	try(IN_PLACE, &none);
	ck_assert_int_eq(plan_at(scene.plan, outcome->step)->kind,
	    _i == 0 ? PLAN_CLONE : PLAN_MAP_IDS);
	ck_assert_int_eq(outcome->err, EINVAL);
	ck_assert_str_eq(outcome->detail, "no child is made");
}
END_TEST

/* A step that fails is told before those behind it have done anything. */
START_TEST(the_first_failure_is_the_one)
{
	static const struct fault none = { .kind = PLAN_EXEC };
	struct plan_step *exec = steps_of(PLAN_EXEC);
	static char nothing[] = "/no/such";
	static char *const paths[] = { nothing, NULL };

	steps_of(PLAN_DIRECTORY)->u.dir.fallback = NULL;
	exec->u.exec.candidates = paths;
	steps_add(STEPS_BASIC | STEP(DIRECTORY));
	try((enum way)_i, &none);
	ck_assert_int_eq(plan_at(scene.plan, outcome->step)->kind,
	    PLAN_DIRECTORY);
	ck_assert_int_eq(outcome->err, ENOENT);
}
END_TEST

/* A child in a user namespace asks for its maps. */
static void
start_that_asks(struct spawn_child *child)
{
	struct pollfd fd = { .events = POLLIN };
	struct spawn_report report;

	if (spawn_start(scene.plan, NULL, NULL, child, &report) == -1)
		_exit(99);
	fd.fd = child->report;
	if (poll(&fd, 1, 5000) != 1)
		_exit(98);
}

/*
 * The parent dies between the question and its answer.  Would have caught a
 * child that waits for ever, and one that goes on without its maps.
 */
START_TEST(I3_nobody_answers)
{
	struct spawn_child child = { .want_pidfd = 0 };
	const char *lack = scene_lacks(SCENE_USERS);
	int wstatus;
	pid_t pid;

	if (lack != NULL) {
		printf("SKIP I3_nobody_answers: %s\n", lack);
		return;
	}
	steps_of(PLAN_CLONE)->u.namespaces = CLONE_NEWUSER;
	steps_of(PLAN_MAP_IDS)->u.map.by_parent = 1;
	if (_i < 2) {
		steps_add(STEPS_BASIC | STEP(CLONE) | STEP(MAP_IDS));
	} else {
		/* nothing has closed the parent's end of the channel for it */
		scene_add(steps_of(PLAN_CLONE));
		scene_add(steps_of(PLAN_MAP_IDS));
		steps_add(STEPS_BASIC);
	}
	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		start_that_asks(&child);
		if (_i % 2 == 0)
			_exit(0);
		(void)kill(getpid(), SIGKILL);
	}
	(void)close(scene.out[1]);
	scene_listen(scene.out[0]);
	ck_assert_str_eq(scene.said, "");
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_int_eq(wstatus, _i % 2 == 0 ? 0 : W_EXITCODE(0, SIGKILL));
	/* it had nobody to tell */
	ck_assert_int_gt(waitpid(-1, &wstatus, 0), 0);
	ck_assert_int_eq(wstatus, W_EXITCODE(126, 0));
}
END_TEST

/*
 * The child is killed while it asks.  Would have caught a parent that dies of
 * SIGPIPE, or writes the maps of a process that is not there.
 */
START_TEST(nobody_hears_the_answer)
{
	struct spawn_child child = { .want_pidfd = 1 };
	const char *lack = scene_lacks(SCENE_USERS);
	int r, wstatus;

	if (lack != NULL) {
		printf("SKIP nobody_hears_the_answer: %s\n", lack);
		return;
	}
	steps_of(PLAN_CLONE)->u.namespaces = CLONE_NEWUSER;
	steps_of(PLAN_MAP_IDS)->u.map.by_parent = 1;
	steps_add(STEPS_BASIC | STEP(CLONE) | STEP(MAP_IDS));
	start_that_asks(&child);
	ck_assert_int_eq(kill(child.pid, _i == 0 ? SIGKILL : SIGSTOP), 0);
	if (_i == 0)
		ck_assert_int_eq(waitpid(child.pid, NULL, 0), child.pid);
	else
		ck_assert_int_eq(waitpid(child.pid, NULL, WUNTRACED),
		    child.pid);
	/* it is answered, and what it says next is its end */
	ck_assert_int_eq(spawn_hear(&child, &scene.failed), 0);
	if (_i == 1) {
		ck_assert_int_eq(kill(child.pid, SIGKILL), 0);
		ck_assert_int_eq(waitpid(child.pid, &wstatus, 0), child.pid);
		ck_assert_int_eq(wstatus, W_EXITCODE(0, SIGKILL));
	}
	r = spawn_hear(&child, &scene.failed);
	ck_assert_int_ne(r, 0);
	ck_assert_int_eq(child.report, -1);
	if (r == -1)
		ck_assert_uint_eq(scene.failed.step, plan_count(scene.plan));
	else
		(void)close(child.pidfd);
	scene_expect_nothing_left();
	(void)close(scene.out[1]);
	scene_listen(scene.out[0]);
	ck_assert_str_eq(scene.said, "");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("faults");
	TCase *tc = tcase_create("faults");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, I3_each_step_can_fail, 0,
	    (faults_count + faults_space_count) * WAYS);
	tcase_add_loop_test(tc, I3_every_kind_has_a_row, 0, PLAN_KINDS);
	tcase_add_loop_test(tc, in_place_there_is_no_child, 0, 2);
	tcase_add_loop_test(tc, the_first_failure_is_the_one, 0, WAYS);
	tcase_add_loop_test(tc, I3_nobody_answers, 0, 4);
	tcase_add_loop_test(tc, nobody_hears_the_answer, 0, 2);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
