/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef EXENAME_H
#define EXENAME_H

#include <sys/types.h>

#include <stddef.h>

/*
 * What executable a process runs.  Under Landlock a process may not ask that
 * of any other one, so a child is made before, which does nothing else, and
 * ends when the descriptor is closed.
 */

/*
 * Make it.  It is killed with its parent, and reaped by nobody: SIGCHLD is
 * ignored from then on.  Returns a descriptor to ask it by, or -1 with errno.
 */
int exename_start(void);

/*
 * Ask.  "start" is the process's birth (procs.h); it is looked at afterwards,
 * so that the answer is about that process.  Does not wait for longer than a
 * moment.
 * Returns 0 with the path in "exe", printable ASCII and cut where it does not
 * fit; or -1 with errno and "" there.
 */
int exename_ask(int fd, pid_t pid, unsigned long long start, char *exe,
    size_t size);

#endif
