/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SIBLINGS_H
#define SIBLINGS_H

#include <sys/types.h>

/*
 * How many other sessions sshd has started by the connection that the process
 * "pid" came by: children of the nearest process above it that is sshd's by
 * its name.  What can be told so is a hint: a session that was left by its
 * process is not seen.
 * Returns the number; 0 if there is no sshd above it; -1 with errno if /proc
 * cannot be read.
 */
int siblings_count(pid_t pid);

#endif
