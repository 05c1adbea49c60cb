/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * A helper ends as its command ended.  Every case ends a real child and
 * looks at what wait(2) says of it.
 */

#include "config.h"
#include "exitcode.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

static char directory[] = "/tmp/check_exitcode.XXXXXX";

/* Core files would land here, and make rmdir(2) in teardown fail. */
static void
setup(void)
{
	struct rlimit core;

	ck_assert_ptr_nonnull(mkdtemp(directory));
	ck_assert_int_eq(chdir(directory), 0);
	/* as much as we may: root may have no limit at all */
	ck_assert_int_eq(getrlimit(RLIMIT_CORE, &core), 0);
	if (geteuid() == 0)
		core.rlim_max = RLIM_INFINITY;
	core.rlim_cur = core.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_CORE, &core), 0);
}

static void
teardown(void)
{
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(rmdir(directory), 0);
}

/* What a child that runs "end" leaves as its status. */
static int
status_of(void (*end)(int), int arg)
{
	int wstatus;
	pid_t pid;

	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		end(arg);
		_exit(99);
	}
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	return wstatus;
}

static const int codes[] = { 0, 1, 2, 42, 64, 99, 126, 127, 128, 129, 143,
	254, 255 };

/* Would have caught a status mapped as a shell maps it, or cut to 7 bits. */
START_TEST(ends_with_the_same_status)
{
	int want = W_EXITCODE(codes[_i], 0);

	ck_assert_int_eq(status_of(exitcode_end_as, want), want);
}
END_TEST

static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP,
	SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGUSR1, SIGSEGV, SIGUSR2, SIGPIPE,
	SIGALRM, SIGTERM, SIGXCPU, SIGSYS, 40 };

/*
 * Would have caught 128 + n in place of the signal, and a second core file:
 * the flag must not be set even where the command left one.
 */
START_TEST(ends_by_the_same_signal_without_a_core)
{
	int sig = signals[_i], got;

	got = status_of(exitcode_end_as, W_EXITCODE(0, sig));
	ck_assert_msg(WIFSIGNALED(got), "signal %d: status %#x", sig,
	    (unsigned int)got);
	ck_assert_int_eq(WTERMSIG(got), sig);
	ck_assert_msg(!WCOREDUMP(got), "signal %d left a core", sig);
	got = status_of(exitcode_end_as, W_EXITCODE(0, sig) | WCOREFLAG);
	ck_assert_int_eq(WTERMSIG(got), sig);
	ck_assert_msg(!WCOREDUMP(got), "signal %d left a core", sig);
}
END_TEST

static void
on_signal(int sig)
{
	(void)sig;
	_exit(98);
}

/* As main may be while it waits: forwarding some, ignoring others. */
static void
end_while_held(int sig)
{
	sigset_t all;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_BLOCK, &all, NULL);
	(void)signal(sig, SIG_IGN);
	exitcode_end_as(W_EXITCODE(0, sig));
}

static void
end_while_caught(int sig)
{
	(void)signal(sig, on_signal);
	exitcode_end_as(W_EXITCODE(0, sig));
}

/* Would have caught a signal that our own handler or mask kept from us. */
START_TEST(ends_although_blocked_ignored_or_caught)
{
	int got = status_of(end_while_held, signals[_i]);

	ck_assert_msg(WIFSIGNALED(got), "signal %d held: status %#x",
	    signals[_i], (unsigned int)got);
	ck_assert_int_eq(WTERMSIG(got), signals[_i]);
	got = status_of(end_while_caught, signals[_i]);
	ck_assert_msg(WIFSIGNALED(got), "signal %d caught: status %#x",
	    signals[_i], (unsigned int)got);
	ck_assert_int_eq(WTERMSIG(got), signals[_i]);
}
END_TEST

/* Ends with the status of the first process of a new namespace, or 77. */
static void
end_within_a_namespace(int sig)
{
	int wstatus;
	pid_t pid;

	if (unshare(CLONE_NEWPID) == -1)
		_exit(77);
	if ((pid = fork()) == 0)
		exitcode_end_as(W_EXITCODE(0, sig));
	if (waitpid(pid, &wstatus, 0) != pid || !WIFEXITED(wstatus))
		_exit(0);
	_exit(WEXITSTATUS(wstatus));
}

