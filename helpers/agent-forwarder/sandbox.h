/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stddef.h>

/* What holds by now: for a message, and for a test. */
struct sandbox {
	int landlock, seccomp;	/* 1 or 0 */
	/* Why not, in words; static; "" where it holds. */
	const char *no_landlock, *no_seccomp;
};

/*
 * Confine this process for good: it is not dumpable and leaves no core, gets
 * no privilege by an exec, and, as far as the kernel has such means,
 *
 * - sees no file but /proc and /dev/null, and can change none but below "dir",
 *   a descriptor of a directory or -1 for none (landlock(7));
 * - makes no process, becomes no other program, traces nobody, and has no
 *   socket but those of AF_UNIX (seccomp(2)).  Who tries is killed by SIGSYS,
 *   which the kernel logs; calls that are merely unknown are ENOSYS.
 *
 * What is open stays open, and a socket of AF_UNIX can be connected to
 * anywhere.  To look at another process's /proc/PID/exe or /proc/PID/fd is
 * refused under Landlock.
 * Returns 0 with *sandbox; or -1 with errno if not even the first can be had.
 */
int sandbox_enter(int dir, struct sandbox *sandbox);

#endif
