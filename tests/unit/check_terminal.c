/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Sessions, process groups and terminals, as the command finds them.
 */

#include "config.h"
#include "step.h"

#include <sys/ioctl.h>
#include <sys/wait.h>

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "plan.h"
#include "pty.h"
#include "run.h"
#include "scene.h"
#include "spawn.h"

/* Fields 5 to 8 of /proc/PID/stat, in said[]; the first is the pid. */
struct stat_fields {
	int pid, pgrp, sid, tty, tpgid;
};

static struct stat_fields
stat_fields(void)
{
	struct stat_fields f;

	ck_assert_int_eq(sscanf(scene.said, "%d (cat) %*c %*d %d %d %d %d",
	    &f.pid, &f.pgrp, &f.sid, &f.tty, &f.tpgid), 5);
	return f;
}

/* Would have caught a command in root's session (CVE-2016-2779, I16). */
START_TEST(I16_new_session)
{
	struct stat_fields f;

	scene_kind(PLAN_NEW_SESSION);
	scene_output();
	scene_basics();
	scene_cat("/proc/self/stat");
	scene_run(NULL, NULL);
	f = stat_fields();
	ck_assert_int_eq(f.sid, f.pid);
	ck_assert_int_eq(f.pgrp, f.pid);
	ck_assert_int_eq(f.tty, 0);
}
END_TEST

/*
 * Another session has the terminal already; it ends with the test.  Returns
 * its pid.
 */
static pid_t
take_terminal(int slave)
{
	char byte = 'n';
	int fds[2];
	pid_t pid;

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		(void)signal(SIGALRM, SIG_DFL);
		(void)alarm(10);
		if (setsid() != -1 && ioctl(slave, TIOCSCTTY, 0) == 0)
			byte = 'y';
		(void)!write(fds[1], &byte, 1);
		for (;;)
			(void)pause();
	}
	ck_assert_int_eq(read(fds[0], &byte, 1), 1);
	ck_assert_int_eq(byte, 'y');
	(void)close(fds[0]);
	(void)close(fds[1]);
	return pid;
}

/*
 * Would have caught a terminal without ^C: no /dev/tty, no foreground; and
 * one that a process of the user's has taken first, which root takes back.
 */
START_TEST(new_session_on_a_new_terminal)
{
	struct plan_step step = { .kind = PLAN_CONTROLLING_TTY };
	char name[PTY_NAME_SIZE];
	struct stat_fields f;
	int master, slave, wstatus, fds[3];
	pid_t pid, thief = -1;

	ck_assert_int_eq(pty_open(&master, &slave, name), 0);
	if (_i)
		thief = take_terminal(slave);
	scene_kind(PLAN_NEW_SESSION);
	step.u.fd = slave;
	scene_add(&step);
	scene_kind(PLAN_SIGNALS);
	step.kind = PLAN_DESCRIPTORS;
	fds[0] = fds[1] = fds[2] = slave;
	step.u.fds.list = fds;
	step.u.fds.count = 3;
	scene_add(&step);
	scene_kind(PLAN_CLOSE);
	scene_script("exec cat /proc/self/stat </dev/tty");
	pid = spawn(scene.plan, NULL, NULL, &scene.failed);
	ck_assert_int_ne(pid, -1);
	(void)close(slave);
	if (thief > 0) {
		(void)kill(thief, SIGKILL);
		ck_assert_int_eq(waitpid(thief, NULL, 0), thief);
	}
	scene_listen(master);
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_int_eq(wstatus, 0);
	f = stat_fields();
	ck_assert_int_eq(f.pid, pid);
	ck_assert_int_eq(f.sid, pid);
	ck_assert_int_eq(f.tpgid, pid);
	ck_assert_int_ne(f.tty, 0);
	(void)close(master);
}
END_TEST

/* A session leader on a terminal, as sshd makes us, runs the plan on it. */
static void
lead_and_spawn(int slave)
{
	int wstatus;
	pid_t pid;

	if (setsid() == -1 || ioctl(slave, TIOCSCTTY, 0) == -1 ||
	    dup2(slave, 0) == -1)
		_exit(10);
	if ((pid = spawn(scene.plan, NULL, NULL, &scene.failed)) == -1)
		_exit(20 + (int)scene.failed.step);
	if (waitpid(pid, &wstatus, WUNTRACED) != pid || wstatus != 0)
		_exit(11);
	_exit(0);
}

/*
 * Would have caught a command in the background of its terminal, which stops
 * at the first read, and a TIOCSPGRP that stops the child by SIGTTOU.
 */
START_TEST(new_group_in_the_foreground)
{
	struct plan_step step = { .kind = PLAN_FOREGROUND, .u.fd = 0 };
	char name[PTY_NAME_SIZE];
	struct stat_fields f;
	int master, slave, wstatus;
	pid_t pid;

	ck_assert_int_eq(pty_open(&master, &slave, name), 0);
	scene_kind(PLAN_NEW_GROUP);
	scene_add(&step);
	scene_kind(PLAN_SIGNALS);
	scene_output();
	scene_kind(PLAN_CLOSE);
	scene_cat("/proc/self/stat");
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0)
		lead_and_spawn(slave);
	(void)close(scene.out[1]);
	scene_listen(scene.out[0]);
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_msg(wstatus == 0, "status %#x", (unsigned int)wstatus);
	f = stat_fields();
	ck_assert_int_eq(f.sid, pid);
	ck_assert_int_eq(f.pgrp, f.pid);
	ck_assert_int_eq(f.tpgid, f.pid);
	ck_assert_int_ne(f.pid, pid);
	(void)close(master);
	(void)close(slave);
}
END_TEST

