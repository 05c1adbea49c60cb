/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * common/logind and common/scope by hand, for the scripts on a booted system:
 *
 *	asklogind present
 *	asklogind in-session | session | host PID
 *	asklogind enter NAME [COMMAND ...]
 *
 * Prints the answer, or "-1" and the reason.  "enter" tells on stderr how long
 * it took and whether this process is in a session then, and becomes the
 * command.
 */

#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "logind.h"
#include "scope.h"

static double
now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static int
enter(const char *name, char *argv[])
{
	char why[256] = "";
	double before = now(), after;

	if (scope_enter(name, "asklogind", why, sizeof(why)) == -1) {
		(void)printf("-1 %s: %s\n", strerror(errno), why);
		return 1;
	}
	after = now();
	(void)fprintf(stderr, "in-session=%d after %.0f us\n",
	    logind_in_session(getpid()), after - before);
	if (*argv == NULL)
		return 0;
	(void)execv(*argv, argv);
	perror(*argv);
	return 1;
}

static int
ask(const char *what, pid_t pid)
{
	char buf[256];
	int r;

	if (strcmp(what, "in-session") == 0) {
		(void)printf("%d\n", logind_in_session(pid));
		return 0;
	}
	r = strcmp(what, "session") == 0 ?
	    logind_session_of(pid, buf, sizeof(buf)) :
	    logind_remote_host(pid, buf, sizeof(buf));
	if (r == -1)
		(void)printf("-1 %s\n", strerror(errno));
	else
		(void)printf("%s\n", buf);
	return 0;
}

int
main(int argc, char *argv[])
{
	if (argc == 2 && strcmp(argv[1], "present") == 0) {
		(void)printf("%d\n", logind_present());
		return 0;
	}
	if (argc >= 3 && strcmp(argv[1], "enter") == 0)
		return enter(argv[2], argv + 3);
	if (argc == 3)
		return ask(argv[1], (pid_t)atoi(argv[2]));
	(void)fprintf(stderr, "usage: asklogind WHAT [ARG ...]\n");
	return 64;
}
