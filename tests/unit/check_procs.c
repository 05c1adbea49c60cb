/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "procs.h"

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pty.h"
#include "run.h"

/* Every process of a test; ended by the test, or by check with its group. */
static int ready[2];

static void
setup(void)
{
	ck_assert_int_eq(pipe(ready), 0);
	/* grandchildren are ours to wait for when their parent is gone */
	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
}

/*
 * What is sent here ends these processes and no other: everybody's default is
 * to ignore SIGURG.  A module at fault must not take the machine along.
 */
#define HIT SIGURG
#define WAS_HIT 42

static void
on_hit(int sig)
{
	(void)sig;
	_exit(WAS_HIT);
}

enum role { LEADER, MEMBER, JOB, DAEMON, BYSTANDER, ROLES };

struct hello {
	enum role role;
	pid_t pid;
};

/* Tell the test who we are, and stay until we are killed. */
static void
stay(enum role role)
{
	struct hello hello = { role, getpid() };

	(void)signal(HIT, on_hit);
	/* check's own handler would not end us */
	(void)signal(SIGALRM, SIG_DFL);
	(void)alarm(10);
	if (write(ready[1], &hello, sizeof(hello)) != (ssize_t)sizeof(hello))
		_exit(1);
	for (;;)
		(void)pause();
}

/* Take the pids of the next "n" processes that are ready. */
static void
wait_ready(pid_t pids[ROLES], int n)
{
	struct hello hello;

	while (n-- > 0) {
		ck_assert_int_eq(read(ready[0], &hello, sizeof(hello)),
		    (ssize_t)sizeof(hello));
		pids[hello.role] = hello.pid;
	}
}

/* Whether a process was hit: waits a little for it to end. */
static int
was_hit(pid_t pid)
{
	int wstatus, tries;

	for (tries = 0; tries < 20; tries++) {
		if (waitpid(pid, &wstatus, WNOHANG) == pid)
			return wstatus == W_EXITCODE(WAS_HIT, 0);
		(void)usleep(10000);
	}
	return 0;
}

static void
kill_and_reap(pid_t pid)
{
	int tries;

	ck_assert_int_gt(pid, 1);	/* -1 would be everybody */
	(void)kill(pid, SIGKILL);
	/* It is not ours before its parent, which was hit, is gone. */
	for (tries = 0; tries < 300; tries++) {
		if (waitpid(pid, NULL, 0) == pid)
			return;
		ck_assert_int_eq(errno, ECHILD);
		(void)usleep(10000);
	}
	ck_abort_msg("process %d is not ours to reap", (int)pid);
}

static const char *const comms[] = {
	"plain", ") S 1 (", "a) R 1 1 1 1", "(", ")", ") ", "a b", "a\nb",
	"sshd) Z 1 1", "", "123456789012345",
};

/*
 * CVE-2017-1000367: the name of a process may look like the fields that
 * follow it.  Would have caught a reader that stops at the first ')'.
 */
START_TEST(stat_of_any_name)
{
	struct procs_stat st;
	pid_t pid, pids[ROLES];

	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		(void)setsid();
		(void)prctl(PR_SET_NAME, (unsigned long)(uintptr_t)comms[_i],
		    0, 0, 0);
		stay(LEADER);
	}
	wait_ready(pids, 1);
	memset(&st, 'x', sizeof(st));
	ck_assert_int_eq(procs_stat(pid, &st), 0);
	ck_assert_int_eq(st.ppid, getpid());
	ck_assert_int_eq(st.sid, pid);
	ck_assert_int_eq(st.ended, 0);
	ck_assert_str_eq(st.comm, comms[_i]);
	kill_and_reap(pid);
}
END_TEST

