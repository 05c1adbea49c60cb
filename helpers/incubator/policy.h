/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef POLICY_H
#define POLICY_H

#include <stddef.h>

#include "conf.h"
#include "confine.h"
#include "confmatch.h"
#include "envfilter.h"

struct options;

/* What of the login's agent the session gets; each lets more through. */
enum policy_agent {
	POLICY_AGENT_NO,
	POLICY_AGENT_FILTER,	/* what a policy lets through */
	POLICY_AGENT_YES,
};

/*
 * What applies to one session: what incubator.conf(5) says of this login,
 * narrowed by the options of the command line.  Strings are the options' own
 * or the configuration's.
 */
struct policy {
	const char *path;		/* of the configuration */
	struct conf *conf;		/* NULL: there is no such file */
	struct conf_settings *settings;	/* what applies; NULL: no file */
	struct confmatch_facts facts;	/* that it was decided by */
	int misused;			/* it is the options that are wrong */
	int verbosity;
	const char *local_user;		/* whom the file names, or NULL */
	int by_principal;		/* ... by "%p" */
	struct confine confine;		/* checked and complete */
	struct envfilter_rules env;
	enum policy_agent agent;
	const char *agent_policy;	/* of FILTER: a file, or NULL */
	const char *force_command;	/* or NULL, as those below */
	char **sftp_server;		/* a program and its arguments */
	const char *login_shell;	/* in place of passwd's */
	const char *directory;		/* in place of the home */
	const char *startup_command;	/* once for each boot */
	const char *session_class;	/* for pam_systemd */
	int require_session;		/* logind's, or nobody logs in */
	int revoke_terminal;		/* of who had it open, in shape C */
	long hangup_delay;		/* s, or -1: nothing is killed */
};

/*
 * Read the configuration and hold it against the options.  A file that is not
 * there is none, unless an option named it.
 * Returns 0; or -1 with the reason in "why", which for Deny is its text, and
 * other mistakes than the first written to stderr.  policy_free() is due in
 * either case.
 */
int policy_make(struct policy *policy, const struct options *opt,
    const struct confmatch_facts *facts, char *why, size_t size);
void policy_free(struct policy *policy);

/* What a word of ForwardAgent, or NULL for none, says. */
enum policy_agent policy_agent(const char *text);

/*
 * A policy that would let nobody's agent be filtered, while whoever wrote it
 * thinks so?  Returns NULL, or what is wrong.
 */
const char *policy_agent_fault(enum policy_agent agent, const char *file);

/*
 * The configuration that the options name, or the machine's.  To explain or
 * to test it, it may be the caller's own file; to run by it, only root's.
 * Returns it with all of its mistakes, see conf_error(); or NULL with the
 * reason in "why".
 */
struct conf *policy_read(const struct options *opt, int may_be_own, char *why,
    size_t size);

/* The Match lines that nobody could decide, a line each, as warnings. */
void policy_tell_unknown(const struct conf_settings *settings);

#endif
