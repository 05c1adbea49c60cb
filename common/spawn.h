/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SPAWN_H
#define SPAWN_H

#include <sys/types.h>

#include <stddef.h>

struct plan;

/* What a step reported.  step is its index in the plan. */
struct spawn_report {
	size_t step;
	int err;		/* errno of the call that failed */
	const char *detail;	/* which part of the step, or NULL; static */
};

/*
 * Called for a step that failed but did not end the plan (a directory whose
 * fallback was taken), by the process that carries the plan out and before it
 * goes on: in a child, that is plain system calls only, write(2) for one.
 */
typedef void spawn_note(void *ctx, const struct plan *plan,
    const struct spawn_report *report);

/* A child that was started and has not yet said that its command runs. */
struct spawn_child {
	pid_t pid;
	int report;		/* for poll(2), POLLIN; -1 when all is said */
};

/*
 * Start a child that carries the plan out and becomes its command.  The plan
 * must pass plan_check().  "note" may be NULL.
 * Between its change of identity and its exec the child can be stopped by any
 * process of its new user, so nobody should wait for it without a way out:
 * poll child->report, then call spawn_hear().
 * Returns 0, or -1 with *failed filled in (step is plan_count() then) and no
 * child made.
 */
int spawn_start(const struct plan *plan, spawn_note *note, void *ctx,
    struct spawn_child *child, struct spawn_report *failed);

/*
 * Hear what there is to hear, without waiting.  Returns 1 when the command
 * runs, 0 when nothing was said yet, and -1 with *failed when a step failed:
 * the child ends then and is the caller's to reap.  child->report is closed
 * and -1 after 1 and -1.
 */
int spawn_hear(struct spawn_child *child, struct spawn_report *failed);

/*
 * The two in one, waiting as long as it takes.  Returns the child's pid when
 * the command runs; or -1 with *failed, and no child left: it was reaped.
 */
pid_t spawn(const struct plan *plan, spawn_note *note, void *ctx,
    struct spawn_report *failed);

/*
 * Carry the plan out in this process, and become its command.
 * Returns only on failure: -1 with *failed.  The process may then have given
 * up part of what it was, and must end.
 */
int spawn_here(const struct plan *plan, spawn_note *note, void *ctx,
    struct spawn_report *failed);

#endif
