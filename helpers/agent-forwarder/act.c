/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "act.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "environ.h"
#include "exitcode.h"
#include "log.h"
#include "options.h"
#include "ownpolicy.h"
#include "policy.h"
#include "rawsession.h"
#include "refusal.h"
#include "served.h"
#include "session.h"
#include "stablerun.h"
#include "status.h"
#include "stdfd.h"

static int
print_policy(const struct options *opt)
{
	const char *reason;
	char *text;

	/* Its lines are enough: nothing was to be run. */
	if (ownpolicy_read(opt, getuid(), &reason) == -1)
		return EXITCODE_REFUSED;
	if ((text = policy_print(opt->policy)) == NULL) {
		log_warn("policy");
		return EXITCODE_REFUSED;
	}
	(void)fputs(text, stdout);
	free(text);
	if (fflush(stdout) == 0)
		return 0;
	log_warn("standard output");
	return EXITCODE_REFUSED;
}

static int
become_command(const struct session_facts *facts)
{
	switch (facts->opt->mode) {
	case OPTIONS_STABLE:
		return stablerun(facts);
	case OPTIONS_RAW:
		return rawsession_run(facts);
	case OPTIONS_SESSION:
		break;
	}
	return session_run(facts);
}

static int
act_as(const struct session_facts *facts)
{
	switch (facts->opt->act) {
	case OPTIONS_PRINT_POLICY:
		return print_policy(facts->opt);
	case OPTIONS_STATUS:
		return status_print(facts->envp, facts->account->home,
		    facts->opt->name, facts->opt->json);
	case OPTIONS_STOP:
		return status_stop(facts->envp, facts->account->home,
		    facts->opt->name);
	case OPTIONS_COMMAND:
	case OPTIONS_SERVE:
		break;
	}
	return become_command(facts);
}

int
act(const struct options *opt, char *const *envp)
{
	enum account_error err;
	struct session_facts facts = { .opt = opt, .envp = envp };
	struct account *account;
	int status;

	if (opt->act == OPTIONS_SERVE)
		return served_run(opt, envp);
	if (stdfd_closefrom(STDERR_FILENO + 1) == -1)
		return refusal("cannot make a clean start");
	account = account_by_uid(getuid(), environ_lookup(envp, "LOGNAME"),
	    &err);
	if (account == NULL)
		return refusal_of("user", account_strerror(err));
	facts.account = account;
	status = act_as(&facts);
	account_free(account);
	return status;
}
