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
 * fallback was taken).
 */
typedef void spawn_note(void *ctx, const struct plan *plan,
    const struct spawn_report *report);

/*
 * Start a child that carries the plan out and becomes its command.  The plan
 * must pass plan_check().  The child shares the parent's memory until it
 * execs, so it only makes plain system calls; the parent waits for that.
 * "note" is called in the parent; it may be NULL.
 * Returns the child's pid when the command runs; or -1 with *failed filled
 * in, and no child left: it was reaped.  failed->step is plan_count() when
 * no child could be made.
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
