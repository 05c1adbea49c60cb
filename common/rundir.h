/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef RUNDIR_H
#define RUNDIR_H

#include <sys/types.h>

/*
 * A directory below /run in which processes of root's leave word for each
 * other: path/name.  Both belong to root, or to who we are (so that a test
 * needs no root), and nobody else can write them; that is looked at through
 * their descriptors.  Neither may be a symbolic link.
 */

/*
 * Open path/name and make what is missing of it: "path" with mode 0755, "name"
 * with "mode", whatever the umask is.  What was there keeps its mode.
 * Returns a descriptor, close-on-exec, which the caller closes; or -1 with
 * errno: EPERM where somebody else could have written, ENOTDIR for what is no
 * directory.
 */
int rundir_make(const char *path, const char *name, mode_t mode);

/* The same, but nothing is made: ENOENT for what is not there. */
int rundir_open(const char *path, const char *name);

#endif
