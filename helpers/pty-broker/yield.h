/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef YIELD_H
#define YIELD_H

struct account;
struct invocation;

/*
 * What to run where nothing was named: what the client asked for, by the
 * user's shell with -c, if "asked" is something; else that as a login shell;
 * or the words "args".  Looked up in PATH as "envp" has it.
 * Returns 0, or -1 with errno; invocation_free() is due in either case.
 */
int yield_choose(struct invocation *run, const struct account *account,
    char *const *envp, const char *asked, char **args);

/*
 * Become what the client asked for: this is not a login to be kept.  Returns
 * only to fail: the exit status, after a line on stderr.
 */
int yield_to_client(const struct account *account, char *const *envp,
    const char *asked);

#endif
