/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef NEST_H
#define NEST_H

/*
 * Are we in the session of that name, so that what it shows would be shown in
 * it for ever?  By the terminal, or by what the environment says.  1 or 0.
 */
int nest_is_own(char *const *envp, const char *home, const char *name);

#endif
