/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What stands in these directories is taken for root's own word: it says
 * whose key opened a login, and which processes are hung up.  So a directory
 * that somebody else could have filled is refused, not repaired.
 */

#include "config.h"
#include "rundir.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int
check(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return -1;
	if ((st.st_uid == 0 || st.st_uid == geteuid()) &&
	    (st.st_mode & (S_IWGRP | S_IWOTH)) == 0)
		return 0;
	errno = EPERM;
	return -1;
}

/* PAM has given root the group of the user by the time of a session. */
static int
settle(int fd, mode_t mode)
{
	if (geteuid() == 0 && fchown(fd, 0, 0) == -1)
		return -1;
	return fchmod(fd, mode);
}

static int
open_directory(int dir, const char *name)
{
	return openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
	    O_CLOEXEC);
}

/* "make" is the mode of what is made, 0 for nothing is. */
static int
enter(int dir, const char *name, mode_t make)
{
	int fd = open_directory(dir, name), saved, made = 0;

	if (fd == -1 && errno == ENOENT && make != 0) {
		made = mkdirat(dir, name, make) == 0;
		if (!made && errno != EEXIST)
			return -1;
		fd = open_directory(dir, name);
	}
	if (fd == -1)
		return -1;
	/* Looked at first: what we made may be another's by now. */
	if (check(fd) == 0 && (!made || settle(fd, make) == 0))
		return fd;
	saved = errno;
	(void)close(fd);
	errno = saved;
	return -1;
}

static int
walk(const char *path, const char *name, mode_t outer_mode, mode_t mode)
{
	int outer, inner, saved;

	/* One step, not a way, of which each directory would be checked. */
	if (*name == '\0' || *name == '.' || strchr(name, '/') != NULL) {
		errno = EINVAL;
		return -1;
	}
	if ((outer = enter(AT_FDCWD, path, outer_mode)) == -1)
		return -1;
	inner = enter(outer, name, mode);
	saved = errno;
	(void)close(outer);
	errno = saved;
	return inner;
}

int
rundir_make(const char *path, const char *name, mode_t mode)
{
	return walk(path, name, 0755, mode);
}

int
rundir_open(const char *path, const char *name)
{
	return walk(path, name, 0, 0);
}
