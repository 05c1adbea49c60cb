/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "audit.h"

#include <stdio.h>
#include <syslog.h>
#include <unistd.h>

#include "account.h"
#include "exitcode.h"
#include "log.h"

int
audit_refused(int logged, const char *reason)
{
	char caller[64], name[80], text[512];

	log_warnx("%s", reason);
	if (!logged)
		return EXITCODE_REFUSED;
	(void)account_name_of(getuid(), NULL, caller, sizeof(caller));
	log_audit(LOG_NOTICE, "refused: caller=%s(%u) pid=%d reason=%s",
	    log_field(caller, name, sizeof(name)), (unsigned int)getuid(),
	    (int)getpid(), log_field(reason, text, sizeof(text)));
	return EXITCODE_REFUSED;
}

int
audit_failed(int logged, const char *object, const char *reason)
{
	char line[512];

	(void)snprintf(line, sizeof(line), "%s: %s", object, reason);
	return audit_refused(logged, line);
}
