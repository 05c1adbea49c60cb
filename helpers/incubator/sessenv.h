/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SESSENV_H
#define SESSENV_H

struct envfilter_rules;
struct environ;
struct request;

struct sessenv_facts {
	const struct request *req;
	const struct envfilter_rules *rules;	/* the configuration's */
	char *const *envp;	/* what this process was given */
	char *const *pam;	/* what PAM set, or NULL */
	const char *agent;	/* SSH_AUTH_SOCK by ForwardAgent, or NULL */
	const char *tty;	/* the session's terminal, "" for none */
	int passes_on;		/* keep SSH_ORIGINAL_COMMAND */
};

/*
 * Build the session's environment from nothing (I5), in sshd's order: what
 * comes later wins.  Returns NULL with errno.
 */
struct environ *sessenv_build(const struct sessenv_facts *facts);

#endif
