/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What is done once for each boot is known by a file whose name has the boot
 * in it: whoever makes it with O_EXCL is the first, on NFS too.  It is all in
 * a directory of the user's, and done as the user, so that whoever puts a
 * link or a fifo there can be nobody but himself; it must not hang by that,
 * nor empty a file of his that has another name besides.
 */

#include "config.h"
#include "once.h"

#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "planstep.h"

static int
distrust(const char **detail, const char *reason)
{
	*detail = reason;
	errno = EPERM;
	return -1;
}

/* For a way out that has failed already. */
static void
close_quietly(int fd)
{
	const int err = errno;

	if (fd != -1)
		(void)close(fd);
	errno = err;
}

/* Out of the way of 0, 1 and 2, if these were closed. */
static int
move_up(int fd)
{
	int moved;

	if (fd == -1 || fd > STDERR_FILENO)
		return fd;
	moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	close_quietly(fd);
	return moved;
}

/* Open a directory, or make it. */
static int
open_or_make(int at, const char *name, int flags)
{
	int fd;

	flags |= O_DIRECTORY | O_CLOEXEC;
	if ((fd = openat(at, name, flags)) != -1 || errno != ENOENT)
		return fd;
	/* Another login of his may be as fast. */
	if (mkdirat(at, name, 0700) == -1 && errno != EEXIST)
		return -1;
	return openat(at, name, flags);
}

/*
 * Down from "at", which is closed.  A link on the way is the user's own
 * affair; the last one must be what it seems to be.
 */
static int
descend(int at, const char *path)
{
	char name[NAME_MAX + 1];
	size_t len;
	int fd = at;

	while (fd != -1 && *(path += strspn(path, "/")) != '\0') {
		if ((len = strcspn(path, "/")) > NAME_MAX) {
			errno = ENAMETOOLONG;
			break;
		}
		memcpy(name, path, len);
		name[len] = '\0';
		path += len;
		fd = open_or_make(at, name, path[strspn(path, "/")] == '\0' ?
		    O_RDONLY | O_NOFOLLOW : O_PATH);
		close_quietly(at);
		at = fd;
	}
	if (*path == '\0')
		return fd;
	close_quietly(fd);
	return -1;
}

static int
open_directory(const struct plan_step *step, const char **detail)
{
	struct stat st;
	int fd;

	*detail = step->u.once.base;
	fd = open(step->u.once.base, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	*detail = step->u.once.below;
	fd = move_up(descend(fd, step->u.once.below));
	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == 0) {
		if (st.st_uid == geteuid() &&
		    (st.st_mode & (S_IWGRP | S_IWOTH)) == 0)
			return fd;
		(void)distrust(detail,
		    "the directory is not the user's alone");
	}
	close_quietly(fd);
	return -1;
}

/* O_NONBLOCK: a fifo without a reader would keep us. */
static int
open_log(int dir, const struct plan_step *step, const char **detail)
{
	struct stat st;
	int fd;

	*detail = step->u.once.log;
	fd = move_up(openat(dir, step->u.once.log, O_WRONLY | O_APPEND |
	    O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600));
	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == 0) {
		if (S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
		    st.st_nlink == 1)
			return fd;
		(void)distrust(detail,
		    "the log is not a file of the user's alone");
	}
	close_quietly(fd);
	return -1;
}

static int
make_marker(int dir, const struct plan_step *step, const char **detail)
{
	int fd;

	*detail = step->u.once.marker;
	fd = openat(dir, step->u.once.marker, O_WRONLY | O_CREAT | O_EXCL |
	    O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1) {
		if (errno == EEXIST)
			errno = EALREADY;
		return -1;
	}
	(void)close(fd);
	return 0;
}

static int
begin_log(int log, const struct plan_step *step, const char **detail)
{
	*detail = step->u.once.log;
	if (fchmod(log, 0600) == -1 || ftruncate(log, 0) == -1 ||
	    fcntl(log, F_SETFL, O_APPEND) == -1 ||
	    dup3(log, STDOUT_FILENO, 0) == -1)
		return -1;
	return dup3(log, STDERR_FILENO, 0) == -1 ? -1 : 0;
}

/* The same name but for what is another boot's, in the same form. */
static int
is_old_marker(const struct plan_step *step, const char *name)
{
	const char *marker = step->u.once.marker;
	const size_t len = strlen(marker);
	size_t i;

	if (strlen(name) != len || memcmp(name, marker, len) == 0 ||
	    memcmp(name, marker, step->u.once.fixed) != 0)
		return 0;
	for (i = step->u.once.fixed; i < len; i++)
		if ((name[i] == '-') != (marker[i] == '-') ||
		    name[i + strspn(name + i, "0123456789abcdef-")] != '\0')
			return 0;
	return 1;
}

struct entry {
	uint64_t ino;
	int64_t off;
	unsigned short reclen;
	unsigned char type;
	char name[];
};

/* One that cannot be removed is in nobody's way.  Not readdir(3): malloc. */
static void
remove_old(int dir, const struct plan_step *step)
{
	char buf[1024] __attribute__((aligned(8)));
	const struct entry *entry;
	long n, pos;

	while ((n = syscall(SYS_getdents64, dir, buf, sizeof(buf))) > 0)
		for (pos = 0; pos < n; pos += entry->reclen) {
			entry = (const void *)(buf + pos);
			if (is_old_marker(step, entry->name))
				(void)unlinkat(dir, entry->name, 0);
		}
}

/*
 * The log is opened first, and emptied last: what cannot have its output has
 * not run, and what has is not overwritten by who comes second.
 */
static int
begin(const struct plan_step *step, const char **detail)
{
	int dir, log = -1, r = -1;

	if ((dir = open_directory(step, detail)) == -1)
		return -1;
	if ((log = open_log(dir, step, detail)) != -1 &&
	    (r = make_marker(dir, step, detail)) == 0) {
		if ((r = begin_log(log, step, detail)) == 0) {
			remove_old(dir, step);
			*detail = NULL;
		} else {
			const int err = errno;

			(void)unlinkat(dir, step->u.once.marker, 0);
			errno = err;
		}
	}
	close_quietly(log);
	close_quietly(dir);
	return r;
}

/*
 * The command's umask is none of ours: what is made here is the user's alone,
 * and he can use it.
 */
int
once_begin(const struct plan_step *step, const char **detail)
{
	const long mask = syscall(SYS_umask, 077);
	int err, r;

	*detail = "umask";
	if (mask == -1)
		return -1;
	r = begin(step, detail);
	err = errno;
	(void)syscall(SYS_umask, mask);
	errno = err;
	return r;
}
