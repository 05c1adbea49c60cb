/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SPAWNREPORT_H
#define SPAWNREPORT_H

#include <stddef.h>

struct plan;

/* What a step reported.  step is its index in the plan. */
struct spawn_report {
	size_t step;
	int err;		/* errno of the call that failed */
	/* which part of the step, or NULL; static, or the plan's */
	const char *detail;
};

/*
 * Called for a step that failed but did not end the plan (a directory whose
 * fallback was taken), by the process that carries the plan out and before it
 * goes on: in a child, that is plain system calls only, write(2) for one.
 */
typedef void spawn_note(void *ctx, const struct plan *plan,
    const struct spawn_report *report);

#endif