/* The same for a name that a program has from its file. */
START_TEST(stat_of_a_program_of_that_name)
{
	char directory[] = "/tmp/check_procs.XXXXXX", path[64], byte;
	struct procs_stat st;
	int fds[2];
	pid_t pid;

	ck_assert_ptr_nonnull(mkdtemp(directory));
	(void)snprintf(path, sizeof(path), "%s/) S 1 1 (", directory);
	ck_assert_int_eq(symlink("/bin/sleep", path), 0);
	/* the write end closes on exec: what is read then is end of file */
	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		(void)execl(path, path, "30", (char *)NULL);
		_exit(1);
	}
	(void)close(fds[1]);
	ck_assert_int_eq(read(fds[0], &byte, 1), 0);
	ck_assert_int_eq(procs_stat(pid, &st), 0);
	ck_assert_str_eq(st.comm, ") S 1 1 (");
	ck_assert_int_eq(st.ppid, getpid());
	ck_assert_int_eq(st.sid, getsid(0));
	kill_and_reap(pid);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(rmdir(directory), 0);
	(void)close(fds[0]);
}
END_TEST

/*
 * Would have caught a terminal of another number than stat(2) gives, and one
 * of the many fields mistaken for another: two processes that were not born
 * at once would have been born at once, or one twice.
 */
START_TEST(stat_of_a_terminal_and_a_birth)
{
	const struct timespec tick = { .tv_nsec = 30000000 };
	struct procs_stat first, second, again;
	struct stat slave;
	pid_t pids[ROLES];
	int m, s;
	pid_t pid;
	char name[PTY_NAME_SIZE];

	ck_assert_int_eq(procs_stat(getpid(), &first), 0);
	ck_assert_int_eq(pty_open(&m, &s, name), 0);
	ck_assert_int_eq(fstat(s, &slave), 0);
	(void)nanosleep(&tick, NULL);
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		if (setsid() == -1 || ioctl(s, TIOCSCTTY, 0) == -1)
			_exit(1);
		stay(LEADER);
	}
	wait_ready(pids, 1);
	ck_assert_int_eq(procs_stat(pid, &second), 0);
	ck_assert_uint_eq(second.tty, slave.st_rdev);
	ck_assert_uint_gt(second.start, first.start);
	ck_assert_int_eq(procs_stat(pid, &again), 0);
	ck_assert_uint_eq(again.start, second.start);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	(void)close(m);
	(void)close(s);
}
END_TEST

/* Would have caught an answer about a process that is not there. */
START_TEST(stat_of_nobody)
{
	struct procs_stat st;
	pid_t pid;

	ck_assert_int_eq(procs_stat(getpid(), &st), 0);
	ck_assert_int_eq(st.ppid, getppid());
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0)
		_exit(0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	errno = 0;
	ck_assert_int_eq(procs_stat(pid, &st), -1);
	ck_assert_int_ne(errno, 0);
	ck_assert_int_eq(procs_stat(-1, &st), -1);
	ck_assert_int_eq(procs_stat(INT_MAX, &st), -1);
}
END_TEST

/*
 * A session as a shell makes it: a leader, a process in its group, one in a
 * group of its own, and one that has left by setsid(2), as nohup users and
 * mosh-server do.  And one process that was never in it.
 */
static void
make_session(pid_t pids[ROLES])
{
	pid_t pid;

	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0)
		stay(BYSTANDER);
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		(void)setsid();
		if (fork() == 0)
			stay(MEMBER);
		if (fork() == 0) {
			(void)setpgid(0, 0);
			stay(JOB);
		}
		if (fork() == 0) {
			(void)setsid();
			stay(DAEMON);
		}
		stay(LEADER);
	}
	wait_ready(pids, ROLES);
}

