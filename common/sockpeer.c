/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces whoever connects.  A pid by itself says nothing: its process may end,
 * and another one get the number, between the connection and the look.
 */

#include "config.h"
#include "sockpeer.h"

#include <sys/socket.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "procs.h"

/* Linux 6.5, and the same number on all machines that Debian is built for. */
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

/* The effective uid that a pid has now.  Returns 0, or -1 with errno. */
static int
effective_uid(pid_t pid, uid_t *uid)
{
	char path[64], buf[1024];
	const char *line;
	unsigned int euid;
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return -1;
	n = read(fd, buf, sizeof(buf) - 1);
	(void)close(fd);
	if (n == -1)
		return -1;
	buf[n] = '\0';
	/* A newline in the process's name is written as two characters. */
	if ((line = strstr(buf, "\nUid:")) == NULL ||
	    sscanf(line, "\nUid: %*u %u", &euid) != 1) {
		errno = EINVAL;
		return -1;
	}
	*uid = (uid_t)euid;
	return 0;
}

static int
gone(void)
{
	errno = ESRCH;
	return -1;
}

/*
 * Where the kernel does not answer for the socket: by the number.  No
 * pidfds, before Linux 5.3 or under a filter, is no error.
 */
static int
look_up(struct sockpeer *peer)
{
	uid_t uid;

#ifdef SYS_pidfd_open
	peer->pidfd = (int)syscall(SYS_pidfd_open, peer->pid, 0U);
	if (peer->pidfd == -1 && errno != ENOSYS && errno != EPERM)
		return -1;
#endif
	if (effective_uid(peer->pid, &uid) == -1)
		return errno == ENOENT ? gone() : -1;
	return uid == peer->uid ? 0 : gone();
}

/* Returns 0; or -1 with errno, and peer->pidfd may be open. */
static int
hold(struct sockpeer *peer, int sock)
{
	struct procs_stat st;
	socklen_t len = sizeof(peer->pidfd);

	if (getsockopt(sock, SOL_SOCKET, SO_PEERPIDFD, &peer->pidfd,
	    &len) == 0)
		peer->certain = 1;
	else {
		peer->pidfd = -1;
		/* To the first kernels that know it the dead are EINVAL. */
		if (errno == EINVAL)
			return gone();
		if (errno != ENOPROTOOPT || look_up(peer) == -1)
			return -1;
	}
	if (procs_stat(peer->pid, &st) == 0)
		peer->start = st.start;
	else if (!peer->certain)
		return gone();
	return sockpeer_lives(peer) ? 0 : gone();
}

int
sockpeer_open(struct sockpeer *peer, int sock)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);
	int saved;

	memset(peer, 0, sizeof(*peer));
	peer->pidfd = -1;
	if (getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1)
		return -1;
	if (cred.pid <= 0 || cred.uid == (uid_t)-1) {
		errno = ENOTCONN;
		return -1;
	}
	peer->pid = cred.pid;
	peer->uid = cred.uid;
	peer->gid = cred.gid;
	if (hold(peer, sock) == -1) {
		saved = errno;
		sockpeer_close(peer);
		errno = saved;
		return -1;
	}
	return 0;
}

void
sockpeer_close(struct sockpeer *peer)
{
	if (peer->pidfd != -1)
		(void)close(peer->pidfd);
	peer->pidfd = -1;
}

int
sockpeer_lives(const struct sockpeer *peer)
{
	struct pollfd pfd = { .fd = peer->pidfd, .events = POLLIN };
	struct procs_stat st;

	/* It becomes readable when the process ends. */
	if (peer->pidfd != -1)
		return poll(&pfd, 1, 0) == 0;
	return procs_stat(peer->pid, &st) == 0 && !st.ended &&
	    st.start == peer->start;
}

int
sockpeer_predates(const struct sockpeer *peer)
{
	struct procs_stat self;

	if (peer->certain)
		return 1;
	return peer->start != 0 && procs_stat(getpid(), &self) == 0 &&
	    peer->start <= self.start;
}
