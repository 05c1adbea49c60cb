/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "policyfile.h"

#include <sys/stat.h>

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "den.h"
#include "policy.h"
#include "run.h"

static void
write_file(const char *name, const char *text, mode_t mode)
{
	FILE *fp = fopen(den_path(name), "we");

	ck_assert_ptr_nonnull(fp);
	ck_assert_int_ge(fputs(text, fp), 0);
	ck_assert_int_eq(fclose(fp), 0);
	ck_assert_int_eq(chmod(den_path(name), mode), 0);
}

/* A file's directives are added to those that are there. */
START_TEST(reads)
{
	static char root[] = "root";
	char *const words[] = { root };
	struct policy *policy = policy_new();
	char why[256], *text;

	write_file("policy", "# mine\nAllowUser = git\nRate 5/1m\n", 0600);
	ck_assert_int_eq(policy_add(policy, "AllowUser", words, 1, why,
	    sizeof(why)), 0);
	ck_assert_int_eq(policyfile_read(policy, den_path("policy"),
	    getuid(), why, sizeof(why)), 0);
	text = policy_print(policy);
	ck_assert_str_eq(text, "AllowUser root git\nRate 5/60\n");
	free(text);
	policy_free(policy);
}
END_TEST

/*
 * Would have caught a policy that others could have written, one that is taken
 * for empty because it cannot be read, a mistake without its place, and a file
 * that is called wrong though nobody has looked into it.
 */
START_TEST(refuses)
{
	struct policy *policy = policy_new();
	char why[256], expected[256];

	write_file("open", "AllowUser git\n", 0620);
	ck_assert_int_eq(policyfile_read(policy, den_path("open"), getuid(),
	    why, sizeof(why)), -1);
	ck_assert_int_eq(errno, EACCES);
	(void)snprintf(expected, sizeof(expected),
	    "%s: others than the owner may write it", den_path("open"));
	ck_assert_str_eq(why, expected);

	ck_assert_int_eq(policyfile_read(policy, den_path("none"), getuid(),
	    why, sizeof(why)), -1);
	ck_assert_int_eq(errno, EACCES);
	(void)snprintf(expected, sizeof(expected),
	    "%s: No such file or directory", den_path("none"));
	ck_assert_str_eq(why, expected);

	write_file("wrong", "AllowUser git\n\nMatch all\nInclude x\n", 0600);
	ck_assert_int_eq(policyfile_read(policy, den_path("wrong"), getuid(),
	    why, sizeof(why)), -1);
	ck_assert_int_eq(errno, EINVAL);
	(void)snprintf(expected, sizeof(expected),
	    "%s line 3: Match: unknown keyword\n"
	    "%s line 4: Include: unknown keyword", den_path("wrong"),
	    den_path("wrong"));
	ck_assert_str_eq(why, expected);
	policy_free(policy);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("policyfile");
	TCase *tcase = tcase_create("policyfile");

	tcase_add_checked_fixture(tcase, den_make, den_remove);
	tcase_add_test(tcase, reads);
	tcase_add_test(tcase, refuses);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
