/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "viewterm.h"

#include <sys/ioctl.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "pty.h"

int
viewterm_raw(struct viewterm *term)
{
	if (pty_make_raw(STDIN_FILENO, &term->before) == -1)
		return -1;
	term->is_raw = 1;
	return 0;
}

void
viewterm_put_back(struct viewterm *term)
{
	if (!term->is_raw)
		return;
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &term->before);
	term->is_raw = 0;
}

void
viewterm_size(struct proto_size *size)
{
	struct winsize ws = { 0 };

	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &ws) == -1)
		memset(&ws, 0, sizeof(ws));
	size->rows = ws.ws_row;
	size->cols = ws.ws_col;
	size->xpixel = ws.ws_xpixel;
	size->ypixel = ws.ws_ypixel;
}

/* Is that terminal the one whose number it is? */
static int
is_terminal(int fd, dev_t want)
{
	unsigned int dev;

	/* For /dev/tty, fstat(2) would tell of everybody's. */
	return ioctl(fd, TIOCGDEV, &dev) == 0 && (dev_t)dev == want;
}

static int
open_terminal(const char *path, dev_t want)
{
	const int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd == -1 || is_terminal(fd, want))
		return fd;
	(void)close(fd);
	return -1;
}

int
viewterm_open_anew(void)
{
	char name[PTY_NAME_SIZE];
	struct stat in, out;
	unsigned int dev;
	int fd;

	if (fstat(STDIN_FILENO, &in) == -1 ||
	    fstat(STDOUT_FILENO, &out) == -1 ||
	    !S_ISCHR(in.st_mode) || !S_ISCHR(out.st_mode) ||
	    in.st_rdev != out.st_rdev ||
	    ioctl(STDIN_FILENO, TIOCGDEV, &dev) == -1)
		return -1;
	/* This one asks nobody for a permission, whoever owns the terminal. */
	if ((fd = open_terminal("/dev/tty", (dev_t)dev)) != -1)
		return fd;
	return pty_name(STDIN_FILENO, name) == 0 ?
	    open_terminal(name, (dev_t)dev) : -1;
}
