/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The helper takes its parent for the process of the session, and does nothing
 * for a child of process 1: so the broker itself starts it, and waits for it
 * at the end.
 */

#include "config.h"
#include "utempter.h"

#include <sys/types.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include "deadline.h"
#include "sigreset.h"

/* Another process may hold the lock on the file; in s. */
#define PATIENCE 5

/* How long to sleep between looks at a child, in ns. */
#define PACE 2000000L

static pid_t
start(const char *path, int master, char *const *argv)
{
	char *const none[] = { NULL };
	const pid_t pid = fork();
	int null;

	if (pid != 0)
		return pid;
	(void)sigreset_all();
	(void)alarm(PATIENCE);
	/* It asks for the terminal at 0, and wants all three open. */
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null == -1 || dup2(null, STDERR_FILENO) == -1 ||
	    dup2(master, STDIN_FILENO) == -1 ||
	    dup2(master, STDOUT_FILENO) == -1)
		_exit(126);
	/* The environment is none of its business. */
	(void)execve(path, argv, none);
	_exit(127);
}

/* argv of execve(2) is not const, though nothing is written to it. */
static char *
word(const char *text)
{
	return (char *)(uintptr_t)text;
}

pid_t
utempter_add(const char *path, int master, const char *host)
{
	char *const argv[] = { word("utempter"), word("add"), word(host),
		NULL };

	return start(path, master, argv);
}

/* Keeps errno. */
static void
kill_child(pid_t pid)
{
	const int saved = errno;

	(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		continue;
	errno = saved;
}

int
utempter_remove(const char *path, int master, int ms)
{
	char *const argv[] = { word("utempter"), word("del"), NULL };
	const struct timespec pace = { 0, PACE };
	const long long deadline = deadline_in(ms);
	const pid_t pid = start(path, master, argv);
	int wstatus;
	pid_t r;

	if (pid == -1)
		return -1;
	while ((r = waitpid(pid, &wstatus, WNOHANG)) != pid) {
		if (r == -1 && errno != EINTR)
			return -1;
		if (deadline_left(deadline) == 0) {
			errno = ETIMEDOUT;
			kill_child(pid);
			return -1;
		}
		(void)nanosleep(&pace, NULL);
	}
	if (wstatus == 0)
		return 0;
	errno = wstatus == 127 << 8 ? ENOENT : EIO;
	return -1;
}
