/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "audit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "account.h"
#include "log.h"
#include "loginrecord.h"
#include "request.h"

static const char *
who(const char *name, uid_t uid, char *buf, size_t size)
{
	char quoted[300];

	(void)snprintf(buf, size, "%s(%u)",
	    log_field(name, quoted, sizeof(quoted)), (unsigned int)uid);
	return buf;
}

/* What every line has: by whom, with which key, from where, on what. */
static const char *
origin(const struct request *req, const char *tty, char *buf, size_t size)
{
	char caller[320], remote[300], address[80], id[300];
	const struct sshkey_cert *cert = req->auth.nkeys > 0 ?
	    req->auth.keys[0]->cert : NULL;

	(void)snprintf(buf, size,
	    "caller=%s remote=%s key=%s%s%s addr=%s tty=%s pid=%d",
	    who(req->caller, req->caller_uid, caller, sizeof(caller)),
	    log_field(req->remote_user, remote, sizeof(remote)),
	    *req->key != '\0' ? req->key : "-",
	    cert != NULL ? " keyid=" : "",
	    cert != NULL ? log_field(cert->key_id, id, sizeof(id)) : "",
	    log_field(req->address, address, sizeof(address)),
	    *tty == '\0' ? "-" : tty, (int)getpid());
	return buf;
}

void
audit_refused(const struct request *req, const char *name, const char *reason)
{
	char from[1024], user[300], text[512];

	log_warnx("%s", reason);
	if (req->target != NULL)
		name = req->target->name;
	if (request_by_root(req))
		loginrecord_refused(name != NULL ? name : req->caller,
		    *req->address != '\0' ? req->address : NULL,
		    *req->tty != '\0' ? req->tty : NULL, getpid());
	log_audit(LOG_NOTICE, "refused: user=%s %s reason=%s",
	    log_field(name, user, sizeof(user)),
	    origin(req, req->tty, from, sizeof(from)),
	    log_field(reason, text, sizeof(text)));
}

void
audit_failed(const struct request *req, const char *object)
{
	char reason[512];

	(void)snprintf(reason, sizeof(reason), "%s: %s", object,
	    strerror(errno));
	audit_refused(req, NULL, reason);
}

void
audit_opened(const struct request *req, const char *service, const char *tty,
    pid_t child)
{
	char from[1024], user[320];

	log_audit(LOG_INFO, "session opened: user=%s %s service=%s child=%d",
	    who(req->target->name, req->target->uid, user, sizeof(user)),
	    origin(req, tty, from, sizeof(from)), service, (int)child);
}

void
audit_closed(const struct request *req, const char *service, const char *tty,
    pid_t child, const char *status)
{
	char from[1024], user[320], text[128];

	log_audit(LOG_INFO,
	    "session closed: user=%s %s service=%s child=%d status=%s",
	    who(req->target->name, req->target->uid, user, sizeof(user)),
	    origin(req, tty, from, sizeof(from)), service, (int)child,
	    log_field(status, text, sizeof(text)));
}
