/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* Where the programs of the suite find each other. */

#include "config.h"
#include "beside.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

static char path[PATH_MAX];

/* Would have caught one that goes by PATH, or by the directory we are in. */
START_TEST(beside_the_running_program)
{
	char self[PATH_MAX];
	const ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *name;

	ck_assert_int_gt((int)n, 0);
	self[n] = '\0';
	name = strrchr(self, '/') + 1;
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(setenv("PATH", "/nonexistent", 1), 0);
	ck_assert_int_eq(beside_path(name, "/nonexistent", path), 0);
	ck_assert_str_eq(path, self);
}
END_TEST

START_TEST(where_they_are_installed)
{
	ck_assert_int_eq(beside_path("sh", "/bin", path), 0);
	ck_assert_str_eq(path, "/bin/sh");
}
END_TEST

/* Would have caught a path of one that cannot be started. */
START_TEST(nowhere)
{
	ck_assert_int_eq(beside_path("sh", "/nonexistent", path), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(beside_path("passwd", "/etc", path), -1);
	ck_assert_int_eq(errno, EACCES);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("beside");
	TCase *tc = tcase_create("beside");

	tcase_add_test(tc, beside_the_running_program);
	tcase_add_test(tc, where_they_are_installed);
	tcase_add_test(tc, nowhere);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
