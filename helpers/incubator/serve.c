/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "serve.h"

#include <unistd.h>

#include "audit.h"
#include "become.h"
#include "command.h"
#include "exitcode.h"
#include "explainjson.h"
#include "explaintext.h"
#include "launch.h"
#include "log.h"
#include "options.h"
#include "origin.h"
#include "policy.h"
#include "request.h"
#include "session.h"

int
serve_nobody(const char *reason)
{
	const struct request nobody = { .caller_uid = getuid() };

	audit_refused(&nobody, NULL, reason);
	return EXITCODE_REFUSED;
}

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
	return session_run(facts);
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

int
serve_login(const struct options *opt, char *const *envp,
    struct backlink *link)
{
	struct command command = { 0 };
	struct policy policy = { 0 };
	struct request req = { .link = link };
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
