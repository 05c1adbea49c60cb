/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef PLANRULE_H
#define PLANRULE_H

#include <stddef.h>

#include "planstep.h"
#include "planwords.h"

/* What is known of each kind of step; plan.h is what others call. */

/* The step's name, or NULL if there is no such kind. */
const char *planrule_name(enum plan_kind kind);

/* What puts its arguments into words, or NULL if it has none. */
planwords_put *planrule_words(enum plan_kind kind);

/*
 * Hold the steps against the rules of what stands before what.  Returns 0, or
 * -1 with what is wrong in "why".
 */
int planrule_check(const struct plan_step *steps, size_t count, char *why,
    size_t size);

#endif
