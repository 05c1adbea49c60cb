/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef PLANVALUE_H
#define PLANVALUE_H

#include <stddef.h>

struct plan_step;

/*
 * Hold a plan, whose steps stand in a right order, against the rules that
 * depend on what the steps are given: a map without a user namespace, a
 * terminal that is none of the child's descriptors, a command without
 * argv[0].
 * Returns 0, or -1 with what is wrong in "why".
 */
int planvalue_check(const struct plan_step *steps, size_t count, char *why,
    size_t size);

#endif
