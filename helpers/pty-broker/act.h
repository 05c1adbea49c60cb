/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef ACT_H
#define ACT_H

struct options;

/* Do what the command line says.  Returns the exit status. */
int act(const struct options *opt, char *const *envp);

#endif
