/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef LEADER_H
#define LEADER_H

#include <sys/types.h>

struct invocation;
struct spawn_report;

/*
 * Start the process that leads a session: "slave" is its controlling terminal
 * and its descriptors 0 to 2, nothing else is open, all signals are at their
 * default.  "run" was located (invocation.h).
 * Returns its pid, the caller's to reap; or -1 with *failed: the step, of
 * which LEADER_EXEC is the program's own fault, and errno.
 */
pid_t leader_start(const struct invocation *run, char *const *envp, int slave,
    struct spawn_report *failed);

#define LEADER_EXEC 5

#endif
