/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef PLANNER_H
#define PLANNER_H

#include <sys/types.h>

#include <stddef.h>

#include "jail.h"

struct command;
struct confine;
struct plan;
struct request;

/* The files of what is done once; see PLAN_ONCE.  "below" the home. */
struct planner_once {
	const char *below;
	const char *marker;
	const char *log;
	size_t fixed;
};

struct planner_facts {
	const struct request *req;
	const struct command *command;
	const struct confine *confine;
	char *const *envp;
	int in_place;		/* nothing is spawned: the session stays */
	const gid_t *groups;
	size_t ngroups;
	int pam_pending;	/* PAM was not asked: --explain */
	int new_tty;		/* the new terminal, or PLAN_NEW_TERMINAL */
	const char *directory;	/* where it begins, or NULL for the home */
	const struct planner_once *once;	/* see below, or NULL */
};

/* A plan with what it borrows that nobody else has. */
struct planner {
	struct plan *plan;
	int fds[3];
	struct jail jail;
};

/*
 * Build the plan of a session.  For login(1) it has no identity step, because
 * login does them, and where the terminal stays no session step either.
 * With "once" it is a plan of the same confinement for what runs beside the
 * session, and longer perhaps: its descriptors 0 to 2 are as they are, until
 * the log takes the place of 1 and 2; no terminal is its, and nobody's death.
 * It borrows everything in facts.
 * Returns 0, or -1 with errno; planner_free() is due in either case.
 */
int planner_build(struct planner *planner, const struct planner_facts *facts);
void planner_free(struct planner *planner);

/*
 * Does a plan for this confinement need a child, so that nobody can become
 * the command in place?  1 or 0.
 */
int planner_needs_child(const struct confine *confine);

#endif