/* I10.  Would have caught a signal to one group only, or to a daemon. */
START_TEST(I10_all_of_the_session_and_no_other)
{
	pid_t pids[ROLES], leader;

	make_session(pids);
	leader = pids[LEADER];
	ck_assert_int_eq(procs_signal_session(leader, 0, 0), 3);
	ck_assert_int_eq(procs_signal_session(leader, HIT, 0), 3);
	ck_assert_int_eq(was_hit(leader), 1);
	ck_assert_int_eq(was_hit(pids[MEMBER]), 1);
	ck_assert_int_eq(was_hit(pids[JOB]), 1);
	ck_assert_int_eq(was_hit(pids[DAEMON]), 0);
	ck_assert_int_eq(was_hit(pids[BYSTANDER]), 0);
	/* and now it is empty */
	ck_assert_int_eq(procs_signal_session(leader, HIT, 0), 0);
	kill_and_reap(pids[DAEMON]);
	kill_and_reap(pids[BYSTANDER]);
}
END_TEST

/* Would have caught the parent that hangs itself up with the session. */
START_TEST(the_exception_is_spared)
{
	pid_t pids[ROLES], leader;

	make_session(pids);
	leader = pids[LEADER];
	ck_assert_int_eq(procs_signal_session(leader, HIT, leader), 2);
	ck_assert_int_eq(was_hit(leader), 0);
	/* the others are its children; without it they are ours */
	kill_and_reap(leader);
	ck_assert_int_eq(was_hit(pids[MEMBER]), 1);
	ck_assert_int_eq(was_hit(pids[JOB]), 1);
	ck_assert_int_eq(was_hit(pids[DAEMON]), 0);
	ck_assert_int_eq(was_hit(pids[BYSTANDER]), 0);
	kill_and_reap(pids[DAEMON]);
	kill_and_reap(pids[BYSTANDER]);
}
END_TEST

/*
 * Would have caught a signal to another user's process in a session whose
 * number might be another one's by now.
 */
START_TEST(I10_only_that_user_s)
{
	const uid_t uid = getuid();
	pid_t pids[ROLES], other[ROLES], pid;

	make_session(pids);
	ck_assert_int_eq(procs_signal_users(pids[LEADER], uid + 1, HIT, 0), 0);
	ck_assert_int_eq(procs_signal_users(0, uid, HIT, 0), -1);
	ck_assert_int_eq(procs_signal_users(pids[LEADER], uid, HIT, 0), 3);
	ck_assert_int_eq(was_hit(pids[LEADER]), 1);
	ck_assert_int_eq(was_hit(pids[MEMBER]), 1);
	ck_assert_int_eq(was_hit(pids[JOB]), 1);
	kill_and_reap(pids[DAEMON]);
	kill_and_reap(pids[BYSTANDER]);
	if (uid != 0) {
		puts("SKIP I10_only_that_user_s, another: needs root");
		return;
	}
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		(void)setsid();
		if (fork() == 0) {
			/* As su(1) leaves it; its effective one is not. */
			if (setresuid(1, 0, 0) == -1)
				_exit(1);
			stay(MEMBER);
		}
		stay(LEADER);
	}
	wait_ready(other, 2);
	ck_assert_int_eq(procs_signal_users(pid, 1, HIT, 0), 1);
	ck_assert_int_eq(was_hit(pid), 0);
	kill_and_reap(pid);
	ck_assert_int_eq(was_hit(other[MEMBER]), 1);
}
END_TEST

/* CVE-2017-2616.  Would have caught a pid that is somebody else's by now. */
START_TEST(only_who_was_born_then)
{
	struct procs_stat st;
	pid_t pids[ROLES], pid;

	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0)
		stay(LEADER);
	wait_ready(pids, 1);
	ck_assert_int_eq(procs_stat(pid, &st), 0);
	ck_assert_int_eq(procs_lives(pid, st.start), 1);
	ck_assert_int_eq(procs_lives(pid, st.start + 1), 0);
	ck_assert_int_eq(procs_lives(pid, 0), 0);
	ck_assert_int_eq(procs_signal_born(pid, st.start + 1, HIT), 0);
	ck_assert_int_eq(procs_signal_born(pid, 0, HIT), 0);
	ck_assert_int_eq(procs_signal_born(0, st.start, HIT), 0);
	ck_assert_int_eq(procs_signal_born(-1, st.start, HIT), 0);
	ck_assert_int_eq(procs_signal_born(pid, st.start, 0), 1);
	ck_assert_int_eq(was_hit(pid), 0);
	ck_assert_int_eq(procs_signal_born(pid, st.start, HIT), 1);
	ck_assert_int_eq(was_hit(pid), 1);
	ck_assert_int_eq(procs_signal_born(pid, st.start, HIT), 0);
}
END_TEST

