/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "cgroup.h"

#include <sys/vfs.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <unistd.h>

int
cgroup_open(const char *path)
{
	struct statfs fs;
	int err, dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir == -1)
		return -1;
	err = fstatfs(dir, &fs) == -1 ? errno :
	    fs.f_type != CGROUP2_SUPER_MAGIC ? EBADF : 0;
	if (err == 0)
		return dir;
	(void)close(dir);
	errno = err;
	return -1;
}

static int
enter(int dir)
{
	int err, fd = openat(dir, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd == -1)
		return -1;
	n = write(fd, "0", 1);
	err = errno;
	(void)close(fd);
	errno = err;
	return n == 1 ? 0 : -1;
}

int
cgroup_enter(const char *path, int dir)
{
	int err, r, fd;

	if (path == NULL)
		return enter(dir);
	if ((fd = cgroup_open(path)) == -1)
		return -1;
	r = enter(fd);
	err = errno;
	(void)close(fd);
	errno = err;
	return r;
}
