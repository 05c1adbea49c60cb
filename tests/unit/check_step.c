/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What each step does, seen from the command that it makes: by what /proc
 * says of it, and by what it can do.  The identity's steps are in
 * check_drop.c.
 */

#include "config.h"
#include "step.h"

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plan.h"
#include "pty.h"
#include "scene.h"
#include "spawn.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))
#define ZEROES "0000000000000000"

/*
 * Signals as Go leaves them, and as we do while we wait.  Would have caught a
 * command that ^C or a closed pipe cannot end; but nohup(1) means it.
 */
START_TEST(signals_are_reset)
{
	/* the kernel's struct sigaction: a handler, and nothing else set */
	const unsigned long ignore[8] = { 1 };
	sigset_t all, now;
	int sig;

	for (sig = 1; sig < NSIG; sig++)
		(void)signal(sig, SIG_IGN);
	/* libc keeps these two from us, and posix_spawn(3) ignores them */
	for (sig = 32; sig <= 33; sig++)
		(void)syscall(SYS_rt_sigaction, sig, ignore, NULL,
		    (size_t)_NSIG / 8);
	(void)signal(SIGCHLD, SIG_DFL);
	if (_i == 0)
		(void)signal(SIGHUP, SIG_DFL);
	(void)sigfillset(&all);
	ck_assert_int_eq(sigprocmask(SIG_SETMASK, &all, NULL), 0);
	scene_output();
	scene_basics();
	scene_cat("/proc/self/status");
	scene_run(NULL, NULL);
	ck_assert_str_eq(scene_field("SigIgn:"), _i == 0 ? ZEROES :
	    "0000000000000001");
	ck_assert_str_eq(scene_field("SigBlk:"), ZEROES);
	ck_assert_str_eq(scene_field("SigCgt:"), ZEROES);
	/* and ours are what they were: the memory was shared */
	ck_assert_ptr_eq(signal(SIGPIPE, SIG_DFL), SIG_IGN);
	ck_assert_int_eq(sigprocmask(SIG_SETMASK, NULL, &now), 0);
	ck_assert_int_eq(sigismember(&now, SIGPIPE), 1);
	ck_assert_int_eq(sigismember(&now, SIGTERM), 1);
}
END_TEST

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

/* The environment is the plan's, to the byte (I5). */
START_TEST(I5_environment_is_exact)
{
	static const char *const argv[] = { "env", NULL };
	static const char *const paths[] = { "/usr/bin/env", NULL };

	ck_assert_int_eq(setenv("LEAK", "1", 1), 0);
	scene_output();
	scene_basics();
	scene_exec(paths, argv);
	scene_run(NULL, NULL);
	ck_assert_str_eq(scene.said, "PATH=/usr/bin:/bin\nA=1\n");
}
END_TEST

/*
 * Every way to fill 0, 1 and 2 from 0, 1, 2 and a fourth.  Would have caught
 * the exchange that overwrites what it needs next.
 */
START_TEST(descriptors_in_every_order)
{
	struct plan_step step = { .kind = PLAN_DESCRIPTORS };
	int fds[4], i, k, n, wstatus;
	char got[8], want[8];
	pid_t pid;

	for (i = 0; i < 3; i++)
		step.u.fds[i] = (_i >> 2 * i) & 3;
	for (i = 0; i < 4; i++) {
		ck_assert_int_ne(fds[i] = memfd_create("t", 0), -1);
		if (i < 3)
			ck_assert_int_eq(dup2(fds[i], i), i);
	}
	/* CLOEXEC must not stay on those that already are where they go */
	ck_assert_int_eq(fcntl(1, F_SETFD, FD_CLOEXEC), 0);
	for (i = 0; i < 3; i++)
		if (step.u.fds[i] == 3)
			step.u.fds[i] = fds[3];
	scene_add(&step);
	scene_basics();
	scene_script("printf 0 >&0; printf 1 >&1; printf 2 >&2");
	pid = spawn(scene.plan, NULL, NULL, &scene.failed);
	ck_assert_int_ne(pid, -1);
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_int_eq(wstatus, 0);
	for (k = 0; k < 4; k++) {
		for (n = i = 0; i < 3; i++)
			if (step.u.fds[i] == (k < 3 ? k : fds[3]))
				want[n++] = (char)('0' + i);
		want[n] = '\0';
		ck_assert_int_eq(pread(fds[k], got, sizeof(got), 0), n);
		got[n] = '\0';
		ck_assert_str_eq(got, want);
	}
}
END_TEST

/* A plan for --explain, whose terminal is not there yet, must not run. */
START_TEST(a_descriptor_that_is_not_there)
{
	const struct plan_step step = { .kind = PLAN_DESCRIPTORS,
	    .u.fds = { 0, 1, PLAN_NEW_TERMINAL } };

	scene_add(&step);
	scene_basics();
	scene_script("echo ran");
	scene_fails(PLAN_DESCRIPTORS, EBADF);
}
END_TEST

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
	int master, slave, wstatus;
	pid_t pid, thief = -1;

	ck_assert_int_eq(pty_open(&master, &slave, name), 0);
	if (_i)
		thief = take_terminal(slave);
	scene_kind(PLAN_NEW_SESSION);
	step.u.fd = slave;
	scene_add(&step);
	scene_kind(PLAN_SIGNALS);
	step.kind = PLAN_DESCRIPTORS;
	step.u.fds[0] = step.u.fds[1] = step.u.fds[2] = slave;
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

