/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "audit.h"

#include <syslog.h>
#include <unistd.h>

#include "account.h"
#include "exitcode.h"
#include "log.h"
#include "pty.h"

/* A caller's name, quoted where it has to be. */
struct caller {
	char name[64], quoted[80];
};

static const char *
caller(struct caller *buf)
{
	(void)account_name_of(getuid(), NULL, buf->name, sizeof(buf->name));
	return log_field(buf->name, buf->quoted, sizeof(buf->quoted));
}

int
audit_refused(const char *reason)
{
	struct caller buf;
	char text[512];

	log_warnx("%s", reason);
	log_audit(LOG_NOTICE, "refused: caller=%s(%u) pid=%d reason=%s",
	    caller(&buf), (unsigned int)getuid(), (int)getpid(),
	    log_field(reason, text, sizeof(text)));
	return EXITCODE_REFUSED;
}

void
audit_session(const char *what, const char *name)
{
	char tty[PTY_NAME_SIZE];
	struct caller buf;

	log_audit(LOG_INFO, "%s: session=%s caller=%s(%u) tty=%s pid=%d",
	    what, name, caller(&buf), (unsigned int)getuid(),
	    pty_name(STDIN_FILENO, tty) == 0 ? tty : "-", (int)getpid());
}
