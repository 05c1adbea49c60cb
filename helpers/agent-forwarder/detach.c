/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "detach.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "deadline.h"
#include "log.h"
#include "sigreset.h"
#include "stdfd.h"

/* More than any start takes; a disk that does not answer is no start. */
#define PATIENCE 30000

/* Becomes the serving process, in the second child. */
static int
settle(int (*run)(void *, int), void *ctx, int ready)
{
	log_leave_stderr();
	if (sigreset_all() == -1 || chdir("/") == -1 ||
	    stdfd_leave(STDIN_FILENO, STDERR_FILENO) == -1) {
		detach_failed(ready, strerror(errno));
		return 1;
	}
	sigreset_ignore(SIGHUP);
	sigreset_ignore(SIGPIPE);
	return run(ctx, ready);
}

static void
split(int (*run)(void *, int), void *ctx, int ready)
{
	pid_t pid;

	if (setsid() == -1)
		_exit(1);
	if ((pid = fork()) == 0)
		_exit(settle(run, ctx, ready));
	_exit(pid == -1 ? 1 : 0);
}

/* Returns 0, or -1 with the reason. */
static int
hear(int fd, char *why, size_t size)
{
	const long long deadline = deadline_in(PATIENCE);
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	ssize_t n;
	int r;

	do {
		r = poll(&pfd, 1, deadline_left(deadline));
	} while (r == -1 && errno == EINTR);
	if (r == 0) {
		(void)strlcpy(why, "it does not begin to serve", size);
		return -1;
	}
	n = r == -1 ? -1 : read(fd, why, size - 1);
	if (n == 1 && *why == '\0')
		return 0;
	if (n > 0)
		why[n] = '\0';
	else
		(void)strlcpy(why, n == -1 ? strerror(errno) :
		    "it ended at once", size);
	return -1;
}

int
detach_run(int (*run)(void *ctx, int ready), void *ctx, char *why,
    size_t size)
{
	int ends[2], r, wstatus;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) == -1) {
		(void)strlcpy(why, strerror(errno), size);
		return -1;
	}
	if ((pid = fork()) == 0) {
		(void)close(ends[0]);
		split(run, ctx, ends[1]);
	}
	(void)close(ends[1]);
	if (pid == -1) {
		(void)strlcpy(why, strerror(errno), size);
		(void)close(ends[0]);
		return -1;
	}
	while (waitpid(pid, &wstatus, 0) == -1 && errno == EINTR)
		;
	r = hear(ends[0], why, size);
	(void)close(ends[0]);
	return r;
}

void
detach_ready(int ready)
{
	const ssize_t n = write(ready, "", 1);

	(void)close(ready);
	/* Nobody waits any more: nobody would ever come. */
	if (n != 1)
		(void)raise(SIGTERM);
}

void
detach_failed(int ready, const char *why)
{
	(void)!write(ready, why, strlen(why));
	(void)close(ready);
}
