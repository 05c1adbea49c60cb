/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * pty-broker-serve: what "pty-broker serve" becomes when the client has named
 * his session and is attached to it.  A program of its own because it links a
 * JSON library, which no session is to pay for.  It runs as the user and faces
 * whoever speaks on standard input.
 *
 *	pty-broker-serve SESSION
 */

#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit.h"
#include "exitcode.h"
#include "log.h"
#include "serveend.h"
#include "serveloop.h"
#include "serveprogram.h"
#include "sigreset.h"
#include "start.h"
#include "stdfd.h"

static int
refused(const char *session, const char *reason)
{
	char line[512];

	(void)snprintf(line, sizeof(line), "%s: %s", session, reason);
	return audit_refused(line);
}

static int
serve(const char *session)
{
	struct serveloop_result result;

	switch (serveloop_run(STDIN_FILENO, STDOUT_FILENO, SERVEPROGRAM_SOCKET,
	    &result)) {
	case SERVELOOP_EXIT:
		exitcode_end_as(result.wstatus);
	case SERVELOOP_LEFT:
		return 0;
	case SERVELOOP_DETACHED:
		log_warnx("%s: detached by another client", session);
		return 0;
	case SERVELOOP_LOST:
		return refused(session, "the session is not there any more");
	case SERVELOOP_FAILED:
		return refused(session, strerror(errno));
	case SERVELOOP_WRONG:
	case SERVELOOP_REFUSED:
		break;
	}
	return refused(session, result.why);
}

int
main(int argc, char **argv)
{
	int closed = stdfd_sanitise();
	const char *reason;

	log_init("pty-broker", 0);
	if (start_check(argc, argv, environ, closed, &reason) == -1)
		return audit_refused(reason);
	if (argc != 2 || !serveend_is_socket(SERVEPROGRAM_SOCKET)) {
		log_warnx("this is started by pty-broker serve");
		return EXITCODE_USAGE;
	}
	if (stdfd_closefrom(SERVEPROGRAM_SOCKET + 1) == -1 ||
	    start_clean() == -1)
		return refused(argv[1], "cannot make a clean start");
	sigreset_ignore(SIGPIPE);
	return serve(argv[1]);
}
