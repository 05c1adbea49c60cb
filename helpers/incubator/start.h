/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef START_H
#define START_H

#include <stddef.h>

/*
 * Look at how this process was started, before it believes anything else:
 * installed with a privilege of its own (I15), descriptors 0 to 2 closed
 * ("closed" is the mask of stdfd_sanitise()), no argv[0], arguments and
 * environment larger than any login has.
 * Returns 0, or -1 with the reason in words in *why, a static string.
 */
int start_check(int argc, char *const *argv, char *const *envp, int closed,
    const char **why);

#endif
