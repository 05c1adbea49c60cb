/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces other users: what they may have put in the place of the socket, and
 * who of them connects.  A path leads through directories that may be others'
 * and may be too long for an address; a descriptor of the directory does not.
 *
 * On NFS the name is visible on every host, and the listener can be reached on
 * its own host only: from the others it is ECONNREFUSED.
 */

#include "config.h"
#include "listener.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "deadline.h"
#include "unixsock.h"
#include "userdir.h"

static int
fail(int fd, int err)
{
	if (fd != -1)
		(void)close(fd);
	errno = err;
	return -1;
}

/* Is the entry a socket of ours?  Returns 0, or -1 with errno. */
static int
judge(const struct stat *st)
{
	if (S_ISLNK(st->st_mode))
		return fail(-1, ELOOP);
	if (!S_ISSOCK(st->st_mode))
		return fail(-1, ENOTSOCK);
	return st->st_uid == geteuid() ? 0 : fail(-1, EPERM);
}

int
listener_remove(int dirfd, const char *name)
{
	struct stat st;

	if (userdir_check(dirfd) == -1)
		return -1;
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? 0 : -1;
	if (judge(&st) == -1)
		return -1;
	return unlinkat(dirfd, name, 0);
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
	return n > 0 && (size_t)n < size ? 0 : fail(-1, ENAMETOOLONG);
}

/* "name" is one name, and so stays in the directory. */
static int
is_plain(const char *name)
{
	return *name != '\0' && strchr(name, '/') == NULL;
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

static int
bind_in(int sock, int dirfd, const char *name)
{
	struct sockaddr_un addr;

	if (put_path(&addr, dirfd, name) == -1)
		return -1;
	if (bind_masked(sock, &addr) == 0)
		return 0;
	if (errno != ENOENT && errno != ENOTDIR)
		return -1;
	return from_within(dirfd, name, sock, bind_now, 0);
}

int
listener_bind(int dirfd, const char *name, int type)
{
	int err, sock;

	if (!is_plain(name))
		return fail(-1, EINVAL);
	if (listener_remove(dirfd, name) == -1)
		return -1;
	sock = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (sock == -1)
		return -1;
	if (bind_in(sock, dirfd, name) == -1)
		return fail(sock, errno);
	if (listen(sock, SOMAXCONN) == 0)
		return sock;
	err = errno;
	(void)unlinkat(dirfd, name, 0);
	return fail(sock, err);
}

/* Returns 1 if the other side is "uid", or root where that may be; 0; -1. */
static int
is_peer(int sock, uid_t uid, int or_root)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1)
		return -1;
	return cred.uid == uid || (or_root && cred.uid == 0);
}

int
listener_accept(int fd)
{
	int sock;

	/* Who has gone again is no answer. */
	do {
		sock = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	} while (sock == -1 && (errno == EINTR || errno == ECONNABORTED));
	if (sock == -1)
		return -1;
	switch (is_peer(sock, geteuid(), 1)) {
	case 1:
		return sock;
	case 0:
		return fail(sock, EPERM);
	default:
		return fail(sock, errno);
	}
}

/*
 * By the descriptor of the socket's own entry, so that what was looked at is
 * what is connected to.
 */
static int
connect_in(int sock, int dirfd, const char *name, long long deadline)
{
	struct sockaddr_un addr;
	struct stat st;
	int entry, r, saved;

	entry = openat(dirfd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (entry == -1)
		return -1;
	if (fstat(entry, &st) == -1 || judge(&st) == -1 ||
	    put_path(&addr, entry, "") == -1)
		return fail(entry, errno);
	r = unixsock_connect_to(sock, &addr, deadline);
	if (r == -1 && (errno == ENOENT || errno == ENOTDIR))
		r = from_within(dirfd, name, sock, unixsock_connect_to,
		    deadline);
	saved = errno;
	(void)close(entry);
	errno = saved;
	return r;
}

int
listener_connect(int dirfd, const char *name, int type, int ms)
{
	int flags, sock;

	if (!is_plain(name))
		return fail(-1, EINVAL);
	if (userdir_check(dirfd) == -1)
		return -1;
	if ((sock = socket(AF_UNIX, type | SOCK_CLOEXEC, 0)) == -1)
		return -1;
	if (connect_in(sock, dirfd, name, deadline_in(ms)) == -1)
		return fail(sock, errno);
	/* Those of the listener, as they were when it began to listen. */
	switch (is_peer(sock, geteuid(), 0)) {
	case 1:
		break;
	case 0:
		return fail(sock, EPERM);
	default:
		return fail(sock, errno);
	}
	flags = fcntl(sock, F_GETFL);
	if (flags != -1 && fcntl(sock, F_SETFL, flags | O_NONBLOCK) == 0)
		return sock;
	return fail(sock, errno);
}
