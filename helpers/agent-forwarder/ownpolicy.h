/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef OWNPOLICY_H
#define OWNPOLICY_H

#include <sys/types.h>

struct options;

/*
 * Add --policy FILE to what the options say; it is root's, or "owner"'s.
 * If it is over already, that is said on stderr and in the log.
 * Returns 0; or -1 after a line on stderr for each mistake in it, with what
 * that makes of the file in *reason.
 */
int ownpolicy_read(const struct options *opt, uid_t owner,
    const char **reason);

#endif
