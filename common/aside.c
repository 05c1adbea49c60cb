/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "aside.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "deadline.h"

struct aside {
	int fd;			/* keeps messages apart */
	size_t size;
};

void
aside_tell(struct aside *aside, const void *result)
{
	(void)send(aside->fd, result, aside->size, MSG_NOSIGNAL);
}

/* They are the user's, but what we do here is root's. */
static void
lift_limits(void)
{
	static const int limits[] = { RLIMIT_FSIZE, RLIMIT_AS, RLIMIT_DATA,
	    RLIMIT_CPU };
	struct rlimit limit;
	size_t i;

	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		const __rlimit_resource_t which =
		    (__rlimit_resource_t)limits[i];

		limit.rlim_cur = limit.rlim_max = RLIM_INFINITY;
		if (setrlimit(which, &limit) == 0 ||
		    getrlimit(which, &limit) == -1)
			continue;
		/* Root without CAP_SYS_RESOURCE, in a container. */
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(which, &limit);
	}
}

/*
 * Take what is told until the end of it, which is the child's end.
 * Returns 0, or -1 with errno.
 */
static int
listen_to(int fd, void *result, size_t size, long long deadline)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	char buf[ASIDE_MAX_RESULT];
	ssize_t n;

	for (;;) {
		switch (poll(&pfd, 1, deadline_left(deadline))) {
		case -1:
			if (errno == EINTR)
				continue;
			return -1;
		case 0:
			errno = ETIMEDOUT;
			return -1;
		default:
			break;
		}
		n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (n == 0)
			return 0;
		if ((size_t)n == size)
			memcpy(result, buf, size);
		else if (n == -1 && errno != EAGAIN && errno != EINTR)
			return -1;
	}
}

/*
 * One that the disk holds does not even die when it is killed; it is left to
 * whoever reaps our children when we are gone.  Keeps errno.
 */
static void
reap_killed(pid_t pid)
{
	const struct timespec pace = { .tv_nsec = 10000000 };
	const long long deadline = deadline_in(200);
	const int err = errno;

	(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, WNOHANG) == 0 &&
	    deadline_left(deadline) > 0)
		(void)nanosleep(&pace, NULL);
	errno = err;
}

/* ECHILD: where SIGCHLD is ignored there is no status. */
static int
reap(pid_t pid)
{
	int wstatus;

	while (waitpid(pid, &wstatus, 0) == -1)
		if (errno != EINTR)
			return errno == ECHILD ? 0 : -1;
	if (wstatus == 0)
		return 0;
	errno = ECANCELED;
	return -1;
}

static int
run(aside_job *job, void *ctx, void *result, size_t size, int ms)
{
	const long long deadline = deadline_in(ms);
	struct aside aside = { .size = size };
	int err, fds[2], r;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) == -1)
		return -1;
	aside.fd = fds[1];
	if ((pid = fork()) == 0) {
		(void)close(fds[0]);
		lift_limits();
		job(ctx, &aside);
		_exit(0);
	}
	err = errno;
	(void)close(fds[1]);
	r = -1;
	errno = err;
	if (pid != -1 && listen_to(fds[0], result, size, deadline) == 0)
		r = reap(pid);
	else if (pid != -1)
		reap_killed(pid);
	err = errno;
	(void)close(fds[0]);
	errno = err;
	return r;
}

int
aside_run(aside_job *job, void *ctx, void *result, size_t size, int ms)
{
	sigset_t all, before;
	int err, r;

	if (size > ASIDE_MAX_RESULT) {
		errno = EMSGSIZE;
		return -1;
	}
	(void)sigfillset(&all);
	if (sigprocmask(SIG_BLOCK, &all, &before) == -1)
		return -1;
	r = run(job, ctx, result, size, ms);
	err = errno;
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	errno = err;
	return r;
}
