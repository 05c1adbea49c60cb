/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "optclash.h"

#include <stddef.h>

#include "options.h"

/* Does it say what is to run? */
static int
says_what(const struct options *opt)
{
	return opt->args[0] != NULL || opt->shell || opt->sftp ||
	    opt->cmd != NULL || opt->shell_command != NULL;
}

/* Does it say who the session is to be, from where, and how confined? */
static int
says_who(const struct options *opt)
{
	return opt->local_user != NULL || opt->has_uid || opt->has_gid ||
	    opt->has_groups || opt->remote_user != NULL ||
	    opt->remote_ip != NULL || opt->login_cmd != NULL ||
	    opt->login_shell != NULL || opt->has_tty != -1 ||
	    opt->tty_name != NULL || opt->forward_agent != NULL ||
	    opt->agent_policy != NULL || confine_is_set(&opt->confine);
}

/* -t and -T */
static const char *
find_in_test(const struct options *opt)
{
	if (says_what(opt) || opt->explain != OPTIONS_EXPLAIN_NO)
		return "-t and -T run nothing, and explain nothing";
	if (opt->local_user != NULL || opt->has_uid ||
	    opt->remote_user != NULL || opt->remote_ip != NULL ||
	    opt->forward_agent != NULL || opt->agent_policy != NULL ||
	    confine_is_set(&opt->confine))
		return "-t and -T are told of a login by -C";
	return NULL;
}

/* What one side of the service says of a login would be news to the other. */
static const char *
find_in_service(const struct options *opt)
{
	if (says_what(opt) || says_who(opt) ||
	    opt->explain != OPTIONS_EXPLAIN_NO)
		return "--front and --service are told of a login by sshd "
		    "and by the configuration alone";
	if (opt->action == OPTIONS_FRONT && opt->config != NULL)
		return "--config goes with --service, not with --front";
	return NULL;
}

static const char *
find_in_action(const struct options *opt)
{
	switch (opt->action) {
	case OPTIONS_SESSION:
		return NULL;
	case OPTIONS_TEST:
	case OPTIONS_SHOW:
		return find_in_test(opt);
	case OPTIONS_FRONT:
	case OPTIONS_SERVICE:
		return find_in_service(opt);
	case OPTIONS_SESSIONS:
	case OPTIONS_CLEAN_UP:
	case OPTIONS_RECORD_AUTH:
		break;
	}
	if (says_what(opt) || says_who(opt) || opt->config != NULL ||
	    opt->explain != OPTIONS_EXPLAIN_NO)
		return "--sessions, --clean-up and --record-auth are about no "
		    "login of their own";
	return NULL;
}

/* Of what is to run, only one thing. */
static const char *
find_in_command(const struct options *opt)
{
	const int have_args = opt->args[0] != NULL;

	if (opt->shell && opt->sftp)
		return "--shell and --sftp exclude each other";
	if (opt->shell_command != NULL && (opt->shell || opt->sftp ||
	    opt->cmd != NULL || have_args))
		return "-c goes with no other command";
	if (opt->shell && (opt->cmd != NULL || have_args))
		return "--shell goes with no other command";
	if (have_args && opt->args[0][0] == '\0' && opt->cmd == NULL &&
	    !opt->sftp)
		return "the command is empty";
	return NULL;
}

const char *
optclash_find(const struct options *opt)
{
	const char *reason;

	if (opt->ncriteria > 0 && opt->action != OPTIONS_SHOW)
		return "-C goes with -T";
	if (opt->json && opt->action != OPTIONS_SESSIONS)
		return "--json goes with --sessions";
	if ((reason = find_in_action(opt)) != NULL ||
	    (reason = find_in_command(opt)) != NULL)
		return reason;
	/* login(1) needs root's rights, and drops them by its own rules */
	if (opt->login_cmd != NULL && confine_is_set(&opt->confine))
		return "--login-cmd: login(1) cannot be confined";
	return NULL;
}
