/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "stdfd.h"

#include <sys/syscall.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
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

/* For kernels before 5.9. */
static int
closefrom_by_walk(int lowest)
{
	struct dirent *entry;
	DIR *dir;

	if ((dir = opendir("/proc/self/fd")) == NULL)
		return -1;
	while ((entry = readdir(dir)) != NULL) {
		char *end;
		long fd = strtol(entry->d_name, &end, 10);

		if (*end != '\0' || end == entry->d_name || fd < lowest ||
		    fd > INT_MAX || fd == dirfd(dir))
			continue;
		(void)close((int)fd);
	}
	(void)closedir(dir);
	return 0;
}

int
stdfd_closefrom(int lowest)
{
	if (syscall(SYS_close_range, (unsigned int)lowest, ~0U, 0U) == 0)
		return 0;
	if (errno != ENOSYS)
		return -1;
	return closefrom_by_walk(lowest);
}
