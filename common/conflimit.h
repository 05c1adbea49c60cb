/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONFLIMIT_H
#define CONFLIMIT_H

#include <stddef.h>

#include "planstep.h"

/*
 * Read a resource limit, NAME=SOFT[:HARD].  SOFT alone is both (prlimit(1)).
 * A number is decimal and in setrlimit(2)'s unit, for nice as well; no limit
 * is "unlimited" or "infinity".
 * Returns 0 with *limit filled, or -1 with the reason in "why".
 */
int conflimit_read(const char *text, struct plan_limit *limit, char *why,
    size_t size);

#endif
