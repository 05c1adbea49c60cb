/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef LAUNCH_H
#define LAUNCH_H

#include <sys/types.h>

#include <stddef.h>

#include "planner.h"

struct command;
struct environ;
struct plan;
struct policy;
struct request;
struct spawn_report;

/* What a session is made of; everything is borrowed. */
struct session_facts {
	const struct request *req;
	struct command *command;
	const struct policy *policy;
	char *const *envp;	/* what this process was given */
};

/*
 * Does this process become the command itself, instead of waiting for a
 * child?  1 or 0.
 */
int launch_in_place(const struct session_facts *facts);

/* The environment and the plan of a session, made from one set of facts. */
struct launch {
	struct environ *env;
	struct planner planner;
};

struct launch_facts {
	const struct session_facts *session;
	const char *tty;	/* the session's terminal, "" for none */
	const char *agent;	/* the path of its agent, or NULL */
	int new_tty;		/* as in planner.h */
	char *const *pam_env;	/* what PAM set, or NULL */
	const gid_t *groups;	/* after PAM, or NULL for the account's */
	size_t ngroups;
	int pam_pending;	/* PAM was not asked: --explain */
};

/*
 * Build both and hold the plan against its rules.  Returns 0, or -1 after a
 * line that says what failed; launch_free() is due in either case.
 */
int launch_prepare(struct launch *launch, const struct launch_facts *facts);
void launch_free(struct launch *launch);

/*
 * Say which step failed; if it was not the command's own fault, log it as a
 * refusal.  Returns the exit status for it.
 */
int launch_report(const struct launch *launch, const struct request *req,
    const struct spawn_report *failed);

/*
 * Run the policy's start-up command beside the session, if it has one and is
 * to be run here at all: see startup.h.  Not where login(1) takes the session
 * over.
 */
void launch_startup(const struct launch *launch,
    const struct launch_facts *facts);

/* A spawn_note: one line on stderr: the directory cannot be entered. */
void launch_note(void *ctx, const struct plan *plan,
    const struct spawn_report *report);

#endif