/* Its process 1 says that it is pid 1, which we say better. */
static void
begin_namespace(void)
{
	struct hello hello = { .role = DAEMON };

	if (unshare(CLONE_NEWPID) == -1 || (hello.pid = fork()) == -1)
		_exit(1);
	if (hello.pid != 0) {
		if (write(ready[1], &hello, sizeof(hello)) !=
		    (ssize_t)sizeof(hello))
			_exit(1);
		stay(BYSTANDER);
	}
	if (setresuid(1, 1, 1) == -1)
		_exit(1);
	if (fork() == 0)
		stay(MEMBER);
	stay(LEADER);
}

/*
 * Would have caught process 1 of a pid namespace that is taken for one that
 * hears signals, and the reverse.
 */
START_TEST(status_of_process_1)
{
	struct procs_status status;
	pid_t pids[ROLES], pid;

	ck_assert_int_eq(procs_status(getpid(), &status), 0);
	ck_assert_uint_eq(status.uid, getuid());
	ck_assert_int_eq(status.is_init, 0);
	/* Of our own namespace it is, but of none below. */
	ck_assert_int_eq(procs_status(1, &status), 0);
	ck_assert_int_eq(status.is_init, 0);
	ck_assert_int_eq(procs_status(INT_MAX, &status), -1);
	ck_assert_int_ne(errno, 0);
	if (getuid() != 0) {
		puts("SKIP status_of_process_1, a namespace: needs root");
		return;
	}
	/* By another process: who is left without a process 1 cannot fork. */
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0)
		begin_namespace();
	wait_ready(pids, 4);
	ck_assert_int_eq(pids[LEADER], 1);
	ck_assert_int_eq(procs_status(pids[DAEMON], &status), 0);
	ck_assert_uint_eq(status.uid, 1);
	ck_assert_int_eq(status.is_init, 1);
	ck_assert_int_eq(procs_status(pid, &status), 0);
	ck_assert_int_eq(status.is_init, 0);
	kill_and_reap(pid);
	kill_and_reap(pids[DAEMON]);
}
END_TEST

/* Would have caught the real uid where the effective one is meant. */
START_TEST(status_of_two_uids)
{
	struct procs_status status;
	pid_t pids[ROLES], pid;

	if (getuid() != 0) {
		puts("SKIP status_of_two_uids: needs root");
		return;
	}
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		if (setresuid(1, 2, 3) == -1)
			_exit(1);
		stay(LEADER);
	}
	wait_ready(pids, 1);
	ck_assert_int_eq(procs_status(pid, &status), 0);
	ck_assert_uint_eq(status.uid, 1);
	ck_assert_uint_eq(status.euid, 2);
	kill_and_reap(pid);
}
END_TEST

static int
second_thread(void *unused)
{
	(void)unused;
	while (pause() == -1)
		continue;
	return 0;
}

/* Until its state is that; what the kernel does for us has no other sign. */
static void
wait_state(pid_t pid, char want)
{
	char path[64], state = '?';
	FILE *fp;
	int tries;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	for (tries = 0; tries < 1000 && state != want; tries++) {
		ck_assert_ptr_nonnull(fp = fopen(path, "r"));
		ck_assert_int_eq(fscanf(fp, "%*d (%*[^)]) %c", &state), 1);
		(void)fclose(fp);
		(void)usleep(10000);
	}
	ck_assert_int_eq(state, want);
}

