/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Tried on stock sshd: a client that is cut off shows as POLLHUP on 0 and
 * POLLERR on 1 and 2, at once; any one or two of them happen while the
 * connection lives.  poll(2) reports both unasked and for ever, so that a
 * descriptor that has hung up must not be watched again.
 */

#include "config.h"
#include "connection.h"

#include <sys/syscall.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "procs.h"

#define ALL_GONE 7u

/* sshd, or sshd-session since OpenSSH 9.8; its shell has become us. */
int
connection_from_sshd(void)
{
	const pid_t parent = getppid();
	struct procs_stat st;

	return getsid(0) == getpid() && parent > 1 &&
	    procs_stat(parent, &st) == 0 && strncmp(st.comm, "sshd", 4) == 0;
}

void
connection_open(struct connection *conn)
{
	pid_t parent = getppid();

	conn->parent = -1;
	conn->gone = 0;
	if (!connection_from_sshd())
		return;
#ifdef SYS_pidfd_open
	conn->parent = (int)syscall(SYS_pidfd_open, parent, 0U);
#endif
	/*
	 * Had it ended before, its pid could be another's by now, and our
	 * parent a third.
	 */
	if (conn->parent != -1 && getppid() != parent) {
		(void)close(conn->parent);
		conn->parent = -1;
	}
}

int
connection_watch(struct connection *conn, int fd)
{
	conn->gone = 0;
	conn->parent = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	return conn->parent == -1 ? -1 : 0;
}

int
connection_needs_stdio(const struct connection *conn)
{
	return conn->parent == -1;
}

void
connection_poll(const struct connection *conn,
    struct pollfd fds[CONNECTION_POLLFDS])
{
	int i;

	for (i = 0; i < CONNECTION_POLLFDS; i++) {
		fds[i].fd = conn->gone & (1u << i) ? -1 : i;
		fds[i].events = 0;
		fds[i].revents = 0;
	}
	if (conn->parent == -1)
		return;
	fds[0].fd = conn->parent;
	fds[0].events = POLLIN;
	fds[1].fd = fds[2].fd = -1;
}

int
connection_lost(struct connection *conn,
    const struct pollfd fds[CONNECTION_POLLFDS])
{
	int i;

	if (conn->parent != -1)
		return fds[0].revents != 0;
	for (i = 0; i < CONNECTION_POLLFDS; i++)
		if (fds[i].fd != -1 && fds[i].revents & (POLLHUP | POLLERR))
			conn->gone |= 1u << i;
	return conn->gone == ALL_GONE;
}

void
connection_close(struct connection *conn)
{
	if (conn->parent != -1)
		(void)close(conn->parent);
	conn->parent = -1;
}
