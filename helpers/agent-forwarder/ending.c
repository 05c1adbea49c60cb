/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "ending.h"

#include <sys/epoll.h>
#include <sys/signalfd.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

static int
add(struct ending *ending, int fd, unsigned int events)
{
	struct epoll_event event = { .events = events };

	return epoll_ctl(ending->fd, EPOLL_CTL_ADD, fd, &event);
}

static void
let_go(struct ending *ending)
{
	if (ending->term != -1)
		(void)close(ending->term);
	if (ending->fd != -1)
		(void)close(ending->fd);
	ending->fd = ending->term = -1;
}

int
ending_open(struct ending *ending)
{
	sigset_t set;
	int saved;

	ending->term = -1;
	if ((ending->fd = epoll_create1(EPOLL_CLOEXEC)) == -1)
		return -1;
	if (sigemptyset(&set) == 0 && sigaddset(&set, SIGTERM) == 0 &&
	    sigprocmask(SIG_BLOCK, &set, NULL) == 0 &&
	    (ending->term = signalfd(-1, &set, SFD_CLOEXEC)) != -1 &&
	    add(ending, ending->term, EPOLLIN) == 0)
		return 0;
	saved = errno;
	let_go(ending);
	errno = saved;
	return -1;
}

int
ending_with_process(struct ending *ending, int fd)
{
	return add(ending, fd, EPOLLIN);
}

int
ending_with_peer(struct ending *ending, int fd)
{
	/* EPOLLHUP and EPOLLERR are told in any case. */
	return add(ending, fd, EPOLLRDHUP);
}
