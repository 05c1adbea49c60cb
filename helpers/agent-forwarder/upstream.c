/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces the agent: sshd's socket as a rule, that of any program by the choice
 * of its user.  The path may be another socket's by now; and that of a lease
 * comes from a process of the user's, while we may hold a socket that no other
 * is to reach.
 */

#include "config.h"
#include "upstream.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lease.h"
#include "unixsock.h"

static int
put_path(struct sockaddr_un *addr, const struct lease *lease)
{
	const size_t size = sizeof(addr->sun_path);
	int n;

	memset(addr, 0, sizeof(*addr));
	addr->sun_family = AF_UNIX;
	n = snprintf(addr->sun_path, size, "%s", lease->path);
	if (n > 0 && (size_t)n < size)
		return 0;
	errno = n > 0 ? ENAMETOOLONG : ENOENT;
	return -1;
}

/* What is behind a descriptor of the socket's entry. */
static void
put_entry(struct sockaddr_un *addr, int entry)
{
	memset(addr, 0, sizeof(*addr));
	addr->sun_family = AF_UNIX;
	(void)snprintf(addr->sun_path, sizeof(addr->sun_path),
	    "/proc/self/fd/%d", entry);
}

/*
 * A request would come back to us, and go out again, without an end.  And what
 * has a path but no name is one of our own descriptors, by /proc: of a socket
 * that is held so that nobody else reaches it.
 */
static int
is_forbidden(int entry, const struct lease *lease,
    const struct upstream_self *self)
{
	struct stat st;

	if (fstat(entry, &st) == -1)
		return 0;
	if (lease->at == -1 && st.st_nlink == 0)
		return 1;
	return (self->dev != 0 || self->ino != 0) &&
	    st.st_dev == self->dev && st.st_ino == self->ino;
}

static int
connect_to(const struct sockaddr_un *addr)
{
	int fd, saved;

	fd = unixsock_new(SOCK_STREAM | SOCK_NONBLOCK);
	if (fd == -1 || connect(fd, (const struct sockaddr *)addr,
	    sizeof(*addr)) == 0)
		return fd;
	saved = errno;
	(void)close(fd);
	errno = saved;
	return -1;
}

/* What was looked at is what is connected to. */
static int
open_entry(int entry, const struct lease *lease,
    const struct upstream_self *self)
{
	struct sockaddr_un addr;
	int fd;

	if (is_forbidden(entry, lease, self)) {
		errno = ELOOP;
		return -1;
	}
	put_entry(&addr, entry);
	fd = connect_to(&addr);
	/* Without /proc no path leads to a descriptor, either. */
	if (fd == -1 && errno == ENOENT && lease->at == -1 &&
	    put_path(&addr, lease) == 0)
		fd = connect_to(&addr);
	return fd;
}

int
upstream_open(const struct lease *lease, const struct upstream_self *self)
{
	struct sockaddr_un addr;
	int entry, fd, saved;

	if (lease->at != -1)
		return open_entry(lease->at, lease, self);
	if (put_path(&addr, lease) == -1 ||
	    (entry = open(addr.sun_path, O_PATH | O_CLOEXEC)) == -1)
		return -1;
	fd = open_entry(entry, lease, self);
	saved = errno;
	(void)close(entry);
	errno = saved;
	return fd;
}

int
upstream_spoke(int fd)
{
	char byte;
	const ssize_t n = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	if (n > 0)
		return 1;
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	return -1;
}
