/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * pty-broker-screen: what a session's terminal shows, for pty-broker
 * --restore=screen.  It reads all that a program writes, which is any bytes at
 * all, through a library; so it is a process of its own, beside the bytes' way
 * and with one socket.
 */

#include "config.h"

#include <sys/resource.h>
#include <sys/socket.h>

#include <locale.h>
#include <unistd.h>

#include "exitcode.h"
#include "log.h"
#include "stdfd.h"
#include "watch.h"

/* Widths of characters come from libc, for whatever LANG the broker has. */
static int
speak_utf8(void)
{
	return setlocale(LC_CTYPE, "C.UTF-8") != NULL ||
	    setlocale(LC_CTYPE, "C.utf8") != NULL ||
	    setlocale(LC_CTYPE, "en_US.UTF-8") != NULL ? 0 : -1;
}

/* What is on somebody's screen is in no core file. */
static void
leave_no_core(void)
{
	static const struct rlimit none;

	(void)setrlimit(RLIMIT_CORE, &none);
}

static int
is_packets(int fd)
{
	socklen_t len = sizeof(int);
	int type = 0;

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
	    type == SOCK_SEQPACKET;
}

int
main(int argc, char **argv)
{
	(void)argv;
	log_init("pty-broker-screen", 0);
	if (stdfd_sanitise() == -1 ||
	    stdfd_closefrom(STDERR_FILENO + 1) == -1 || argc != 1 ||
	    !is_packets(STDIN_FILENO)) {
		log_warnx("it is started by pty-broker --restore=screen");
		return EXITCODE_USAGE;
	}
	leave_no_core();
	if (chdir("/") == -1 || speak_utf8() == -1) {
		log_warnx("no locale of UTF-8");
		return 1;
	}
	if (watch_run(STDIN_FILENO) == -1) {
		log_warn("screen");
		return 1;
	}
	return 0;
}
