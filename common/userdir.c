/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces other users of the machine, who may write to a directory that an
 * environment variable names, and the user's own earlier carelessness.
 */

#include "config.h"
#include "userdir.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

/* Close fd, keep errno, and return -1. */
static int
give_up(int fd)
{
	const int saved = errno;

	(void)close(fd);
	errno = saved;
	return -1;
}

int
userdir_check(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return -1;
	if (!S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		return -1;
	}
	if (st.st_uid == geteuid() && (st.st_mode & (S_IRWXG | S_IRWXO)) == 0)
		return 0;
	errno = EPERM;
	return -1;
}

static int
open_base(const char *base)
{
	struct stat st;
	int fd;

	/* O_PATH: to pass through it is all that is needed. */
	if ((fd = open(base, O_PATH | O_DIRECTORY | O_CLOEXEC)) == -1)
		return -1;
	if (fstat(fd, &st) == -1)
		return give_up(fd);
	if ((st.st_uid == 0 || st.st_uid == geteuid()) &&
	    (st.st_mode & S_IWOTH) == 0)
		return fd;
	errno = EPERM;
	return give_up(fd);
}

/* Returns 0 or -1; errno stays. */
static int
look_at(int dir, const char *name, struct stat *st)
{
	const int saved = errno;
	const int r = fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW);

	errno = saved;
	return r;
}

static int
open_directory(int dir, const char *name)
{
	struct stat st;
	int fd;

	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);
	if (fd != -1 || look_at(dir, name, &st) == -1)
		return fd;
	/* The kernel calls a link no directory, which says less. */
	if (errno == ENOTDIR && S_ISLNK(st.st_mode))
		errno = ELOOP;
	else if (errno == EACCES && st.st_uid != geteuid())
		errno = EPERM;
	return fd;
}

static int
enter(int dir, const char *name, int make)
{
	int fd = open_directory(dir, name), r;
	mode_t mask;

	if (fd == -1 && errno == ENOENT && make) {
		/* Right from the start: another creator may look already. */
		mask = umask(S_IRWXG | S_IRWXO);
		r = mkdirat(dir, name, S_IRWXU);
		(void)umask(mask);
		if (r == -1 && errno != EEXIST)
			return -1;
		fd = open_directory(dir, name);
	}
	if (fd != -1 && userdir_check(fd) == -1)
		return give_up(fd);
	return fd;
}

/* A name alone, and no way out or on. */
static int
is_name(const char *name, size_t len)
{
	return len > 0 && len <= NAME_MAX &&
	    !(name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.')));
}

int
userdir_open(const char *base, const char *below, int make)
{
	char name[NAME_MAX + 1];
	int dir, next;
	size_t len;

	if ((dir = open_base(base)) == -1)
		return -1;
	for (;;) {
		len = strcspn(below, "/");
		if (!is_name(below, len)) {
			errno = EINVAL;
			return give_up(dir);
		}
		memcpy(name, below, len);
		name[len] = '\0';
		if ((next = enter(dir, name, make)) == -1)
			return give_up(dir);
		(void)close(dir);
		dir = next;
		if (below[len] == '\0')
			return dir;
		below += len + 1;
	}
}
