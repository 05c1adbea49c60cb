/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SUCCESSOR_H
#define SUCCESSOR_H

struct account;
struct invocation;

/*
 * What a helper ends by becoming: the command that its line names; without
 * one, what the client asked for, by the user's shell with -c; if he asked for
 * nothing, that as a login shell.
 */
struct successor {
	const struct account *account;	/* whose shell it is */
	char *const *envp;		/* the environment that it gets */
	const char *asked;		/* what the client asked for, or NULL */
	char **args;			/* the command; NULL or none */
};

/*
 * Say what it is, looked up in the PATH that it will have, and as the user
 * that we are: for who holds nothing that he does not (I12).
 * "run" is all zero before.  Returns 0, or -1 with errno; invocation_free()
 * is due in either case.
 */
int successor_choose(const struct successor *next, struct invocation *run);

/*
 * Become it: no process stays behind, and no descriptor above 2 stays open
 * (I7).  SSH_ORIGINAL_COMMAND goes out of the environment of what the client
 * asked for.
 * Returns only to fail, with errno: the exit status if it cannot be executed,
 * with its name, which is the caller's own or static, in *object; or -1.
 */
int successor_become(const struct successor *next, const char **object);

#endif
