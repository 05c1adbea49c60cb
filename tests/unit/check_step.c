/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What each step does, seen from the command that it makes: by what /proc
 * says of it, and by what it can do.  The identity's steps are in
 * check_drop.c, descriptors in check_descriptors.c, sessions and terminals in
 * check_terminal.c, namespaces in check_nspace.c, and what is taken away in
 * check_confined.c.
 */

#include "config.h"
#include "step.h"

#include <sys/ptrace.h>
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
#include "run.h"
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

/*
 * A debugger's child.  Would have caught one that runs before it is held, or
 * that is held before all else is done.
 */
START_TEST(traced_from_the_exec)
{
	int wstatus;
	pid_t pid;

	scene_output();
	scene_basics();
	scene_kind(PLAN_TRACE);
	scene_script("echo ran");
	pid = spawn(scene.plan, NULL, NULL, &scene.failed);
	ck_assert_int_gt(pid, 0);
	(void)close(scene.out[1]);
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_msg(WIFSTOPPED(wstatus) && WSTOPSIG(wstatus) == SIGTRAP,
	    "status %#x", (unsigned int)wstatus);
	ck_assert_int_eq(fcntl(scene.out[0], F_SETFL, O_NONBLOCK), 0);
	ck_assert_int_eq(read(scene.out[0], scene.said, 1), -1);
	ck_assert_int_eq(fcntl(scene.out[0], F_SETFL, 0), 0);
	ck_assert_int_eq(ptrace(PTRACE_DETACH, pid, NULL, NULL), 0);
	scene_listen(scene.out[0]);
	ck_assert_str_eq(scene.said, "ran\n");
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_int_eq(wstatus, 0);
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

	tcase_add_checked_fixture(tc, scene_begin, scene_end);
	tcase_add_loop_test(tc, signals_are_reset, 0, 2);
	tcase_add_test(tc, I5_environment_is_exact);
	tcase_add_loop_test(tc, directory_and_its_fallback, 0, 2);
	tcase_add_test(tc, no_directory_at_all);
	tcase_add_test(tc, traced_from_the_exec);
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
	return run_suite(suite());
}
