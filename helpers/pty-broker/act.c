/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "act.h"

#include <sys/ioctl.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "attach.h"
#include "audit.h"
#include "environ.h"
#include "exitcode.h"
#include "invocation.h"
#include "log.h"
#include "list.h"
#include "nest.h"
#include "obtain.h"
#include "options.h"
#include "proto.h"
#include "runonce.h"
#include "serve.h"
#include "successor.h"
#include "visit.h"

static int
failed(const struct obtained *got, int audited)
{
	if (audited)
		(void)audit_refused(got->why);
	else
		log_warnx("%s", got->why);
	return got->status;
}

/* Become what the client asked for: this is not a login to be kept. */
static int
step_aside(const struct obtain_facts *facts, const char *asked)
{
	const struct successor next = {
		facts->account, facts->envp, asked, NULL,
	};
	const char *object;
	const int status = successor_become(&next, &object);

	if (status == -1)
		return audit_refused(strerror(errno));
	log_warn("%s", object);
	return status;
}

static int
do_attach(const struct obtain_facts *facts)
{
	const struct options *opt = facts->opt;
	const char *asked = environ_lookup(facts->envp,
	    "SSH_ORIGINAL_COMMAND");
	const int tty = isatty(STDIN_FILENO);
	struct attach_facts view = {
		.name = opt->name, .envp = facts->envp, .key = opt->key,
		.policy = opt->policy,
		.flags = (opt->readonly ? PROTO_READONLY : 0) |
		    (opt->detach_others ? PROTO_DETACH_OTHERS : 0),
	};
	struct obtained got;
	int status;

	/* scp, sftp, rsync and git have come for something else. */
	if (opt->args[0] == NULL &&
	    (!tty || (asked != NULL && *asked != '\0')))
		return step_aside(facts, asked);
	if (!tty)
		return audit_refused("standard input is no terminal");
	if (nest_is_own(facts->envp, facts->account->home, opt->name))
		return audit_refused("a session cannot be attached to itself");
	if (obtain_session(facts, 0, &got) == -1)
		return failed(&got, 1);
	view.made = got.made;
	audit_session("attached", opt->name);
	/* It does not come back where the session's command has ended. */
	status = attach_run(got.sock, &view);
	audit_session("detached", opt->name);
	(void)close(got.sock);
	return status;
}

static int
do_new(const struct obtain_facts *facts)
{
	struct obtained got;

	if (obtain_session(facts, 1, &got) == -1)
		return failed(&got, 1);
	(void)close(got.sock);
	return 0;
}

static int
do_visit(const struct obtain_facts *facts, int (*visit)(int, const char *))
{
	struct obtained got;
	int status;

	if (obtain_existing(facts, &got) == -1)
		return failed(&got, 0);
	status = visit(got.sock, facts->opt->name);
	(void)close(got.sock);
	return status;
}

/* Returns only where there is nothing to end as. */
static int
do_run(const struct obtain_facts *facts)
{
	const struct options *opt = facts->opt;
	const struct winsize size = {
		.ws_row = opt->size.rows, .ws_col = opt->size.cols,
	};
	static struct runonce_modes modes;
	struct invocation run = { 0 };
	const struct runonce_facts once = {
		.run = &run, .envp = facts->envp, .term = opt->term,
		.passes_on = opt->args[0] != NULL,
		.modes = opt->modes != NULL ? &modes : NULL,
		.size = opt->size.rows != 0 ? &size : NULL,
	};
	const struct successor next = {
		facts->account, facts->envp,
		environ_lookup(facts->envp, "SSH_ORIGINAL_COMMAND"),
		opt->args,
	};
	const char *fault = opt->modes != NULL ?
	    runonce_read_modes(opt->modes, &modes) : NULL;

	if (fault != NULL) {
		log_warnx("--modes: %s", fault);
		return EXITCODE_USAGE;
	}
	if (successor_choose(&next, &run) == -1) {
		invocation_free(&run);
		return audit_refused("out of memory");
	}
	exitcode_end_as(runonce_command(&once));
}

static int
act_as(const struct obtain_facts *facts)
{
	const struct options *opt = facts->opt;

	switch (opt->act) {
	case OPTIONS_ATTACH:
		return do_attach(facts);
	case OPTIONS_NEW:
		return do_new(facts);
	case OPTIONS_LIST:
		return list_sessions(facts->envp, facts->account->home,
		    opt->json);
	case OPTIONS_PEEK:
		return do_visit(facts, visit_peek);
	case OPTIONS_KILL:
		return do_visit(facts, visit_kill);
	case OPTIONS_WAIT:
		return do_visit(facts, visit_wait);
	case OPTIONS_RUN_ONCE:
		return do_run(facts);
	case OPTIONS_SERVE:
		break;
	}
	return serve_client(facts);
}

int
act(const struct options *opt, char *const *envp)
{
	enum account_error err;
	struct account *account = account_by_uid(getuid(),
	    environ_lookup(envp, "LOGNAME"), &err);
	const struct obtain_facts facts = {
		.opt = opt, .account = account, .envp = envp,
	};
	char why[256];
	int status;

	if (account == NULL) {
		(void)snprintf(why, sizeof(why), "user: %s",
		    account_strerror(err));
		return audit_refused(why);
	}
	status = act_as(&facts);
	account_free(account);
	return status;
}
