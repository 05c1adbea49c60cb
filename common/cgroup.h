/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CGROUP_H
#define CGROUP_H

/*
 * Control groups of the second version (cgroups(7)).  Plain system calls
 * only.
 */

/*
 * Open a group's directory, which must be on a cgroup2 file system.
 * Returns a descriptor, close-on-exec; or -1 with errno (EBADF: it is on
 * another one).
 */
int cgroup_open(const char *path);

/*
 * Move this process there: to "path", or, if that is NULL, to the directory
 * that is open as "dir".  Returns 0, or -1 with errno.
 */
int cgroup_enter(const char *path, int dir);

#endif
