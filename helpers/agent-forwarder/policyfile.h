/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef POLICYFILE_H
#define POLICYFILE_H

#include <sys/types.h>

#include <stddef.h>

struct policy;

/*
 * Add the directives of a file that only root, or "owner" besides him, can
 * have written: see conffile_read().
 * Returns 0; or -1 with EINVAL and the mistakes as policy_read() has them, or
 * with EACCES and "FILE: reason" if it cannot be read or may not be used.
 */
int policyfile_read(struct policy *policy, const char *path, uid_t owner,
    char *why, size_t size);

#endif
