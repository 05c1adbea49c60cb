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

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "deadline.h"
#include "unixat.h"
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

int
listener_bind(int dirfd, const char *name, int type)
{
	int err, sock;

	if (!unixat_is_name(name))
		return fail(-1, EINVAL);
	if (listener_remove(dirfd, name) == -1)
		return -1;
	sock = unixsock_new(type | SOCK_NONBLOCK);
	if (sock == -1)
		return -1;
	if (unixat_bind(sock, dirfd, name) == -1)
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
	struct stat st;
	int entry, r, saved;

	entry = openat(dirfd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (entry == -1)
		return -1;
	r = fstat(entry, &st) == -1 || judge(&st) == -1 ? -1 :
	    unixat_connect(sock, dirfd, name, entry, deadline);
	saved = errno;
	(void)close(entry);
	errno = saved;
	return r;
}

int
listener_connect(int dirfd, const char *name, int type, int ms)
{
	int flags, sock;

	if (!unixat_is_name(name))
		return fail(-1, EINVAL);
	if (userdir_check(dirfd) == -1)
		return -1;
	if ((sock = unixsock_new(type)) == -1)
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
