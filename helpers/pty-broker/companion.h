/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef COMPANION_H
#define COMPANION_H

#include <sys/types.h>

#include <limits.h>

/*
 * The other programs of this helper.  They stand where the running one does,
 * in a build tree, or in PROGRAMS_PATH.
 */

/*
 * Find one that can be executed.  Returns 0 with its path, or -1 with errno.
 */
int companion_path(const char *name, char path[PATH_MAX]);

/*
 * Start one, with "fd" as its descriptor 0, nothing on 1 and 2, and no
 * environment; all signals are at their default.
 * Returns its pid, the caller's to reap, or -1 with errno.
 */
pid_t companion_start(const char *name, int fd);

#endif
