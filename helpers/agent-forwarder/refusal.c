/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "refusal.h"

#include <stdio.h>
#include <syslog.h>
#include <unistd.h>

#include "account.h"
#include "exitcode.h"
#include "log.h"

static void
tell(const char *what, const char *reason)
{
	char caller[64], name[80], text[512];

	log_warnx("%s", reason);
	(void)account_name_of(getuid(), NULL, caller, sizeof(caller));
	log_audit(LOG_NOTICE, "%s: caller=%s(%u) pid=%d reason=%s", what,
	    log_field(caller, name, sizeof(name)), (unsigned int)getuid(),
	    (int)getpid(), log_field(reason, text, sizeof(text)));
}

int
refusal(const char *reason)
{
	tell("refused", reason);
	return EXITCODE_REFUSED;
}

void
refusal_warning(const char *reason)
{
	tell("warning", reason);
}

int
refusal_of(const char *object, const char *reason)
{
	char line[512];

	(void)snprintf(line, sizeof(line), "%s: %s", object, reason);
	return refusal(line);
}
