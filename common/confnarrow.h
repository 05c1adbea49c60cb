/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONFNARROW_H
#define CONFNARROW_H

#include <stddef.h>

#include "confine.h"

/*
 * Add to a confinement, a file's, what an option says besides, both before
 * confine_check().  An option may confine further:
 * a path below the file's, fewer capabilities, lower limits, more bits in the
 * umask, namespaces beyond the file's.  Where the file says nothing, the
 * option alone counts; one that would confine less is an error, and so is
 * one that cannot be compared and is not the same.  A new root is none for
 * paths of Landlock that the file has: they would be others.
 *
 * The paths of Landlock are compared as they are written: whoever writes the
 * file answers for the links below them.
 *
 * Returns 0; or -1 with the option's word and the reason in "why": then
 * *confine is of no use but for confine_free().
 */
int confnarrow(struct confine *confine, const struct confine *option,
    char *why, size_t size);

#endif
