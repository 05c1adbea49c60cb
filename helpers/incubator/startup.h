/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef STARTUP_H
#define STARTUP_H

#include "spawnreport.h"

struct planner_facts;

/* Where the marker and the log are, below the user's home. */
#define STARTUP_DIRECTORY ".local/state/ssh-incubator"

/*
 * How long a session waits at most to hear that the command runs, in s: a
 * home on a file server that is away must not keep anybody out.
 */
#define STARTUP_PATIENCE 5

/*
 * Have the user's shell run this command, unless it was done since the last
 * boot: with the identity, the environment and the confinement of the session
 * whose facts these are, but not in it.  Its process is no child of ours, has
 * no descriptor of ours, and nobody waits for its end.
 * "note" is for a step that failed without harm; it is called by the child,
 * whose stderr is the log.
 * What goes wrong is one line on stderr, and the session goes on.
 */
void startup_run(const struct planner_facts *facts, const char *command,
    spawn_note *note);

#endif
