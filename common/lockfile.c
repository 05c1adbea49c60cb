/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces processes of the same user that start at once and end at any moment,
 * and what somebody else may have put in the place of the file.
 *
 * On NFS: version 4 carries these locks to the server, so they hold between
 * hosts too, and a name that is in use on one host is in use on all that share
 * the directory.  A host that the server has not heard of for its lease (90 s)
 * loses its locks, and the name is free again while the process lives on.
 * Where the mount says nolock or local_lock, as with version 3, they hold on
 * one host only: two hosts may use the same name, and do not see each other.
 */

#include "config.h"
#include "lockfile.h"

#include <sys/stat.h>
#include <sys/types.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "deadline.h"

/* How often a file is opened that is gone when it is looked at. */
#define TRIES 100

/* Between two tries, in ns: from the first to the longest. */
#define PAUSE_FIRST 500000L
#define PAUSE_LONGEST 16000000L

static int
fail(int fd, int err)
{
	if (fd != -1)
		(void)close(fd);
	errno = err;
	return -1;
}

/* Returns 0 or an errno. */
static int
judge(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return EINVAL;
	if (st->st_uid != geteuid() ||
	    (st->st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return EPERM;
	/* One that was put here by link(2) is locked elsewhere as well. */
	return st->st_nlink > 1 ? EMLINK : 0;
}

/* Does the name still name that file?  1 or 0. */
static int
is_current(int dirfd, const char *name, const struct stat *st)
{
	struct stat now;

	return st->st_nlink > 0 &&
	    fstatat(dirfd, name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	    now.st_dev == st->st_dev && now.st_ino == st->st_ino;
}

/* Without O_NONBLOCK a FIFO in its place would keep us for ever. */
static int
open_file(int dirfd, const char *name, int flags)
{
	const mode_t mask = umask(S_IXUSR | S_IRWXG | S_IRWXO);
	const int fd = openat(dirfd, name, flags | O_NOFOLLOW | O_NONBLOCK |
	    O_NOCTTY | O_CLOEXEC, S_IRUSR | S_IWUSR);
	const int saved = errno;

	(void)umask(mask);
	errno = saved;
	return fd;
}

int
lockfile_open(int dirfd, const char *name)
{
	struct stat st;
	int err, fd, i;

	for (i = 0; i < TRIES; i++) {
		if ((fd = open_file(dirfd, name, O_RDWR | O_CREAT)) == -1)
			return -1;
		if (fstat(fd, &st) == -1)
			return fail(fd, errno);
		if ((err = judge(&st)) != 0)
			return fail(fd, err);
		if (is_current(dirfd, name, &st))
			return fd;
		(void)close(fd);
	}
	return fail(-1, EAGAIN);
}

static struct flock
one_byte(int type, int byte)
{
	struct flock lock;

	/* l_pid must be 0 for a lock of this kind. */
	memset(&lock, 0, sizeof(lock));
	lock.l_type = (short)type;
	lock.l_whence = SEEK_SET;
	lock.l_start = byte;
	lock.l_len = 1;
	return lock;
}

/* Returns 1 if it is taken, 0 if somebody has it, or -1 with errno. */
static int
try(int fd, int byte)
{
	struct flock lock = one_byte(F_WRLCK, byte);

	if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
		return 1;
	return errno == EAGAIN || errno == EACCES || errno == EINTR ? 0 : -1;
}

int
lockfile_take(int fd, int byte, long long deadline)
{
	struct timespec pause = { 0, PAUSE_FIRST };
	struct stat st;
	int r;

	/* To wait in the kernel would be without a limit, or by a signal. */
	while ((r = try(fd, byte)) == 0) {
		if (deadline_left(deadline) == 0)
			return fail(-1, deadline == 0 ? EAGAIN : ETIMEDOUT);
		(void)nanosleep(&pause, NULL);
		if (pause.tv_nsec < PAUSE_LONGEST)
			pause.tv_nsec *= 2;
	}
	if (r == -1)
		return -1;
	if (fstat(fd, &st) == 0 && st.st_nlink > 0)
		return 0;
	(void)lockfile_release(fd, byte);
	return fail(-1, ESTALE);
}

int
lockfile_release(int fd, int byte)
{
	struct flock lock = one_byte(F_UNLCK, byte);

	return fcntl(fd, F_OFD_SETLK, &lock);
}

int
lockfile_hold(int dirfd, const char *name, int byte, long long deadline)
{
	struct stat st;
	int fd, i;

	for (i = 0; i < TRIES; i++) {
		if ((fd = lockfile_open(dirfd, name)) == -1)
			return -1;
		if (lockfile_take(fd, byte, deadline) == -1) {
			if (errno != ESTALE)
				return fail(fd, errno);
		} else if (fstat(fd, &st) == -1)
			return fail(fd, errno);
		else if (is_current(dirfd, name, &st))
			return fd;
		(void)close(fd);
	}
	return fail(-1, EAGAIN);
}

int
lockfile_is_current(int dirfd, const char *name, int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && is_current(dirfd, name, &st);
}

int
lockfile_remove(int dirfd, const char *name, int fd)
{
	if (!lockfile_is_current(dirfd, name, fd))
		return fail(-1, ESTALE);
	return unlinkat(dirfd, name, 0);
}

int
lockfile_is_held(int dirfd, const char *name, int byte)
{
	struct flock lock = one_byte(F_WRLCK, byte);
	struct stat st;
	int err, fd, r;

	if ((fd = open_file(dirfd, name, O_RDONLY)) == -1)
		return -1;
	if (fstat(fd, &st) == -1)
		return fail(fd, errno);
	if ((err = judge(&st)) != 0)
		return fail(fd, err);
	r = fcntl(fd, F_OFD_GETLK, &lock);
	err = errno;
	(void)close(fd);
	errno = err;
	if (r == -1)
		return -1;
	return lock.l_type != F_UNLCK;
}
