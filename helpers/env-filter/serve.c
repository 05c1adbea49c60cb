/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "serve.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "audit.h"
#include "envfilter.h"
#include "environ.h"
#include "envrule.h"
#include "log.h"
#include "options.h"
#include "policy.h"
#include "pty.h"
#include "show.h"
#include "successor.h"

/* What this process was given, and who it is. */
struct given {
	const struct options *opt;
	char *const *envp;
	const struct account *account;
	const char *asked;	/* what the client asked for, or NULL */
};

static int
act(const struct given *given, const struct policy *policy,
    const struct envfilter *filter)
{
	const struct options *opt = given->opt;
	const struct successor next = {
		given->account, environ_envp(envfilter_environ(filter)),
		given->asked, opt->args,
	};
	const char *object;
	int status;

	switch (opt->action) {
	case OPTIONS_PRINT:
		return show_variables(filter, opt->nul);
	case OPTIONS_EXPLAIN:
		return show_verdicts(filter, policy);
	case OPTIONS_COMMAND:
		break;
	}
	show_refused(filter, policy);
	status = successor_become(&next, &object);
	if (status == -1)
		return audit_failed(1, "command", strerror(errno));
	log_warn("%s", object);
	return status;
}

static int
filter_and_act(const struct given *given, const struct policy *policy)
{
	char tty[PTY_NAME_SIZE];
	const int has_tty = pty_name(STDIN_FILENO, tty) == 0;
	const struct envrule_facts facts = {
		.uid = getuid(), .tty = has_tty, .own = 1,
		.user = given->account->name,
		.tty_name = has_tty ? tty : NULL,
		.passes_on = given->opt->args[0] != NULL,
	};
	struct envfilter *filter = envfilter_apply(&policy->rules, &facts,
	    given->envp);
	int status;

	if (filter == NULL)
		return audit_failed(given->opt->action == OPTIONS_COMMAND,
		    "environment", strerror(errno));
	status = act(given, policy, filter);
	envfilter_free(filter);
	return status;
}

static int
serve(const struct given *given)
{
	const struct options *opt = given->opt;
	const struct policy_login login = {
		given->account->name, given->asked, opt->args[0] != NULL &&
		    environ_lookup(given->envp, "SSH_CONNECTION") == NULL,
	};
	struct policy policy;
	char why[512];
	int status;

	if (policy_make(&policy, opt, &login, why, sizeof(why)) == -1) {
		status = audit_refused(opt->action == OPTIONS_COMMAND, why);
		policy_tell_mistakes(&policy);
	} else {
		log_init("env-filter", policy.verbosity);
		if (policy.verbosity > 0 || opt->action == OPTIONS_EXPLAIN)
			policy_tell_ignored(&policy);
		status = filter_and_act(given, &policy);
	}
	policy_free(&policy);
	return status;
}

/* From the options to the exit status. */
int
serve_request(const struct options *opt, char *const *envp, int login_shell)
{
	enum account_error err;
	struct account *account = account_by_uid(getuid(),
	    environ_lookup(envp, "LOGNAME"), &err);
	const struct given given = {
		opt, envp, account,
		/* A login shell has no forced command: I6. */
		login_shell ? NULL :
		    environ_lookup(envp, "SSH_ORIGINAL_COMMAND"),
	};
	int status;

	if (account == NULL)
		return audit_failed(opt->action == OPTIONS_COMMAND, "user",
		    account_strerror(err));
	status = serve(&given);
	account_free(account);
	return status;
}
