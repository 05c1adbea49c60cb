/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "login.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "account.h"
#include "audit.h"
#include "backlink.h"
#include "cleanup.h"
#include "command.h"
#include "environ.h"
#include "launch.h"
#include "log.h"
#include "logind.h"
#include "policy.h"
#include "procs.h"
#include "request.h"
#include "scope.h"
#include "stdfd.h"

/*
 * What PAM's modules say, the message of the day for one, is for a person at
 * a terminal; a command's output must not begin with it.
 */
static void
show_message(void *ctx, const char *text)
{
	const struct login *login = ctx;
	const struct session_facts *facts = login->facts;

	if (facts->command->service != COMMAND_SHELL ||
	    facts->req->terminal == REQUEST_NO_TERMINAL)
		log_info("PAM: %s", text);
	else if (facts->req->link != NULL) {
		backlink_text(facts->req->link, text);
		backlink_text(facts->req->link, "\n");
	} else if (isatty(STDERR_FILENO))
		(void)fprintf(stderr, "%s\n", text);
}

/*
 * logind makes no session for who is in one already, and root under sshd is.
 * What cannot be had is told by what follows from it, see check_session().
 */
static void
leave_session(void)
{
	struct procs_stat self;
	char name[80], why[256];

	if (!logind_present() || logind_in_session(getpid()) != 1 ||
	    procs_stat(getpid(), &self) == -1)
		return;
	(void)snprintf(name, sizeof(name), "ssh-incubator-%d-%llu.scope",
	    (int)getpid(), self.start);
	if (scope_enter(name, "Session of ssh-incubator", why,
	    sizeof(why)) == -1)
		log_info("%s: %s", name, why);
}

static int
open_pam(struct login *login, const char *tty)
{
	const struct request *req = login->facts->req;

	/* sshd's: group and others lose w, PAM may then take more. */
	(void)umask(umask(077) | 022);
	login->pam_facts = (struct login_session_facts) {
		.service = LOGIN_PAM_SERVICE,
		.tty = *tty != '\0' ? tty : NULL,
		.rhost = *req->address != '\0' ? req->address : NULL,
		.ruser = req->remote_user,
		.class = login->facts->policy->session_class,
		.message = show_message,
		.ctx = login,
	};
	login->pam = login_session_new(req->target, &login->pam_facts);
	if (login->pam == NULL) {
		audit_failed(req, "PAM");
		return -1;
	}
	if (login_session_open(login->pam) == 0)
		return 0;
	audit_refused(req, NULL, login_session_error(login->pam));
	return -1;
}

/* pam_systemd(8) succeeds whether there is a session or not. */
static int
check_session(const struct login *login, const char **id)
{
	static const char none[] = "logind made no session: is pam_systemd "
	    "in /etc/pam.d/" LOGIN_PAM_SERVICE "?";
	const struct request *req = login->facts->req;

	*id = environ_lookup(login_session_env(login->pam), "XDG_SESSION_ID");
	if (*id != NULL)
		return 0;
	if (login->facts->policy->require_session) {
		audit_refused(req, NULL, logind_present() ? none :
		    "RequireSession: there is no logind");
		return -1;
	}
	if (logind_present()) {
		log_audit(LOG_WARNING, "user=%s: %s", req->target->name,
		    none);
		log_info("%s", none);
	}
	return 0;
}

/* What who(1) and last(1) show. */
static void
record(struct login *login, const char *tty)
{
	const struct request *req = login->facts->req;
	const struct loginrecord facts = {
		.user = req->target->name, .uid = req->target->uid,
		.tty = *tty != '\0' ? tty : NULL,
		.host = *req->address != '\0' ? req->address : NULL,
		.service = LOGIN_PAM_SERVICE, .pid = getpid(),
	};

	loginrecord_open(&facts, &login->records);
	if (login->records.written == 0 ||
	    loginstate_print(&login->records, login->records_text,
	    sizeof(login->records_text)) == -1)
		login->records_text[0] = '\0';
}

/* So that whoever comes next can close what we could not. */
static void
enter(struct login *login, const char *tty, const char *id)
{
	const struct session_facts *facts = login->facts;
	const struct request *req = facts->req;

	login->entry = (struct registry_entry) {
		.user = req->target->name, .uid = req->target->uid,
		.caller = req->caller, .address = req->address, .tty = tty,
		.service = command_service_name(facts->command->service),
		.shape = req->link != NULL ? "service" : "root",
		.session = id, .records = login->records_text,
		.hangup_delay = facts->policy->hangup_delay,
	};
	if (registry_add(&login->entry) == -1)
		log_info(RUN_PATH ": %s", strerror(errno));
	else
		login->entered = 1;
}

static int
open_session(struct login *login, const char *tty)
{
	const char *id;

	if (open_pam(login, tty) == -1)
		return -1;
	if (check_session(login, &id) == -1) {
		/*
		 * Before sshd hears of the end: it would take a row that
		 * pam_wtmpdb(8) has left open on the terminal for its own.
		 */
		(void)login_session_close(login->pam);
		return -1;
	}
	record(login, tty);
	enter(login, tty, id);
	return 0;
}

/*
 * A module that writes to its standard error would do it with root's rights,
 * and what a front has passed on may be anything.
 */
static int
open_aside(struct login *login, const char *tty)
{
	int saved[3], r;

	if (stdfd_set_aside(saved) == -1) {
		audit_failed(login->facts->req, "/dev/null");
		return -1;
	}
	r = open_session(login, tty);
	if (stdfd_put_back(saved) == 0)
		return r;
	audit_failed(login->facts->req, "descriptors");
	return -1;
}

int
login_open(struct login *login, const struct session_facts *facts,
    const char *tty)
{
	memset(login, 0, sizeof(*login));
	login->facts = facts;
	/* login(1) is root's own program and asks PAM itself. */
	if (!request_by_root(facts->req) || facts->command->is_login)
		return 0;
	/* First: a terminal may have a record of somebody's who is gone. */
	cleanup_quick();
	loginrecord_prepare(&login->records);
	if (facts->req->link != NULL)
		return open_aside(login, tty);
	leave_session();
	return open_session(login, tty);
}

void
login_started(struct login *login, pid_t child)
{
	if (!login->entered)
		return;
	login->entry.child = child;
	login->entry.sid = login->facts->req->terminal ==
	    REQUEST_KEEP_TERMINAL ? getpid() : child;
	if (registry_update(&login->entry) == -1)
		log_info(RUN_PATH ": %s", strerror(errno));
}

/* Who cleans up after us must not close them again: PAM may take its time. */
void
login_close_records(struct login *login)
{
	loginrecord_close(&login->records);
	login->records.written = 0;
	if (!login->entered || *login->records_text == '\0')
		return;
	login->records_text[0] = '\0';
	(void)registry_update(&login->entry);
}

void
login_close(struct login *login)
{
	login_close_records(login);
	if (login->pam != NULL && login_session_close(login->pam) == -1)
		log_info("%s", login_session_error(login->pam));
	login_session_free(login->pam);
	login->pam = NULL;
	if (login->entered)
		(void)registry_remove(&login->entry);
	login->entered = 0;
}
