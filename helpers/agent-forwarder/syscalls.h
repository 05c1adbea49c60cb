/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SYSCALLS_H
#define SYSCALLS_H

/*
 * Let this process make those system calls that serving needs, from now on;
 * see sandbox.h.  PR_SET_NO_NEW_PRIVS must be set.
 * Returns 0, or -1 with errno: ENOSYS for a processor whose numbers are not
 * known here, EINVAL for a kernel without filters.
 */
int syscalls_restrict(void);

#endif
