/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef BESIDE_H
#define BESIDE_H

#include <limits.h>

/*
 * Find another program of this suite's: where the running one stands, as in a
 * build tree, or in "directory", where they are installed.  The caller's PATH
 * has no word in it (I12).
 * Returns 0 with the path of one that may be executed, or -1 with errno.
 */
int beside_path(const char *name, const char *directory, char path[PATH_MAX]);

#endif
