/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "syslogline.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "unixsock.h"

/* sd_journal_print(3) and rsyslog(8) take more; a line has less. */
#define LINE_SIZE 4096

/* Of the kind that the log listens with. */
static int
connect_as(int type)
{
	const struct sockaddr_un addr = {
		.sun_family = AF_UNIX, .sun_path = "/dev/log",
	};
	int fd = unixsock_new(type | SOCK_NONBLOCK);
	int saved;

	if (fd == -1 || connect(fd, (const struct sockaddr *)&addr,
	    sizeof(addr)) == 0)
		return fd;
	saved = errno;
	(void)close(fd);
	errno = saved;
	return -1;
}

int
syslogline_open(void)
{
	int fd = connect_as(SOCK_DGRAM);

	if (fd == -1 && errno == EPROTOTYPE)
		fd = connect_as(SOCK_STREAM);
	return fd;
}

/* A record ends with its message, or in a stream with a NUL. */
static int
send_whole(int fd, const char *text, size_t len)
{
	int type;
	socklen_t size = sizeof(type);
	ssize_t n;

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == -1)
		return -1;
	n = send(fd, text, type == SOCK_STREAM ? len + 1 : len,
	    MSG_NOSIGNAL);
	if (n >= (ssize_t)len)
		return 0;
	/* Part of a line: what follows would be read as its end. */
	if (n != -1)
		errno = EPIPE;
	return -1;
}

int
syslogline_send(int *fd, int priority, const char *program,
    const char *line)
{
	const time_t now = time(NULL);
	char text[LINE_SIZE], when[32] = "";
	struct tm tm;
	int n, i;

	if (localtime_r(&now, &tm) != NULL)
		(void)strftime(when, sizeof(when), "%b %e %H:%M:%S ", &tm);
	n = snprintf(text, sizeof(text), "<%d>%s%s[%ld]: %s",
	    LOG_AUTHPRIV | priority, when, program, (long)getpid(), line);
	if (n <= 0 || (size_t)n >= sizeof(text)) {
		errno = EMSGSIZE;
		return -1;
	}
	for (i = 0; i < 2; i++) {
		if (*fd == -1 && (*fd = syslogline_open()) == -1)
			return -1;
		if (send_whole(*fd, text, (size_t)n) == 0)
			return 0;
		if (errno == EAGAIN || errno == EMSGSIZE)
			return -1;
		(void)close(*fd);
		*fd = -1;
	}
	return -1;
}
