/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What a process that serves an agent cannot do any more, each tried in a
 * child; and what it still can.
 */

#include "config.h"
#include "sandbox.h"

#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/net.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "deadline.h"
#include "den.h"
#include "listener.h"
#include "run.h"
#include "unixsock.h"

#ifdef SYS_mmap
#define OLD_MMAP SYS_mmap
#else
#define OLD_MMAP (-1)
#endif
#define NROWS(a) ((int)(sizeof(a) / sizeof((a)[0])))

static int dir;

static void
setup(void)
{
	den_make();
	den_plant(DEN_DIRECTORY, "own", 0700);
	den_plant(DEN_FILE, "file", 0600);
	dir = open(den_path("own"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ne(dir, -1);
}

static void
teardown(void)
{
	(void)close(dir);
	den_remove();
}

/* Each returns 0 if it could be done, else an errno. */
static int
result(long r)
{
	return r == -1 ? errno : 0;
}

static int
try_exec(void)
{
	char name[] = "true", *argv[] = { name, NULL };

	return result(execve("/bin/true", argv, argv + 1));
}

static int
try_fork(void)
{
	return result(fork());
}

static int
try_internet(void)
{
	return result(syscall(SYS_socket, AF_INET, SOCK_STREAM, 0));
}

/* By the way round that i386 has. */
static int
try_socketcall(void)
{
#ifdef SYS_socketcall
	unsigned long how[] = { AF_INET, SOCK_STREAM, 0 };

	return result(syscall(SYS_socketcall, SYS_SOCKET, how));
#else
	return ENOSYS;
#endif
}

static int
try_kill(void)
{
	return result(kill(getppid(), 0));
}

static int
try_map(int access)
{
	void *page = mmap(NULL, 4096, access, MAP_PRIVATE | MAP_ANONYMOUS, -1,
	    0);

	if (page == MAP_FAILED)
		return errno;
	return munmap(page, 4096) == -1 ? errno : 0;
}

static int
try_code(void)
{
	return try_map(PROT_READ | PROT_EXEC);
}

/* i386's older call, by which its libc maps nothing. */
static int
try_older_map(void)
{
#ifdef SYS_mmap2
	unsigned long how[] = { 0, 4096, PROT_READ | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, (unsigned long)-1, 0 };

	return result(syscall(OLD_MMAP, how, 0, 0));
#else
	return ENOSYS;
#endif
}

static int
try_memory(void)
{
	return try_map(PROT_READ | PROT_WRITE);
}

static int
try_unknown(void)
{
	return result(syscall(SYS_getpriority, PRIO_PROCESS, 0));
}

static int
try_read(void)
{
	return result(open(den_path("file"), O_RDONLY));
}

static int
try_make(void)
{
	return result(open(den_path("new"), O_WRONLY | O_CREAT, 0600));
}

static int
try_make_own(void)
{
	return result(openat(dir, "new", O_WRONLY | O_CREAT, 0600));
}

static int
try_remove_own(void)
{
	if (try_make_own() != 0)
		return errno;
	return result(unlinkat(dir, "new", 0));
}

/* All that is done to sockets, from the first call to the last. */
static int
try_socket(void)
{
	char byte = 'x';
	int client, listener, server;

	listener = listener_bind(dir, "socket", SOCK_STREAM);
	if (listener == -1)
		return errno;
	client = listener_connect(dir, "socket", SOCK_STREAM, 60000);
	if (client == -1)
		return errno;
	server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (server == -1 || send(client, &byte, 1, MSG_NOSIGNAL) != 1 ||
	    recv(server, &byte, 1, 0) != 1 ||
	    unixsock_send(server, &byte, 1, NULL, 0, deadline_in(60000)) ||
	    unixsock_receive(client, &byte, 1, NULL, NULL,
	    deadline_in(60000)) != 1 || !unixsock_is_stream(client) ||
	    shutdown(client, SHUT_WR) == -1)
		return errno;
	return result(unlinkat(dir, "socket", 0));
}

/* The clock, a timer, and both ways to wait. */
static int
try_wait(void)
{
	const struct itimerspec soon = { .it_value = { 0, 1 } };
	struct epoll_event event = { .events = EPOLLIN };
	const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	const int set = epoll_create1(EPOLL_CLOEXEC);
	struct pollfd pfd = { .fd = timer, .events = POLLIN };
	struct timespec now = { 0, 1 };

	if (timer == -1 || set == -1 ||
	    epoll_ctl(set, EPOLL_CTL_ADD, timer, &event) == -1 ||
	    timerfd_settime(timer, 0, &soon, NULL) == -1 ||
	    epoll_wait(set, &event, 1, -1) != 1 ||
	    poll(&pfd, 1, -1) != 1 || nanosleep(&now, NULL) == -1 ||
	    clock_gettime(CLOCK_BOOTTIME, &now) == -1)
		return errno;
	return time(NULL) == -1 ? errno : 0;
}

static int
try_proc(void)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", (long)getppid());
	return result(open(path, O_RDONLY));
}

static int
try_core(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_CORE, &limit) == -1 ? errno :
	    limit.rlim_max == 0 ? 0 : EPERM;
}

