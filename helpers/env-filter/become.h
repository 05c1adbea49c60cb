/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef BECOME_H
#define BECOME_H

struct account;
struct environ;

struct become_facts {
	const struct account *account;
	const struct environ *env;
	const char *asked;	/* what the client asked for, or NULL */
	char **args;		/* the command; none: what was asked for */
};

/*
 * Become the command: no process stays behind.  Returns only to fail: the
 * exit status, after a line on stderr; -1 with errno if it is no fault of the
 * command.
 */
int become_command(const struct become_facts *facts);

#endif
