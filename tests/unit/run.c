/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "run.h"

#include <signal.h>

#include "sigreset.h"

int
run_suite(Suite *suite)
{
	SRunner *sr = srunner_create(suite);
	int failed;

	/* nohup(1) leaves it ignored, and that is not what is tested. */
	sigreset_default(SIGHUP);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? 0 : 1;
}
