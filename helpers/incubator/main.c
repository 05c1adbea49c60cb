/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * incubator: turn an authenticated connection into a session of exactly one
 * local user.  sshd starts it, by ForceCommand, Subsystem or as a login
 * shell, as the user himself or as root; a person at a shell may, too.
 */

#include "config.h"

#include <stdio.h>
#include <unistd.h>

#include "audit.h"
#include "become.h"
#include "command.h"
#include "exitcode.h"
#include "explain.h"
#include "log.h"
#include "options.h"
#include "request.h"
#include "session.h"
#include "start.h"
#include "stdfd.h"

static int
refuse(const struct request *req, const char *name, const char *reason)
{
	audit_refused(req, name, reason);
	return EXITCODE_REFUSED;
}

static int
run(const struct session_facts *facts, enum options_explain explain)
{
	switch (explain) {
	case OPTIONS_EXPLAIN_TEXT:
		return explain_text(facts);
	case OPTIONS_EXPLAIN_JSON:
		return explain_json(facts);
	case OPTIONS_EXPLAIN_NO:
		break;
	}
	if (become_applies(facts))
		return become_command(facts);
	session_run(facts);
}

int
main(int argc, char **argv)
{
	int closed = stdfd_sanitise(), status;
	struct request req = { .caller_uid = getuid() };
	struct session_facts facts = { .req = &req, .envp = environ };
	struct command command = { 0 };
	struct options opt;
	const char *reason;
	char why[512];

	log_init("incubator", 0);
	if (start_check(argc, argv, environ, closed, &reason) == -1)
		return refuse(&req, NULL, reason);
	switch (options_parse(&opt, argc, argv, why, sizeof(why))) {
	case OPTIONS_DONE:
		return 0;
	case OPTIONS_WRONG:
		(void)refuse(&req, opt.local_user, why);
		return EXITCODE_USAGE;
	case OPTIONS_UNKNOWN:
		(void)refuse(&req, opt.local_user, why);
		options_usage(stderr);
		return EXITCODE_USAGE;
	case OPTIONS_RUN:
		break;
	}
	log_init("incubator", opt.verbosity);
	if (request_resolve(&req, &opt, environ, why, sizeof(why)) == -1)
		status = refuse(&req, opt.local_user, why);
	else if (command_choose(&command, &opt, &req, environ) == -1)
		status = refuse(&req, NULL, "out of memory");
	else {
		facts.command = &command;
		status = run(&facts, opt.explain);
	}
	command_free(&command);
	request_free(&req);
	options_free(&opt);
	return status;
}