/*
 * Would have caught a session that is waited for, and a terminal that is not
 * kept, because of a zombie whom nobody reaps.
 */
START_TEST(I10_the_dead_do_not_count)
{
	struct procs_stat st;
	pid_t pid;

	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		(void)setsid();
		_exit(0);
	}
	wait_state(pid, 'Z');
	ck_assert_int_eq(procs_stat(pid, &st), 0);
	ck_assert_int_eq(st.sid, pid);
	ck_assert_int_eq(st.ended, 1);
	ck_assert_int_eq(procs_lives(pid, st.start), 0);
	ck_assert_int_eq(procs_signal_session(pid, 0, 0), 0);
	kill_and_reap(pid);
}
END_TEST

/*
 * A process whose first thread has ended looks like a zombie and is none.
 * Would have caught a session that escapes by it.
 */
START_TEST(I10_threads_that_go_on_count)
{
	static char stack[64 * 1024] __attribute__((aligned(16)));
	struct procs_stat st;
	pid_t pid;

	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		(void)setsid();
		if (clone(second_thread, stack + sizeof(stack), CLONE_VM |
		    CLONE_SIGHAND | CLONE_THREAD, NULL) == -1)
			_exit(1);
		(void)syscall(SYS_exit, 0);
	}
	wait_state(pid, 'Z');
	ck_assert_int_eq(procs_stat(pid, &st), 0);
	ck_assert_int_eq(st.ended, 0);
	ck_assert_int_eq(procs_signal_session(pid, SIGKILL, 0), 1);
	kill_and_reap(pid);
}
END_TEST

/*
 * sudo 1.9.16: a lookup that failed gave -1, and kill(2) took it for
 * "everybody".  0 is the session of every kernel thread, and of processes
 * outside a pid namespace.  Signal 0 on purpose: nobody is hit if it fails.
 */
START_TEST(no_session_is_nobody)
{
	ck_assert_int_le(procs_signal_session(0, 0, 0), 0);
	ck_assert_int_le(procs_signal_session(-1, 0, 0), 0);
	ck_assert_int_le(procs_signal_session(INT_MAX, 0, 0), 0);
}
END_TEST

/* How many are open, of those that a test could have opened. */
static int
count_descriptors(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

/* Would have caught a pidfd a process, or /proc itself, left open. */
START_TEST(no_descriptor_is_left)
{
	pid_t pids[ROLES];
	struct procs_stat st;
	int before = count_descriptors();

	make_session(pids);
	ck_assert_int_eq(procs_signal_session(pids[LEADER], 0, 0), 3);
	(void)procs_stat(getpid(), &st);
	(void)procs_stat(INT_MAX, &st);
	ck_assert_int_eq(count_descriptors(), before);
	ck_assert_int_eq(procs_signal_session(pids[LEADER], HIT, 0), 3);
	kill_and_reap(pids[DAEMON]);
	kill_and_reap(pids[BYSTANDER]);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("procs");
	TCase *tc = tcase_create("procs");

	tcase_set_timeout(tc, 15);
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_loop_test(tc, stat_of_any_name, 0,
	    (int)(sizeof(comms) / sizeof(comms[0])));
	tcase_add_test(tc, stat_of_a_program_of_that_name);
	tcase_add_test(tc, stat_of_a_terminal_and_a_birth);
	tcase_add_test(tc, stat_of_nobody);
	tcase_add_test(tc, I10_all_of_the_session_and_no_other);
	tcase_add_test(tc, the_exception_is_spared);
	tcase_add_test(tc, I10_only_that_user_s);
	tcase_add_test(tc, only_who_was_born_then);
	tcase_add_test(tc, status_of_process_1);
	tcase_add_test(tc, status_of_two_uids);
	tcase_add_test(tc, I10_the_dead_do_not_count);
	tcase_add_test(tc, I10_threads_that_go_on_count);
	tcase_add_test(tc, no_session_is_nobody);
	tcase_add_test(tc, no_descriptor_is_left);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
