/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef RUN_H
#define RUN_H

#include <check.h>

/*
 * As ck_assert(), for what is looked at thousands of times: libcheck writes a
 * record for each of its own, whether it holds or not.
 */
#define RUN_ASSERT(what) do {						\
	if (!(what))							\
		ck_abort_msg("not so: %s", #what);			\
} while (0)

/* Run a suite and free it.  Returns what main() is to return. */
int run_suite(Suite *suite);

#endif
