/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef PROVE_H
#define PROVE_H

#include <sys/types.h>

#include <stddef.h>

struct plan_step;

/*
 * Prove that this process is what a PLAN_PROVE step says (I4): three uids,
 * three gids, the exact group set; for any uid but 0 also that no capability
 * is left but in the bounding set, and that every way back fails.  Plain
 * system calls only.  "scratch" is for the groups and has room for one more
 * than the step names.
 * Returns 0; or -1 with errno and in *detail, a static string, what is not
 * so.
 */
int prove_drop(const struct plan_step *step, gid_t *scratch, size_t room,
    const char **detail);

#endif
