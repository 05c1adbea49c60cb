/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef PLANNER_H
#define PLANNER_H

#include <sys/types.h>

#include <stddef.h>

struct command;
struct plan;
struct request;

struct planner_facts {
	const struct request *req;
	const struct command *command;
	char *const *envp;
	int in_place;		/* nothing is spawned: the session stays */
	const gid_t *groups;
	size_t ngroups;
	int pam_pending;	/* PAM was not asked: --explain */
	int new_tty;		/* the new terminal, or PLAN_NEW_TERMINAL */
};

/*
 * Build the plan of a session.  For login(1) it has no identity step, because
 * login does them, and where the terminal stays no session step either.
 * It borrows everything in facts.
 * Returns NULL with errno.
 */
struct plan *planner_build(const struct planner_facts *facts);

#endif