/*
 * The first process of a pid namespace cannot kill itself.  Would have
 * caught a function that returns then, or says that all went well.
 */
START_TEST(ends_even_as_process_1)
{
	int code = WEXITSTATUS(status_of(end_within_a_namespace, SIGTERM));

	if (code == 77)
		printf("SKIP ends_even_as_process_1: no namespaces\n");
	else
		ck_assert_int_ge(code, 128);
}
END_TEST

static const struct {
	int err;
	int code;
} execs[] = {
	{ ENOENT, 127 }, { ENOTDIR, 127 }, { EACCES, 126 }, { ENOEXEC, 126 },
	{ EPERM, 126 }, { ELOOP, 126 }, { E2BIG, 126 }, { ETXTBSY, 126 },
	{ EISDIR, 126 }, { ENOMEM, 126 }, { ENAMETOOLONG, 126 },
};

/* Would have caught 127 for a file that is there. */
START_TEST(exec_failures)
{
	ck_assert_int_eq(exitcode_of_exec(execs[_i].err), execs[_i].code);
}
END_TEST

static const struct {
	int wstatus;
	const char *words;
} described[] = {
	{ W_EXITCODE(0, 0), "exited with 0" },
	{ W_EXITCODE(3, 0), "exited with 3" },
	{ W_EXITCODE(255, 0), "exited with 255" },
	{ W_EXITCODE(0, SIGTERM), "killed by SIGTERM" },
	{ W_EXITCODE(0, SIGKILL), "killed by SIGKILL" },
	{ W_EXITCODE(0, SIGSEGV) | WCOREFLAG, "killed by SIGSEGV" },
};

/* Would have caught the core flag taken for a part of the number. */
START_TEST(described_in_words)
{
	char buf[64];

	ck_assert_ptr_eq(exitcode_describe(described[_i].wstatus, buf,
	    sizeof(buf)), buf);
	ck_assert_str_eq(buf, described[_i].words);
}
END_TEST

/* Would have caught a name taken from a table that ends at 31. */
START_TEST(real_time_signals_have_no_name)
{
	char buf[64];

	(void)exitcode_describe(W_EXITCODE(0, 40), buf, sizeof(buf));
	ck_assert_ptr_nonnull(strstr(buf, "killed by "));
	ck_assert_ptr_nonnull(strstr(buf, "40"));
	ck_assert_ptr_null(strstr(buf, "(null)"));
}
END_TEST

/* Would have caught a buffer that is overrun or left without its end. */
START_TEST(description_is_cut)
{
	char buf[8];

	memset(buf, 'x', sizeof(buf));
	(void)exitcode_describe(W_EXITCODE(0, SIGTERM), buf, 5);
	ck_assert_str_eq(buf, "kill");
	ck_assert_int_eq(buf[5], 'x');
	(void)exitcode_describe(W_EXITCODE(3, 0), buf, 1);
	ck_assert_str_eq(buf, "");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("exitcode");
	TCase *ends = tcase_create("ends"), *words = tcase_create("words"),
	    *root;

	tcase_add_checked_fixture(ends, setup, teardown);
	tcase_add_loop_test(ends, ends_with_the_same_status, 0, NROWS(codes));
	tcase_add_loop_test(ends, ends_by_the_same_signal_without_a_core, 0,
	    NROWS(signals));
	/* KILL (row 8) can be neither held nor caught; all others can. */
	tcase_add_loop_test(ends, ends_although_blocked_ignored_or_caught, 0,
	    NROWS(signals));
	suite_add_tcase(s, ends);
	tcase_add_loop_test(words, exec_failures, 0, NROWS(execs));
	tcase_add_loop_test(words, described_in_words, 0, NROWS(described));
	tcase_add_test(words, real_time_signals_have_no_name);
	tcase_add_test(words, description_is_cut);
	suite_add_tcase(s, words);
	if (geteuid() != 0) {
		printf("SKIP check_exitcode root cases: not root\n");
		return s;
	}
	root = tcase_create("root");
	tcase_add_test(root, ends_even_as_process_1);
	suite_add_tcase(s, root);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
