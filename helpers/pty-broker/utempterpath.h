/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef UTEMPTERPATH_H
#define UTEMPTERPATH_H

#include <limits.h>

/*
 * Find libutempter's helper: in the folders in which distributions have it,
 * never by PATH.  Returns 1 with its path, or 0 if it is not installed.
 */
int utempterpath_find(char path[PATH_MAX]);

#endif
