/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef RUN_H
#define RUN_H

#include <check.h>

/* Run a suite and free it.  Returns what main() is to return. */
int run_suite(Suite *suite);

#endif
