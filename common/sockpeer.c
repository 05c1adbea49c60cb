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
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "procs.h"

/* Linux 6.5, and the same number on all machines that Debian is built for. */
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

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
	struct procs_status status;

#ifdef SYS_pidfd_open
	peer->pidfd = (int)syscall(SYS_pidfd_open, peer->pid, 0U);
	if (peer->pidfd == -1 && errno != ENOSYS && errno != EPERM)
		return -1;
#endif
	if (procs_status(peer->pid, &status) == -1)
		return errno == ENOENT ? gone() : -1;
	return status.euid == peer->uid ? 0 : gone();
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
		if (procs_stat(peer->pid, &st) == -1)
			return gone();
		peer->start = st.start;
	}
	return sockpeer_lives(peer) ? 0 : gone();
}

int
sockpeer_hold(struct sockpeer *peer, int sock)
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

int
sockpeer_open(struct sockpeer *peer, int sock)
{
	struct procs_stat st;

	if (sockpeer_hold(peer, sock) == -1)
		return -1;
	if (peer->start != 0 || procs_stat(peer->pid, &st) == -1)
		return 0;
	peer->start = st.start;
	if (sockpeer_lives(peer))
		return 0;
	sockpeer_close(peer);
	return gone();
}

unsigned long long
sockpeer_birth(const struct sockpeer *peer)
{
	struct procs_stat st;

	if (peer->start != 0)
		return peer->start;
	return procs_stat(peer->pid, &st) == 0 && sockpeer_lives(peer) ?
	    st.start : 0;
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

	/* It becomes readable when the process ends. */
	if (peer->pidfd != -1)
		return poll(&pfd, 1, 0) == 0;
	return procs_lives(peer->pid, peer->start);
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
