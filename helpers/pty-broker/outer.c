/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "outer.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "pty.h"

/*
 * Open it again: O_NONBLOCK belongs to the open file description, which a
 * shell or sshd shares.  Not a file, of which the position is part of that.
 * What cannot be opened again is used as it is.
 */
static int
open_again(int fd)
{
	char path[64];
	struct stat st;
	int flags, again;

	flags = fcntl(fd, F_GETFL);
	if (flags == -1 || fstat(fd, &st) == -1 ||
	    (!S_ISFIFO(st.st_mode) && !isatty(fd)))
		return fd;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, (flags & O_ACCMODE) | O_NOCTTY | O_NONBLOCK |
	    O_CLOEXEC);
	if (again == -1)
		return fd;
	return again;
}

static int
is_socket(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
}

void
outer_open(struct outer *outer)
{
	outer->in = open_again(STDIN_FILENO);
	outer->out = open_again(STDOUT_FILENO);
	outer->in_tty = isatty(STDIN_FILENO);
	outer->out_tty = isatty(STDOUT_FILENO);
	outer->out_socket = is_socket(STDOUT_FILENO);
	outer->is_raw = 0;
}

void
outer_close(struct outer *outer)
{
	outer_put_back(outer);
	if (outer->in != STDIN_FILENO)
		(void)close(outer->in);
	if (outer->out != STDOUT_FILENO)
		(void)close(outer->out);
	outer->in = outer->out = -1;
}

/* Is this one terminal, that a person has all of? */
static int
is_whole(const struct outer *outer)
{
	return outer->in_tty && outer->out_tty;
}

static int
terminal(const struct outer *outer)
{
	return outer->in_tty ? outer->in : outer->out;
}

int
outer_modes(const struct outer *outer, struct termios *modes)
{
	if (outer->is_raw) {
		*modes = outer->before;
		return 0;
	}
	return tcgetattr(terminal(outer), modes);
}

int
outer_size(const struct outer *outer, struct winsize *size)
{
	return pty_get_size(terminal(outer), size);
}

void
outer_make_raw(struct outer *outer)
{
	if (is_whole(outer) && !outer->is_raw)
		outer->is_raw = pty_make_raw(outer->in, &outer->before) == 0;
}

/* From the background as well: SIGTTOU is held back for the moment. */
void
outer_put_back(struct outer *outer)
{
	sigset_t ttou, before;

	if (!outer->is_raw)
		return;
	(void)sigemptyset(&ttou);
	(void)sigaddset(&ttou, SIGTTOU);
	(void)sigprocmask(SIG_BLOCK, &ttou, &before);
	(void)tcsetattr(outer->in, TCSANOW, &outer->before);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	outer->is_raw = 0;
}

ssize_t
outer_read(const struct outer *outer, void *buf, size_t size)
{
	return read(outer->in, buf, size);
}

ssize_t
outer_write(const struct outer *outer, const void *buf, size_t len)
{
	if (outer->out_socket)
		return send(outer->out, buf, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	return write(outer->out, buf, len);
}