/* Would have caught a login refused for its home, and our own move. */
START_TEST(directory_and_its_fallback)
{
	struct plan_step step = { .kind = PLAN_DIRECTORY,
	    .u.dir = { "/nonexistent/home", _i ? "/usr" : NULL } };
	char cwd[256];

	scene_output();
	scene_basics();
	scene_add(&step);
	scene_script("pwd");
	if (_i == 0) {
		scene_fails(PLAN_DIRECTORY, ENOENT);
		return;
	}
	scene_run(NULL, NULL);
	ck_assert_str_eq(scene.said, "/usr\n");
	ck_assert_ptr_nonnull(getcwd(cwd, sizeof(cwd)));
	ck_assert_str_ne(cwd, "/usr");
}
END_TEST

/* Would have caught a fallback that fails without a word. */
START_TEST(no_directory_at_all)
{
	struct plan_step step = { .kind = PLAN_DIRECTORY,
	    .u.dir = { "/nonexistent/home", "/dev/null" } };

	scene_output();
	scene_basics();
	scene_add(&step);
	scene_script("pwd");
	scene_fails(PLAN_DIRECTORY, ENOTDIR);
}
END_TEST

/* A file that can be executed and is no program, one that cannot, a loop. */
static char directory[] = "/tmp/check_step.XXXXXX";

static void
make_files(void)
{
	static const char *const names[] = { "no-program", "plain" };
	char path[64];
	int i, fd;

	ck_assert_ptr_nonnull(mkdtemp(directory));
	ck_assert_int_eq(chmod(directory, 0755), 0);
	for (i = 0; i < 2; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", directory,
		    names[i]);
		fd = open(path, O_WRONLY | O_CREAT, i == 0 ? 0755 : 0644);
		ck_assert_int_ne(fd, -1);
		ck_assert_int_eq(write(fd, "echo ran\n", 9), 9);
		(void)close(fd);
	}
	(void)snprintf(path, sizeof(path), "%s/loop", directory);
	ck_assert_int_eq(symlink("loop", path), 0);
}

static void
remove_files(void)
{
	static const char *const names[] = { "no-program", "plain", "loop" };
	char path[64];
	int i;

	for (i = 0; i < 3; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", directory,
		    names[i]);
		(void)unlink(path);
	}
	(void)rmdir(directory);
}

static const struct {
	const char *paths[4];
	int err;		/* 0: the last one runs */
} execs[] = {
	{ { "/bin/cat", NULL }, 0 },
	{ { "/no/such", "/bin/cat/x", "plain", "/bin/cat" }, 0 },
	{ { NULL }, ENOENT },
	{ { "/no/such", NULL }, ENOENT },
	{ { "/bin/cat/x", NULL }, ENOTDIR },
	{ { "plain", NULL }, EACCES },
	{ { "/", NULL }, EACCES },
	{ { "plain", "/no/such", NULL }, EACCES },	/* as execvp(3) */
	{ { "no-program", NULL }, ENOEXEC },	/* not run by a shell */
	{ { "no-program", "/bin/cat", NULL }, ENOEXEC },
	{ { "loop", NULL }, ELOOP },
	{ { "", NULL }, ENOENT },
};

/* Would have caught 127 for a file that is there, and a search that stops. */
START_TEST(exec_takes_the_first_that_is_there)
{
	static const char *const argv[] = { "cat", "/dev/null", NULL };
	const char *paths[5] = { NULL };
	int i;

	ck_assert_int_eq(chdir(directory), 0);
	for (i = 0; i < 4; i++)
		paths[i] = execs[_i].paths[i];
	scene_output();
	scene_basics();
	scene_exec(paths, argv);
	if (execs[_i].err == 0)
		scene_run(NULL, NULL);
	else
		scene_fails(PLAN_EXEC, execs[_i].err);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("step");
	TCase *tc = tcase_create("step"), *execve = tcase_create("exec");

	if (geteuid() != 0)
		printf("SKIP check_step terminal taken back: not root\n");
	tcase_add_checked_fixture(tc, scene_begin, scene_end);
	tcase_add_loop_test(tc, signals_are_reset, 0, 2);
	tcase_add_test(tc, I7_no_descriptor_above_2);
	tcase_add_test(tc, I5_environment_is_exact);
	tcase_add_loop_test(tc, descriptors_in_every_order, 0, 64);
	tcase_add_test(tc, a_descriptor_that_is_not_there);
	tcase_add_test(tc, I16_new_session);
	tcase_add_loop_test(tc, new_session_on_a_new_terminal, 0,
	    geteuid() == 0 ? 2 : 1);
	tcase_add_test(tc, new_group_in_the_foreground);
	tcase_add_loop_test(tc, directory_and_its_fallback, 0, 2);
	tcase_add_test(tc, no_directory_at_all);
	suite_add_tcase(s, tc);
	tcase_add_unchecked_fixture(execve, make_files, remove_files);
	tcase_add_checked_fixture(execve, scene_begin, scene_end);
	tcase_add_loop_test(execve, exec_takes_the_first_that_is_there, 0,
	    NROWS(execs));
	suite_add_tcase(s, execve);
	return s;
}

int
main(void)
{
	SRunner *sr = srunner_create(suite());
	int failed;

	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? 0 : 1;
}
