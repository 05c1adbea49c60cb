/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces the agent: sshd's socket as a rule, that of any program by the choice
 * of its user.  The path may be another socket's by now.
 */

#include "config.h"
#include "upstream.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lease.h"

static int
put_path(struct sockaddr_un *addr, const struct lease *lease)
{
	const size_t size = sizeof(addr->sun_path);
	int n;

	memset(addr, 0, sizeof(*addr));
	addr->sun_family = AF_UNIX;
	if (lease->at != -1)
		n = snprintf(addr->sun_path, size, "/proc/self/fd/%d",
		    lease->at);
	else
		n = snprintf(addr->sun_path, size, "%s", lease->path);
	if (n > 0 && (size_t)n < size)
		return 0;
	errno = n > 0 ? ENAMETOOLONG : ENOENT;
	return -1;
}

/* A request would come back to us, and go out again, without an end. */
static int
is_self(const struct sockaddr_un *addr, const struct lease *lease,
    const struct upstream_self *self)
{
	struct stat st;
	int r;

	if (self->dev == 0 && self->ino == 0)
		return 0;
	if (lease->at != -1)
		r = fstat(lease->at, &st);
	else
		r = stat(addr->sun_path, &st);
	return r == 0 && st.st_dev == self->dev && st.st_ino == self->ino;
}

int
upstream_open(const struct lease *lease, const struct upstream_self *self)
{
	struct sockaddr_un addr;
	int fd, saved;

	if (put_path(&addr, lease) == -1)
		return -1;
	if (is_self(&addr, lease, self)) {
		errno = ELOOP;
		return -1;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return -1;
	if (connect(fd, (const struct sockaddr *)&addr, sizeof(addr)) == 0)
		return fd;
	saved = errno;
	(void)close(fd);
	errno = saved;
	return -1;
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
