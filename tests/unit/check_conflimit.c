/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "conflimit.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

static const struct {
	const char *value;
	int resource;
	rlim_t soft, hard;
} good[] = {
	{ "nofile=0", RLIMIT_NOFILE, 0, 0 },
	{ "nofile=1024", RLIMIT_NOFILE, 1024, 1024 },
	{ "nofile=1024:4096", RLIMIT_NOFILE, 1024, 4096 },
	{ "nofile=1:1", RLIMIT_NOFILE, 1, 1 },
	{ "RLIMIT_CPU=5:unlimited", RLIMIT_CPU, 5, RLIM_INFINITY },
	{ "as=unlimited", RLIMIT_AS, RLIM_INFINITY, RLIM_INFINITY },
	{ "as=infinity:unlimited", RLIMIT_AS, RLIM_INFINITY, RLIM_INFINITY },
	{ "as=0:unlimited", RLIMIT_AS, 0, RLIM_INFINITY },
	{ "nice=40", RLIMIT_NICE, 40, 40 },
	{ "core=18446744073709551614", RLIMIT_CORE, RLIM_INFINITY - 1,
	    RLIM_INFINITY - 1 },
};

/* Would have caught a hard limit that stays open, or takes the soft one. */
START_TEST(values)
{
	struct plan_limit limit = { -1, 1, 1 };
	char why[128] = "";

	if (conflimit_read(good[_i].value, &limit, why, sizeof(why)) == -1)
		ck_abort_msg("%s: %s", good[_i].value, why);
	ck_assert_int_eq(limit.resource, good[_i].resource);
	ck_assert(limit.soft == good[_i].soft);
	ck_assert(limit.hard == good[_i].hard);
}
END_TEST

static const struct {
	const char *value;
	const char *reason;	/* a part of it */
} bad[] = {
	{ "", "resource is missing" },
	{ "=1", "resource is missing" },
	{ "nofile", "number is missing" },
	{ "nofile=", "number is missing" },
	{ "nofile=1:", "number is missing" },
	{ "nofile=:1", "number is missing" },
	{ "nofile=:", "number is missing" },
	{ "nofile:1", "resource: nofile:1" },
	{ "files=1", "resource: files" },
	{ "nofile=x", "soft limit is not a number" },
	{ "nofile=-1", "soft limit is not a number" },
	{ "nofile= 1", "soft limit is not a number" },
	{ "nofile=1k", "soft limit is not a number" },
	{ "nofile==1", "soft limit is not a number" },
	{ "nofile=unlimited1", "soft limit is not a number" },
	{ "nofile=infinit", "soft limit is not a number" },
	{ "nofile=1:x", "hard limit is not a number" },
	{ "nofile=1:2:3", "hard limit is not a number" },
	{ "nofile=2:1", "above" },
	{ "nofile=unlimited:1", "above" },
	{ "nofile=infinity:18446744073709551614", "above" },
	/* 2^64 - 1 is the number of "unlimited", 2^64 + 5 would be 5 */
	{ "nofile=18446744073709551615", "not a number" },
	{ "nofile=18446744073709551621", "not a number" },
	{ "nofile=99999999999999999999999", "not a number" },
};

/*
 * Would have caught what strtoull(3) takes for a number, one that wraps, and
 * a limit that is half filled when it is found to be wrong.
 */
START_TEST(refused)
{
	struct plan_limit limit = { -1, 1, 1 };
	char why[128];

	if (conflimit_read(bad[_i].value, &limit, why, sizeof(why)) == 0)
		ck_abort_msg("%s was taken", bad[_i].value);
	if (strstr(why, bad[_i].reason) == NULL)
		ck_abort_msg("%s: \"%s\"", bad[_i].value, why);
	ck_assert_int_eq(limit.resource, -1);
	ck_assert(limit.soft == 1 && limit.hard == 1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("conflimit");
	TCase *tc = tcase_create("conflimit");

	tcase_add_loop_test(tc, values, 0, NROWS(good));
	tcase_add_loop_test(tc, refused, 0, NROWS(bad));
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
