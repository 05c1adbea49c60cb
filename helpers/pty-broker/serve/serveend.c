/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "serveend.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <limits.h>
#include <unistd.h>

int
serveend_is_socket(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
}

static int
result(ssize_t n, size_t *moved)
{
	if (n > 0) {
		*moved = (size_t)n;
		return 1;
	}
	if (n == 0)
		return -1;
	return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

int
serveend_read(int fd, int socket, void *buf, size_t size, size_t *n)
{
	*n = 0;
	return result(socket ? recv(fd, buf, size, MSG_DONTWAIT) :
	    read(fd, buf, size), n);
}

int
serveend_write(int fd, int socket, const void *buf, size_t size, size_t *n)
{
	*n = 0;
	if (socket)
		return result(send(fd, buf, size, MSG_DONTWAIT | MSG_NOSIGNAL),
		    n);
	/* For so much there is room in a pipe that is not full. */
	if (size > PIPE_BUF)
		size = PIPE_BUF;
	return result(write(fd, buf, size), n);
}
