/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef LEASEFILE_H
#define LEASEFILE_H

#include <sys/types.h>

struct claim;

/*
 * NAME.lease.PID beside the sockets of a stable path: the claim of a login, by
 * which a server that has to begin anew finds the logins that are there.  It
 * stands for a process, by pid and birth, and for nothing when that has ended.
 */

/*
 * Write ours: claim->pid and claim->start are this process's.
 * Returns 0, or -1 with errno.
 */
int leasefile_write(int dir, const char *name, const struct claim *claim);

/* Remove that of a process.  errno stays. */
void leasefile_remove(int dir, const char *name, pid_t pid);

/*
 * Go through all that stand for a process which is there, and is one of this
 * user's: the oldest login first.  What stands for nobody any more is removed,
 * and what is no such file of ours is let be.
 * Returns 0, or -1 with errno.
 */
int leasefile_each(int dir, const char *name,
    void (*found)(void *ctx, const struct claim *claim), void *ctx);

#endif
