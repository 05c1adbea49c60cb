/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SESSION_H
#define SESSION_H

struct account;
struct options;

/* Who runs what, with which options. */
struct session_facts {
	const struct options *opt;
	const struct account *account;
	char *const *envp;
};

/*
 * Become the command, with an agent of its own beside it; or without, if the
 * login has none.  Returns only to fail: the exit status, after a line on
 * stderr, and nothing is left then.
 */
int session_run(const struct session_facts *facts);

/*
 * The same for who knows the agent, of session_agent(), and has read the
 * policy's file: what stands in it must not be added to the policy twice.
 */
int session_run_with(const struct session_facts *facts, const char *agent);

/*
 * The login's agent, as an absolute path for free(); or NULL in *agent if it
 * has none.  Returns 0, or -1 with errno.
 */
int session_agent(const struct session_facts *facts, char **agent);

/*
 * Become the command, with that SSH_AUTH_SOCK; NULL leaves it as it is.
 * Returns as session_run().
 */
int session_become(const struct session_facts *facts, const char *agent);

#endif
