/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef ACT_H
#define ACT_H

struct options;

/*
 * Do what the options say.  Returns the exit status, if there is no command
 * that this process became, after a line on stderr if it is not 0.
 */
int act(const struct options *opt, char *const *envp);

#endif
