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
#include "configtest.h"
#include "exitcode.h"
#include "explainjson.h"
#include "explaintext.h"
#include "launch.h"
#include "log.h"
#include "options.h"
#include "origin.h"
#include "policy.h"
#include "recordauth.h"
#include "request.h"
#include "session.h"
#include "start.h"
#include "stdfd.h"

/* --explain changes nothing, and its mistakes are nobody's login. */
static int
refuse(const struct request *req, const struct options *opt,
    const char *reason)
{
	if (opt->explain != OPTIONS_EXPLAIN_NO)
		log_warnx("%s", reason);
	else
		audit_refused(req, opt->local_user, reason);
	return EXITCODE_REFUSED;
}

static int
run(const struct session_facts *facts, enum options_explain explain)
{
	switch (explain) {
	case OPTIONS_EXPLAIN_TEXT:
		return explaintext_print(facts);
	case OPTIONS_EXPLAIN_JSON:
		return explainjson_print(facts);
	case OPTIONS_EXPLAIN_NO:
		break;
	}
	if (launch_in_place(facts))
		return become_command(facts);
	session_run(facts);
}

/* Who asks, what applies to him, and who he is to be: in this order. */
static int
resolve(struct request *req, struct policy *policy, const struct options *opt,
    char *const *envp, char *why, size_t size)
{
	struct confmatch_facts facts = { .nkeys = 0 };

	if (request_begin(req, opt, envp, why, size) == -1)
		return -1;
	origin_facts(&facts, req, opt, envp);
	if (policy_make(policy, opt, &facts, why, size) == -1)
		return -1;
	log_init("incubator", policy->verbosity);
	return request_finish(req, opt, policy, why, size);
}

/* The request that the options make, from here to the exit status. */
static int
serve(const struct options *opt, char *const *envp)
{
	struct command command = { 0 };
	struct policy policy = { 0 };
	struct request req;
	const struct session_facts facts = {
		&req, &command, &policy, envp,
	};
	const char *objection;
	char why[512];
	int status;

	if (resolve(&req, &policy, opt, envp, why, sizeof(why)) == -1) {
		status = refuse(&req, opt, why);
		if (policy.misused)
			status = EXITCODE_USAGE;
	}
	else if ((objection = command_objection(opt, envp)) != NULL)
		status = refuse(&req, opt, objection);
	else if (command_choose(&command, opt, &policy, &req, envp) == -1)
		status = refuse(&req, opt, "out of memory");
	else
		status = run(&facts, opt->explain);
	command_free(&command);
	policy_free(&policy);
	request_free(&req);
	return status;
}

int
main(int argc, char **argv)
{
	int closed = stdfd_sanitise(), status = EXITCODE_USAGE;
	const struct request nobody = { .caller_uid = getuid() };
	struct options opt = { 0 };
	char *const *envp = environ;
	const char *reason;
	char why[512];

	log_init("incubator", 0);
	if (start_check(argc, argv, envp, closed, &reason) == -1)
		return refuse(&nobody, &opt, reason);
	if (stdfd_closefrom(STDERR_FILENO + 1) == -1 ||
	    start_clean() == -1)
		return refuse(&nobody, &opt, "cannot make a clean start");
	switch (options_parse(&opt, argc, argv, why, sizeof(why))) {
	case OPTIONS_RUN:
		log_init("incubator", opt.verbosity);
		status = opt.action == OPTIONS_SESSION ? serve(&opt, envp) :
		    opt.action == OPTIONS_RECORD_AUTH ? recordauth_run(envp) :
		    configtest_run(&opt);
		break;
	case OPTIONS_DONE:
		status = 0;
		break;
	case OPTIONS_WRONG:
		(void)refuse(&nobody, &opt, why);
		break;
	case OPTIONS_UNKNOWN:
		(void)refuse(&nobody, &opt, why);
		options_usage(stderr);
		break;
	}
	options_free(&opt);
	return status;
}
