/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef STEP_H
#define STEP_H

#include <sys/types.h>

#include <stddef.h>

struct plan_step;

/*
 * Carry out one step of a plan in this process.
 *
 * This runs between fork and exec, in memory that is shared with the parent:
 * plain system calls only, no allocation, no lock, no NSS, no PAM, and the
 * raw calls for ids, because glibc's wrappers signal the threads of a process
 * that this child only looks like.
 */
struct step_context {
	gid_t *scratch;		/* room to read the groups back ... */
	size_t room;		/* ... for so many */
	int keep;		/* a descriptor that CLOSE leaves, or -1 */
	/* Called for what went wrong and is not fatal; may be NULL. */
	void (*note)(void *ctx, int err, const char *detail);
	void *ctx;
};

/*
 * Returns 0; or -1 with errno, and *detail saying which part of the step
 * failed, a static string, or NULL.  PLAN_EXEC returns only to fail.
 */
int step_run(const struct plan_step *step, const struct step_context *context,
    const char **detail);

#endif
