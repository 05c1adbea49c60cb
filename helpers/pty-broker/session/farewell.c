/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "farewell.h"

#include <syslog.h>
#include <unistd.h>

#include "exitcode.h"
#include "session.h"

void
farewell(const struct session *session)
{
	char words[64];

	openlog("pty-broker", LOG_PID, LOG_AUTHPRIV);
	syslog(LOG_AUTHPRIV | LOG_INFO,
	    "ended: session=%s uid=%u tty=%s pid=%d reason=\"%s\"",
	    session->record.name, (unsigned int)getuid(),
	    session->record.tty, (int)getpid(),
	    exitcode_describe(session->status, words, sizeof(words)));
	closelog();
}
