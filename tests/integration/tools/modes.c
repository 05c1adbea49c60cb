/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The terminal's modes as an SSH client would send them, by common/ttymode:
 *
 *	modes				those of standard input, in hexadecimal
 *	modes HEX COMMAND [ARG ...]	COMMAND's standard input is a new pty,
 *					of standard input's size, to which
 *					they were applied
 */

#include "config.h"

#include <sys/ioctl.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "pty.h"
#include "ttymode.h"

static int
show(void)
{
	unsigned char bytes[TTYMODE_SIZE];
	struct termios modes;
	ssize_t i, len;

	if (tcgetattr(STDIN_FILENO, &modes) == -1 ||
	    (len = ttymode_encode(&modes, bytes, sizeof(bytes))) == -1)
		err(1, "modes");
	for (i = 0; i < len; i++)
		printf("%02x", bytes[i]);
	printf("\n");
	return 0;
}

static size_t
unhex(const char *hex, unsigned char *bytes, size_t size)
{
	unsigned int byte;
	size_t n;

	for (n = 0; hex[0] != '\0'; n++, hex += 2) {
		if (n == size || sscanf(hex, "%2x", &byte) != 1 ||
		    hex[1] == '\0')
			errx(64, "bad bytes");
		bytes[n] = (unsigned char)byte;
	}
	return n;
}

int
main(int argc, char **argv)
{
	unsigned char bytes[2 * TTYMODE_SIZE];
	char name[PTY_NAME_SIZE];
	struct termios modes;
	struct winsize size;
	int master, slave;

	if (argc < 2)
		return show();
	if (argc < 3)
		errx(64, "usage: modes [HEX COMMAND [ARG ...]]");
	if (pty_get_size(STDIN_FILENO, &size) == -1 ||
	    pty_open_as(&master, &slave, name, NULL, &size) == -1 ||
	    tcgetattr(slave, &modes) == -1)
		err(1, "pty");
	if (ttymode_apply(bytes, unhex(argv[1], bytes, sizeof(bytes)),
	    &modes) != TTYMODE_APPLIED)
		errx(1, "not applied");
	if (tcsetattr(slave, TCSANOW, &modes) == -1 || dup2(slave, 0) == -1)
		err(1, "%s", name);
	/* without a master it would have no modes any more */
	if (dup(master) == -1)
		err(1, "dup");
	(void)execvp(argv[2], argv + 2);
	err(1, "%s", argv[2]);
}