/*
 * As Go's Setctty: the number is the child's.  Would have caught the parent's
 * descriptor of that number taken, which is another terminal.
 */
START_TEST(controlling_terminal_by_the_number_inside)
{
	const struct plan_step session = { .kind = PLAN_NEW_SESSION };
	struct plan_step tty = { .kind = PLAN_CONTROLLING_TTY };
	int master, slave, wrong_master, wrong, wstatus, list[5];
	const struct plan_step fds = { .kind = PLAN_DESCRIPTORS,
	    .u.fds = { list, 5 } };
	const struct plan_step end = { .kind = PLAN_CLOSE, .u.more = 2 };
	char name[PTY_NAME_SIZE], byte;
	pid_t pid;

	ck_assert_int_eq(pty_open(&wrong_master, &wrong, name), 0);
	ck_assert_int_eq(pty_open(&master, &slave, name), 0);
	list[0] = list[2] = 0;
	list[1] = scene.out[1];
	list[3] = wrong;
	list[4] = slave;
	/* where the parent has it is where it would be wrong */
	if (fcntl(4, F_GETFD) == -1)
		ck_assert_int_eq(dup2(wrong, 4), 4);
	tty.u.fd = 4;
	scene_add(&session);
	scene_kind(PLAN_SIGNALS);
	scene_add(&fds);
	scene_add(&tty);
	scene_add(&end);
	scene_script("echo x >/dev/tty");
	ck_assert_int_eq(plan_check(scene.plan, scene.said,
	    sizeof(scene.said)), 0);
	ck_assert_int_ne(pid = spawn(scene.plan, NULL, NULL, &scene.failed),
	    -1);
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_int_eq(wstatus, 0);
	ck_assert_int_eq(fcntl(master, F_SETFL, O_NONBLOCK), 0);
	ck_assert_int_eq(fcntl(wrong_master, F_SETFL, O_NONBLOCK), 0);
	ck_assert_int_eq(read(master, &byte, 1), 1);
	ck_assert_int_eq(byte, 'x');
	ck_assert_int_eq(read(wrong_master, &byte, 1), -1);
}
END_TEST

/*
 * In its parent's session, and without its terminal.  Would have caught a
 * step that takes the terminal away from all of the session.
 */
START_TEST(no_terminal)
{
	const struct plan_step step = { .kind = PLAN_NO_TTY, .u.fd = 0 };
	char name[PTY_NAME_SIZE];
	struct stat_fields f;
	int master, slave, wstatus;
	pid_t pid;

	ck_assert_int_eq(pty_open(&master, &slave, name), 0);
	scene_kind(PLAN_SIGNALS);
	scene_output();
	scene_add(&step);
	scene_kind(PLAN_CLOSE);
	if (_i == 0)
		scene_cat("/proc/self/stat");
	else
		scene_script("(: </dev/tty) 2>/dev/null || "
		    "read x </proc/$PPID/stat; echo $x | cut -d ' ' -f 7");
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0)
		lead_and_spawn(slave);
	(void)close(scene.out[1]);
	scene_listen(scene.out[0]);
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_msg(wstatus == 0, "status %#x", (unsigned int)wstatus);
	if (_i == 1) {
		/* the leader has it still */
		ck_assert_int_gt(atoi(scene.said), 0);
	} else {
		f = stat_fields();
		ck_assert_int_eq(f.sid, pid);
		ck_assert_int_eq(f.tty, 0);
		ck_assert_int_eq(f.tpgid, -1);
	}
	(void)close(master);
	(void)close(slave);
}
END_TEST

/* A pipeline: the second command joins the first one's group. */
START_TEST(new_group_of_another)
{
	struct plan_step step = { .kind = PLAN_NEW_GROUP };
	struct stat_fields f;
	pid_t leader;

	ck_assert_int_ne(leader = fork(), -1);
	if (leader == 0) {
		(void)close(scene.out[1]);
		(void)alarm(10);
		for (;;)
			(void)pause();
	}
	ck_assert_int_eq(setpgid(leader, leader), 0);
	step.u.pgid = _i == 0 ? leader : 0;
	scene_add(&step);
	scene_output();
	scene_basics();
	scene_cat("/proc/self/stat");
	ck_assert_int_eq(plan_check(scene.plan, scene.said,
	    sizeof(scene.said)), 0);
	ck_assert_int_ne(spawn(scene.plan, NULL, NULL, &scene.failed), -1);
	(void)close(scene.out[1]);
	scene_listen(scene.out[0]);
	(void)kill(leader, SIGKILL);
	f = stat_fields();
	ck_assert_int_eq(f.pgrp, _i == 0 ? leader : f.pid);
	ck_assert_int_ne(f.pid, leader);
	ck_assert_int_eq(f.sid, getsid(0));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("terminal");
	TCase *tc = tcase_create("terminal");

	if (geteuid() != 0)
		printf("SKIP check_terminal taken back: not root\n");
	tcase_add_checked_fixture(tc, scene_begin, scene_end);
	tcase_add_test(tc, I16_new_session);
	tcase_add_loop_test(tc, new_session_on_a_new_terminal, 0,
	    geteuid() == 0 ? 2 : 1);
	tcase_add_test(tc, controlling_terminal_by_the_number_inside);
	tcase_add_loop_test(tc, no_terminal, 0, 2);
	tcase_add_test(tc, new_group_in_the_foreground);
	tcase_add_loop_test(tc, new_group_of_another, 0, 2);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
