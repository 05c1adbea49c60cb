/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces others who may turn what a path leads through; a descriptor of the
 * directory leads nowhere else.  The kernel reaches it by /proc.
 */

#include "config.h"
#include "unixat.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "unixsock.h"

static int
fail(int err)
{
	errno = err;
	return -1;
}

int
unixat_is_name(const char *name)
{
	return *name != '\0' && strchr(name, '/') == NULL;
}

/*
 * The address of a name: behind the descriptor "fd", or where we are if that
 * is -1.  Returns 0, or -1 with errno.
 */
static int
put_path(struct sockaddr_un *addr, int fd, const char *name)
{
	const size_t size = sizeof(addr->sun_path);
	int n;

	memset(addr, 0, sizeof(*addr));
	addr->sun_family = AF_UNIX;
	if (fd == -1)
		n = snprintf(addr->sun_path, size, "%s", name);
	else
		n = snprintf(addr->sun_path, size, "/proc/self/fd/%d%s%s", fd,
		    *name != '\0' ? "/" : "", name);
	return n > 0 && (size_t)n < size ? 0 : fail(ENAMETOOLONG);
}

static int
bind_masked(int sock, const struct sockaddr_un *addr)
{
	const mode_t mask = umask(S_IXUSR | S_IRWXG | S_IRWXO);
	const int r = bind(sock, (const struct sockaddr *)addr, sizeof(*addr));
	const int saved = errno;

	(void)umask(mask);
	errno = saved;
	return r;
}

/*
 * Where there is no /proc: from within the directory, and back.  Returns 0, or
 * -1 with errno.
 */
static int
from_within(int dirfd, const char *name, int sock,
    int (*call)(int, const struct sockaddr_un *, long long),
    long long deadline)
{
	struct sockaddr_un addr;
	int back, r = -1, saved;

	if (put_path(&addr, -1, name) == -1)
		return -1;
	back = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (back == -1)
		return -1;
	if (fchdir(dirfd) == 0) {
		r = call(sock, &addr, deadline);
		saved = errno;
		if (fchdir(back) == -1)
			r = -1;
		else
			errno = saved;
	}
	saved = errno;
	(void)close(back);
	errno = saved;
	return r;
}

static int
bind_now(int sock, const struct sockaddr_un *addr, long long deadline)
{
	(void)deadline;
	return bind_masked(sock, addr);
}

int
unixat_bind(int sock, int dirfd, const char *name)
{
	struct sockaddr_un addr;

	if (!unixat_is_name(name))
		return fail(EINVAL);
	if (put_path(&addr, dirfd, name) == -1)
		return -1;
	if (bind_masked(sock, &addr) == 0)
		return 0;
	if (errno != ENOENT && errno != ENOTDIR)
		return -1;
	return from_within(dirfd, name, sock, bind_now, 0);
}

int
unixat_connect(int sock, int dirfd, const char *name, int entry,
    long long deadline)
{
	struct sockaddr_un addr;
	int r;

	if (!unixat_is_name(name))
		return fail(EINVAL);
	if (put_path(&addr, entry, "") == -1)
		return -1;
	r = unixsock_connect_to(sock, &addr, deadline);
	if (r == -1 && (errno == ENOENT || errno == ENOTDIR))
		r = from_within(dirfd, name, sock, unixsock_connect_to,
		    deadline);
	return r;
}
