/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef ONCE_H
#define ONCE_H

struct plan_step;

/*
 * Carry out a step PLAN_ONCE: be the first to make the marker, and have the
 * log as descriptors 1 and 2, emptied.  Old markers are removed.  Of the
 * directory's path what is missing is made, with mode 0700; the directory
 * itself must be the user's, and nobody else may write it.  Plain system calls
 * only.
 * Returns 0; or -1 with errno, and *detail saying what failed: one of the
 * step's strings, or a static one.  EALREADY, which is nothing else's, means
 * that the marker is there.  With any other errno no marker was left.
 */
int once_begin(const struct plan_step *step, const char **detail);

#endif
