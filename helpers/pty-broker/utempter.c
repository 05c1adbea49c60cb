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
#include <glob.h>
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

/* Where distributions put it; by name, never by PATH. */
static const char *const helpers[] = {
	"/usr/libexec/utempter/utempter",
	"/usr/lib/utempter/utempter",
	"/usr/lib64/utempter/utempter",
};

/* Debian's: one folder a machine type, and any will do. */
#define MULTIARCH "/usr/lib/*/utempter/utempter"

/* In the child.  The environment is none of the helper's business. */
static void
become_helper(char *const *argv)
{
	char *const none[] = { NULL };
	glob_t found;
	size_t i;

	for (i = 0; i < sizeof(helpers) / sizeof(helpers[0]); i++)
		(void)execve(helpers[i], argv, none);
	if (glob(MULTIARCH, 0, NULL, &found) != 0)
		return;
	for (i = 0; i < found.gl_pathc; i++)
		(void)execve(found.gl_pathv[i], argv, none);
}

static pid_t
start(int master, char *const *argv)
{
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
	become_helper(argv);
	_exit(127);
}

/* argv of execve(2) is not const, though nothing is written to it. */
static char *
word(const char *text)
{
	return (char *)(uintptr_t)text;
}

pid_t
utempter_add(int master, const char *host)
{
	char *const argv[] = { word("utempter"), word("add"), word(host),
		NULL };

	return start(master, argv);
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
utempter_remove(int master, int ms)
{
	char *const argv[] = { word("utempter"), word("del"), NULL };
	const struct timespec pace = { 0, PACE };
	const long long deadline = deadline_in(ms);
	const pid_t pid = start(master, argv);
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
