/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * A command that is told when its parent dies: later, and before it could ask
 * for that.  We are the subreaper, so that what is left comes to us.
 */

#include "config.h"
#include "spawn.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "plan.h"
#include "run.h"
#include "scene.h"
#include "steps.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/* How the parent makes the child, and what it is then. */
enum way { WAITS, STARTS, IN_PLACE };

static int ready[2], gate[2];

static void
setup(void)
{
	scene_begin();
	ck_assert_int_eq(pipe(ready), 0);
	ck_assert_int_eq(pipe(gate), 0);
	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
}

/* In the parent.  Does not return. */
static void
be_parent(enum way way, spawn_note *note)
{
	struct spawn_child child = { .want_pidfd = 0 };
	struct spawn_report report;
	int r = 0;

	if (way == IN_PLACE) {
		(void)spawn_here(scene.plan, note, NULL, &report);
		_exit(98);
	}
	if (way == WAITS)
		r = spawn(scene.plan, note, NULL, &report) == -1 ? -1 : 0;
	else
		r = spawn_start(scene.plan, note, NULL, &child, &report);
	if (r == -1)
		_exit(99);
	for (;;)
		(void)pause();
}

static void
expect_byte(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	char byte;

	ck_assert_int_eq(poll(&pfd, 1, 10000), 1);
	ck_assert_int_eq(read(fd, &byte, 1), 1);
}

static const struct {
	int signal;
	unsigned int namespaces;
	int change_ids;
} deaths[] = {
	{ SIGTERM, 0, 0 }, { SIGKILL, 0, 0 }, { SIGHUP, 0, 0 },
	/* process 1 hears of nothing else for sure */
	{ SIGKILL, CLONE_NEWPID, 0 },
	/* the kernel forgets it when the ids change */
	{ SIGTERM, 0, 1 }, { SIGKILL, CLONE_NEWPID, 1 },
};

/*
 * Would have caught a command that outlives its parent, and one that ends for
 * no reason because getppid(2) is 0 in its pid namespace.
 */
START_TEST(the_parent_dies_later)
{
	static char sh[] = "/bin/sh", option[] = "-c", script[] =
	    "echo; exec sleep 60";
	static char *const argv[] = { sh, option, script, NULL };
	const unsigned int namespaces = deaths[_i].namespaces;
	int wstatus;
	pid_t pid;

	if ((namespaces != 0 || deaths[_i].change_ids) &&
	    scene_lacks(SCENE_ROOT | SCENE_MOUNTS) != NULL) {
		printf("SKIP the_parent_dies_later %d: not root\n", _i);
		return;
	}
	steps_of(PLAN_EXEC)->u.exec.argv = argv;
	steps_of(PLAN_CLONE)->u.namespaces = namespaces;
	steps_of(PLAN_PARENT_DEATH)->u.signal = deaths[_i].signal;
	steps_add(STEPS_BASIC | STEP(PARENT_DEATH) |
	    (namespaces != 0 ? STEP(CLONE) : 0) |
	    (deaths[_i].change_ids ? STEPS_IDENTITY : 0));
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0)
		be_parent(WAITS, NULL);
	expect_byte(scene.out[0]);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	ck_assert_int_gt(waitpid(-1, &wstatus, 0), 0);
	ck_assert_int_eq(wstatus, W_EXITCODE(0, deaths[_i].signal));
}
END_TEST

/* In the child, before it asks: wait until the parent is gone. */
static void
wait_at_gate(void *ctx, const struct plan *plan,
    const struct spawn_report *report)
{
	char byte = 'r';

	(void)ctx;
	(void)plan;
	(void)report;
	(void)!write(ready[1], &byte, 1);
	while (read(gate[0], &byte, 1) == -1 && errno == EINTR)
		continue;
}

static const struct {
	enum way way;
	unsigned int namespaces;
	int signal;
	int wstatus;
} orphans[] = {
	{ WAITS, 0, SIGTERM, W_EXITCODE(0, SIGTERM) },
	{ STARTS, 0, SIGTERM, W_EXITCODE(0, SIGTERM) },
	{ STARTS, 0, SIGKILL, W_EXITCODE(0, SIGKILL) },
	{ IN_PLACE, 0, SIGTERM, W_EXITCODE(0, SIGTERM) },
	/* a signal that does not end it: it ends all the same */
	{ STARTS, 0, SIGCHLD, W_EXITCODE(126, 0) },
	{ WAITS, CLONE_NEWPID, SIGTERM, W_EXITCODE(126, 0) },
	{ STARTS, CLONE_NEWPID, SIGKILL, W_EXITCODE(126, 0) },
};

/* Not in the order of enum plan_kind: the note must come first. */
static void
make_plan(int row)
{
	static const enum plan_kind kinds[] = { PLAN_SIGNALS, PLAN_DIRECTORY,
	    PLAN_DESCRIPTORS, PLAN_CLOSE, PLAN_PARENT_DEATH, PLAN_EXEC };
	static int fds[3];
	size_t i;

	fds[0] = 0;
	fds[1] = scene.out[1];
	fds[2] = 2;
	steps_of(PLAN_DESCRIPTORS)->u.fds.list = fds;
	steps_of(PLAN_CLONE)->u.namespaces = orphans[row].namespaces;
	steps_of(PLAN_PARENT_DEATH)->u.signal = orphans[row].signal;
	if (orphans[row].namespaces != 0)
		scene_add(steps_of(PLAN_CLONE));
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		scene_add(steps_of(kinds[i]));
	ck_assert_int_eq(plan_check(scene.plan, scene.said,
	    sizeof(scene.said)), 0);
}

/*
 * The parent is gone before the kernel is asked to tell of it.  Would have
 * caught a command that then waits for the death of init.
 */
START_TEST(the_parent_is_dead_already)
{
	char byte = 0;
	int wstatus;
	pid_t parent;

	if (orphans[_i].namespaces != 0 &&
	    scene_lacks(SCENE_ROOT | SCENE_MOUNTS) != NULL) {
		printf("SKIP the_parent_is_dead_already %d: not root\n", _i);
		return;
	}
	make_plan(_i);
	ck_assert_int_ne(parent = fork(), -1);
	if (parent == 0) {
		/* in place, the parent is one who only waits */
		if (orphans[_i].way != IN_PLACE || fork() == 0)
			be_parent(orphans[_i].way, wait_at_gate);
		for (;;)
			(void)pause();
	}
	expect_byte(ready[0]);
	ck_assert_int_eq(kill(parent, SIGKILL), 0);
	ck_assert_int_eq(waitpid(parent, NULL, 0), parent);
	ck_assert_int_eq(write(gate[1], &byte, 1), 1);
	(void)close(scene.out[1]);
	scene_listen(scene.out[0]);
	ck_assert_int_gt(waitpid(-1, &wstatus, 0), 0);
	ck_assert_str_eq(scene.said, "");
	ck_assert_msg(wstatus == orphans[_i].wstatus, "status %#x",
	    (unsigned int)wstatus);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("orphan");
	TCase *tc = tcase_create("orphan");

	tcase_add_checked_fixture(tc, setup, scene_end);
	tcase_add_loop_test(tc, the_parent_dies_later, 0, NROWS(deaths));
	tcase_add_loop_test(tc, the_parent_is_dead_already, 0,
	    NROWS(orphans));
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
