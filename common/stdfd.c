/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "stdfd.h"

#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <unistd.h>

int
stdfd_sanitise(void)
{
	int fd, closed = 0;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) != -1)
			continue;
		if (errno != EBADF)
			return -1;
		/* The lowest free descriptor is this one: those below exist. */
		if (open("/dev/null", O_RDWR) != fd)
			return -1;
		closed |= 1 << fd;
	}
	return closed;
}

struct entry {
	uint64_t ino;
	int64_t off;
	unsigned short reclen;
	unsigned char type;
	char name[];
};

/* The number that a name spells, or -1. */
static int
fd_of_name(const char *name)
{
	int fd = 0;

	if (*name == '\0')
		return -1;
	for (; *name != '\0'; name++) {
		if (*name < '0' || *name > '9' || fd > INT_MAX / 10 - 1)
			return -1;
		fd = 10 * fd + (*name - '0');
	}
	return fd;
}

/*
 * Not up to RLIMIT_NOFILE: a descriptor outlives a limit that was lowered
 * after it was opened.  Not readdir(3): it allocates.
 */
static int
walk_from(int lowest, int only_mark)
{
	char buf[1024] __attribute__((aligned(8)));
	long n, pos;
	int dir, fd;

	dir = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir == -1)
		return -1;
	while ((n = syscall(SYS_getdents64, dir, buf, sizeof(buf))) > 0) {
		const struct entry *entry;

		for (pos = 0; pos < n; pos += entry->reclen) {
			entry = (const void *)(buf + pos);
			fd = fd_of_name(entry->name);
			if (fd < lowest || fd == dir)
				continue;
			if (only_mark)
				(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
			else
				(void)close(fd);
		}
	}
	(void)close(dir);
	return n == 0 ? 0 : -1;
}

static int
close_range_from(int lowest, unsigned int flags)
{
#ifdef SYS_close_range
	return (int)syscall(SYS_close_range, (unsigned int)lowest, ~0U, flags);
#else
	(void)lowest;
	(void)flags;
	errno = ENOSYS;
	return -1;
#endif
}

int
stdfd_closefrom(int lowest)
{
	return close_range_from(lowest, 0) == 0 ? 0 : walk_from(lowest, 0);
}

/* The flag came with Linux 5.11, the call with 5.9. */
int
stdfd_close_on_exec(int lowest)
{
	const unsigned int cloexec = 1u << 2;	/* CLOSE_RANGE_CLOEXEC */

	return close_range_from(lowest, cloexec) == 0 ? 0 :
	    walk_from(lowest, 1);
}

int
stdfd_leave(int first, int last)
{
	const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int fd, saved;

	if (null == -1)
		return -1;
	for (fd = first; fd <= last; fd++)
		if (dup2(null, fd) == -1)
			break;
	saved = errno;
	(void)close(null);
	errno = saved;
	return fd > last ? 0 : -1;
}

int
stdfd_put_back(int saved[3])
{
	int fd, r = 0;

	for (fd = 0; fd < 3; fd++) {
		if (saved[fd] == -1)
			continue;
		if (dup2(saved[fd], fd) == -1)
			r = -1;
		(void)close(saved[fd]);
		saved[fd] = -1;
	}
	return r;
}

int
stdfd_set_aside(int saved[3])
{
	int fd, null = open("/dev/null", O_RDWR | O_CLOEXEC), r, err;

	r = null == -1 ? -1 : 0;
	for (fd = 0; fd < 3; fd++) {
		saved[fd] = -1;
		if (r == 0 && ((saved[fd] = fcntl(fd, F_DUPFD_CLOEXEC,
		    3)) == -1 || dup2(null, fd) == -1))
			r = -1;
	}
	err = errno;
	if (r == -1)
		(void)stdfd_put_back(saved);
	if (null != -1)
		(void)close(null);
	errno = err;
	return r;
}
