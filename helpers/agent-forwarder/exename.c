/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "exename.h"

#include <sys/prctl.h>
#include <sys/socket.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "deadline.h"
#include "deed.h"
#include "procs.h"
#include "sigreset.h"
#include "stdfd.h"

/* For an answer, in ms: a machine that is busy is no reason to stand still. */
#define PATIENCE 2000

struct question {
	pid_t pid;
	unsigned int number;
};

struct answer {
	unsigned int number;	/* of the question */
	char path[1024];
};

/* In the child: one question, one answer, until there is nobody. */
static void
answer_all(int fd)
{
	struct question question;
	struct answer answer;
	char link[64];
	ssize_t n;

	while (recv(fd, &question, sizeof(question), 0) ==
	    (ssize_t)sizeof(question)) {
		(void)snprintf(link, sizeof(link), "/proc/%ld/exe",
		    (long)question.pid);
		n = readlink(link, answer.path, sizeof(answer.path) - 1);
		answer.path[n > 0 ? n : 0] = '\0';
		answer.number = question.number;
		if (send(fd, &answer, sizeof(answer.number) +
		    strlen(answer.path), MSG_NOSIGNAL) == -1)
			break;
	}
}

/* Not as the command's child, either: only our parent's end ends us. */
static void
be_child(int fd)
{
	if (dup2(fd, STDERR_FILENO + 1) == -1 ||
	    stdfd_closefrom(STDERR_FILENO + 2) == -1 ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		_exit(1);
	answer_all(STDERR_FILENO + 1);
	_exit(0);
}

int
exename_start(void)
{
	int ends[2], saved;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == -1)
		return -1;
	sigreset_ignore(SIGCHLD);
	if ((pid = fork()) == 0)
		be_child(ends[1]);
	saved = errno;
	(void)close(ends[1]);
	if (pid != -1)
		return ends[0];
	(void)close(ends[0]);
	errno = saved;
	return -1;
}

/* One that came too late for its question may be in front. */
static ssize_t
next_answer(int fd, struct answer *answer, unsigned int number)
{
	const long long deadline = deadline_in(PATIENCE);
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	ssize_t n;

	for (;;) {
		if (poll(&pfd, 1, deadline_left(deadline)) != 1) {
			errno = ETIMEDOUT;
			return -1;
		}
		n = recv(fd, answer, sizeof(*answer), MSG_DONTWAIT);
		if (n <= (ssize_t)sizeof(answer->number))
			return -1;
		if (answer->number == number)
			return n - (ssize_t)sizeof(answer->number);
	}
}

int
exename_ask(int fd, pid_t pid, unsigned long long start, char *exe,
    size_t size)
{
	static unsigned int number;
	const struct question question = { pid, ++number };
	struct answer answer;
	ssize_t n;

	*exe = '\0';
	if (send(fd, &question, sizeof(question),
	    MSG_NOSIGNAL | MSG_DONTWAIT) == -1)
		return -1;
	if ((n = next_answer(fd, &answer, question.number)) == -1)
		return -1;
	if (!procs_lives(pid, start)) {
		errno = ESRCH;
		return -1;
	}
	deed_text(exe, size, (const uint8_t *)answer.path, (size_t)n);
	return 0;
}
