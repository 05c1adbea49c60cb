/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "serve.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "audit.h"
#include "become.h"
#include "envfilter.h"
#include "envrule.h"
#include "options.h"
#include "pty.h"
#include "show.h"

/* Of duplicates the last, as for the filter. */
static const char *
value_of(char *const *envp, const char *name)
{
	size_t len = strlen(name);
	const char *value = NULL;

	for (; *envp != NULL; envp++)
		if (strncmp(*envp, name, len) == 0 && (*envp)[len] == '=')
			value = *envp + len + 1;
	return value;
}

static int
act(const struct options *opt, const struct envfilter *filter,
    const struct account *account, const char *asked)
{
	const struct become_facts facts = {
		account, envfilter_environ(filter), asked, opt->args,
	};
	int status;

	switch (opt->action) {
	case OPTIONS_PRINT:
		return show_variables(filter, opt->nul);
	case OPTIONS_EXPLAIN:
		return show_verdicts(filter);
	case OPTIONS_COMMAND:
		break;
	}
	show_refused(filter);
	status = become_command(&facts);
	return status != -1 ? status :
	    audit_failed(1, "command", strerror(errno));
}

/* From the options to the exit status. */
int
serve_request(const struct options *opt, char *const *envp, int login_shell)
{
	char tty[PTY_NAME_SIZE];
	const int logged = opt->action == OPTIONS_COMMAND;
	const int has_tty = pty_name(STDIN_FILENO, tty) == 0;
	enum account_error err;
	struct account *account = account_by_uid(getuid(),
	    value_of(envp, "LOGNAME"), &err);
	struct envrule_facts facts = {
		.uid = getuid(), .tty = has_tty, .own = 1,
		.tty_name = has_tty ? tty : NULL,
		.passes_on = opt->args[0] != NULL,
	};
	struct envfilter *filter;
	int status;

	if (account == NULL)
		return audit_failed(logged, "user", account_strerror(err));
	facts.user = account->name;
	if ((filter = envfilter_apply(&opt->rules, &facts, envp)) == NULL)
		status = audit_failed(logged, "environment",
		    strerror(errno));
	else
		/* A login shell has no forced command: I6. */
		status = act(opt, filter, account, login_shell ? NULL :
		    value_of(envp, "SSH_ORIGINAL_COMMAND"));
	envfilter_free(filter);
	account_free(account);
	return status;
}
