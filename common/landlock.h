/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef LANDLOCK_H
#define LANDLOCK_H

#include <stddef.h>

struct plan_path;

/*
 * Restrict this process and what it becomes to these paths, for all that
 * landlock(7) knows of files: what is not named can be neither read nor
 * written, executed, made, renamed or removed.  Names, sizes and modes are
 * outside of its reach, and so is what is open already.
 * A symbolic link on the way to a path must be root's: ELOOP.
 * PR_SET_NO_NEW_PRIVS must be set.  Plain system calls only.
 * Returns 0; or -1 with errno (ENOSYS or EOPNOTSUPP: the kernel has no
 * Landlock; EPERM: a filter forbids it, perhaps) and the path that failed in
 * *detail, or words where there is no Landlock, else NULL.
 */
int landlock_restrict(const struct plan_path *paths, size_t count,
    const char **detail);

#endif