enum means { NONE, FILTER, LANDLOCK };

static const struct {
	const char *what;
	int (*try)(void);
	enum means means;	/* without which it is not tried */
	int expected;		/* an errno, or a signal below 0 */
} tries[] = {
	{ "another program", try_exec, FILTER, -SIGSYS },
	{ "another process", try_fork, FILTER, -SIGSYS },
	{ "a socket of the internet", try_internet, FILTER, -SIGSYS },
	{ "... by the way round", try_socketcall, FILTER, ENOSYS },
	{ "a signal", try_kill, FILTER, -SIGSYS },
	{ "new code", try_code, FILTER, -SIGSYS },
	{ "... by the older call", try_older_map, FILTER, ENOSYS },
	{ "a call that it has no need of", try_unknown, FILTER, ENOSYS },
	{ "a file of the user's", try_read, LANDLOCK, EACCES },
	{ "a new file", try_make, LANDLOCK, EACCES },
	{ "memory", try_memory, NONE, 0 },
	{ "a file in its directory", try_make_own, NONE, 0 },
	{ "... that goes again", try_remove_own, NONE, 0 },
	{ "sockets", try_socket, NONE, 0 },
	{ "to wait", try_wait, NONE, 0 },
	{ "a look at a process", try_proc, NONE, 0 },
	{ "no core", try_core, NONE, 0 },
};

/* In the child: what it comes to, in its status. */
static void
be_confined(int i)
{
	struct sandbox sandbox;

	if (sandbox_enter(dir, &sandbox) == -1)
		_exit(254);
	if ((tries[i].means == FILTER && !sandbox.seccomp) ||
	    (tries[i].means == LANDLOCK && !sandbox.landlock))
		_exit(255);
	_exit(tries[i].try());
}

/* Would have caught a list with a hole, and one without what is needed. */
START_TEST(confined)
{
	int wstatus, got;
	pid_t pid;

	if ((pid = fork()) == 0)
		be_confined(_i);
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	got = WIFSIGNALED(wstatus) ? -WTERMSIG(wstatus) :
	    WEXITSTATUS(wstatus);
	if (got == 255) {
		printf("SKIP %s: the kernel has no such means\n",
		    tries[_i].what);
		return;
	}
	ck_assert_msg(got == tries[_i].expected, "%s: %d", tries[_i].what,
	    got);
}
END_TEST

/*
 * Would have caught a filter that is put on before the privilege is given up,
 * which root may do.
 */
START_TEST(no_privilege)
{
	char path[64], line[256];
	struct sandbox sandbox;
	int ends[2], found = 0;
	pid_t pid;
	FILE *fp;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	if ((pid = fork()) == 0)
		_exit(sandbox_enter(-1, &sandbox) == -1 ||
		    write(ends[1], "x", 1) != 1 ||
		    poll(NULL, 0, 60000) != 0 ? 1 : 0);
	ck_assert_int_eq(read(ends[0], line, 1), 1);
	(void)snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
	ck_assert_ptr_nonnull(fp = fopen(path, "re"));
	while (fgets(line, sizeof(line), fp) != NULL)
		found |= strcmp(line, "NoNewPrivs:\t1\n") == 0;
	(void)fclose(fp);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	(void)close(ends[0]);
	(void)close(ends[1]);
	ck_assert_int_eq(found, 1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("sandbox");
	TCase *tc = tcase_create("sandbox");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, confined, 0, NROWS(tries));
	tcase_add_test(tc, no_privilege);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
