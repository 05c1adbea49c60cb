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
 * This runs between a child's birth and its exec, in memory that is shared
 * with the parent perhaps: plain system calls only, no allocation, no lock,
 * no NSS, no PAM, and the raw calls for ids, because glibc's wrappers signal
 * the threads of a process that this child only looks like.
 */
struct step_context {
	gid_t *scratch;		/* room to read the groups back ... */
	size_t room;		/* ... for so many */
	int *fds;		/* room for the list of DESCRIPTORS */
	int born;		/* a child: CLONE was done at its birth ... */
	int in_cgroup;		/* ... and CGROUP perhaps */
	/* Have the parent write the maps.  Returns 0, or -1 with errno. */
	int (*map)(void *ctx, const char **detail);
	/* Is the parent gone?  1 or 0. */
	int (*orphaned)(void *ctx);
	/* Called for what went wrong and is not fatal. */
	void (*note)(void *ctx, int err, const char *detail);
	void *ctx;
};

/*
 * Returns 0; or -1 with errno, and *detail saying which part of the step
 * failed: a static string, one of the step's own, or NULL.  PLAN_EXEC returns
 * only to fail.
 */
int step_run(const struct plan_step *step, const struct step_context *context,
    const char **detail);

#endif
