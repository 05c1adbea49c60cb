/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <sys/types.h>

#include <stddef.h>

#include "confine.h"

enum options_explain {
	OPTIONS_EXPLAIN_NO,
	OPTIONS_EXPLAIN_TEXT,
	OPTIONS_EXPLAIN_JSON,
};

enum options_action {
	OPTIONS_SESSION,
	OPTIONS_TEST,		/* -t: is the configuration right? */
	OPTIONS_SHOW,		/* -T: what of it applies? */
	OPTIONS_FRONT,		/* ask the service for a session */
	OPTIONS_SERVICE,	/* make a session for who asks */
	OPTIONS_SESSIONS,	/* list those that there are */
	OPTIONS_CLEAN_UP,	/* end those whose keeper was killed */
	OPTIONS_RECORD_AUTH,	/* write down how sshd let somebody in */
};

/* The command line, checked for form only.  Strings are argv's own. */
struct options {
	enum options_action action;
	int verbosity;
	const char *config;	/* the file that was named, or NULL */
	const char **criteria;	/* of -C: "key=value,..." */
	size_t ncriteria;
	enum options_explain explain;
	const char *socket;	/* the service's, or NULL for the usual one */
	int json;
	const char *local_user;
	int has_uid, has_gid, has_groups;
	uid_t uid;
	gid_t gid;
	gid_t *groups;
	size_t ngroups;
	const char *remote_user;
	const char *remote_ip;
	int has_tty;		/* -1 unless said */
	const char *tty_name;
	const char *login_cmd;
	const char *login_shell;
	int shell;
	int sftp;
	const char *cmd;
	const char *shell_command;	/* -c */
	const char *forward_agent;	/* "yes", "no", "filter"; or NULL */
	const char *agent_policy;	/* a file, or NULL */
	struct confine confine;	/* not yet through confine_check() */
	char **args;		/* what follows, NULL-terminated */
};

enum options_result {
	OPTIONS_RUN,
	OPTIONS_DONE,		/* help or version was printed: end with 0 */
	OPTIONS_WRONG,		/* the reason is in "why": end with 64 */
	OPTIONS_UNKNOWN,	/* the same, and --help would help */
};

enum options_result options_parse(struct options *opt, int argc,
    char **argv, char *why, size_t size);

void options_free(struct options *opt);

#endif
