/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "usage.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "policy.h"
#include "run.h"

static struct policy *
make(const char *text)
{
	struct policy *policy = policy_new();
	char why[256] = "";

	ck_assert_ptr_nonnull(policy);
	ck_assert_msg(policy_read(policy, "t", text, strlen(text), why,
	    sizeof(why)) == 0, "%s", why);
	return policy;
}

/*
 * Would have caught a limit of three that is four, and a signature that was
 * not made counted as one.
 */
START_TEST(total)
{
	struct policy *policy = make("MaxSignatures 3");
	struct usage *usage = usage_new();

	ck_assert_ptr_null(usage_take(usage, policy, "a", 0));
	ck_assert_ptr_null(usage_take(usage, policy, "b", 0));
	ck_assert_ptr_null(usage_take(usage, policy, "a", 0));
	ck_assert_str_eq(usage_take(usage, policy, "c", 0),
	    "there have been as many signatures as may be");
	ck_assert_uint_eq(usage_total(usage), 3);
	usage_give_back(usage, "a");
	ck_assert_uint_eq(usage_total(usage), 2);
	ck_assert_ptr_null(usage_take(usage, policy, "c", 0));
	ck_assert_ptr_nonnull(usage_take(usage, policy, "c", 0));
	usage_free(usage);
	policy_free(policy);
}
END_TEST

/* Would have caught one key's number that is another's. */
START_TEST(per_key)
{
	struct policy *policy = make("MaxSignaturesPerKey 2");
	struct usage *usage = usage_new();

	ck_assert_ptr_null(usage_take(usage, policy, "a", 0));
	ck_assert_ptr_null(usage_take(usage, policy, "b", 0));
	ck_assert_ptr_null(usage_take(usage, policy, "a", 0));
	ck_assert_str_eq(usage_take(usage, policy, "a", 0),
	    "the key has signed as often as it may");
	/* one of no key is none, and one that did not sign counts no more */
	usage_give_back(usage, "x");
	usage_give_back(usage, "a");
	usage_give_back(usage, "a");
	ck_assert_uint_eq(usage_total(usage), 1);
	ck_assert_ptr_null(usage_take(usage, policy, "b", 0));
	ck_assert_ptr_nonnull(usage_take(usage, policy, "b", 0));
	ck_assert_ptr_null(usage_take(usage, policy, "a", 0));
	ck_assert_ptr_null(usage_take(usage, policy, "a", 0));
	ck_assert_ptr_nonnull(usage_take(usage, policy, "a", 0));
	usage_free(usage);
	policy_free(policy);
}
END_TEST

/*
 * Would have caught a rate of buckets, which lets through twice as many around
 * the end of one.
 */
START_TEST(rates)
{
	struct policy *policy = make("Rate 3/10\nRate 5/100");
	struct usage *usage = usage_new();
	const char *why = "too many signatures in this time";

	ck_assert_ptr_null(usage_take(usage, policy, "a", 9000));
	ck_assert_ptr_null(usage_take(usage, policy, "a", 9999));
	ck_assert_ptr_null(usage_take(usage, policy, "b", 10000));
	ck_assert_str_eq(usage_take(usage, policy, "a", 10001), why);
	ck_assert_str_eq(usage_take(usage, policy, "c", 18999), why);
	/* ten seconds after the first, but not after the second */
	ck_assert_ptr_null(usage_take(usage, policy, "a", 19000));
	ck_assert_str_eq(usage_take(usage, policy, "a", 19998), why);
	ck_assert_ptr_null(usage_take(usage, policy, "a", 19999));
	/* five now: the other rate */
	ck_assert_str_eq(usage_take(usage, policy, "a", 108999), why);
	ck_assert_ptr_null(usage_take(usage, policy, "a", 109000));
	usage_free(usage);
	policy_free(policy);
}
END_TEST

/* The largest rate, round the ring and on: never one more. */
START_TEST(largest_rate)
{
	struct policy *policy = make("Rate 1000/1");
	struct usage *usage = usage_new();
	long long now;
	int i;

	for (now = 0; now < 3000; now += 1000) {
		for (i = 0; i < 1000; i++)
			ck_assert_ptr_null(usage_take(usage, policy, "a",
			    now + i / 2));
		ck_assert_ptr_nonnull(usage_take(usage, policy, "a",
		    now + 999));
	}
	/* to have asked counts */
	usage_give_back(usage, "a");
	ck_assert_ptr_nonnull(usage_take(usage, policy, "a", 2999));
	usage_free(usage);
	policy_free(policy);
}
END_TEST

/* Memory is bounded, whatever a client calls a key. */
START_TEST(many_keys)
{
	struct policy *policy = make("");
	struct usage *usage = usage_new();
	char key[32];
	int i;

	for (i = 0; i < 4096; i++) {
		(void)snprintf(key, sizeof(key), "%d", i);
		ck_assert_ptr_null(usage_take(usage, policy, key, 0));
	}
	ck_assert_str_eq(usage_take(usage, policy, "one more", 0),
	    "it cannot be counted");
	ck_assert_ptr_null(usage_take(usage, policy, "17", 0));
	usage_give_back(usage, "18");
	ck_assert_ptr_null(usage_take(usage, policy, "one more", 0));
	usage_free(usage);
	policy_free(policy);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("usage");
	TCase *tcase = tcase_create("usage");

	tcase_add_test(tcase, total);
	tcase_add_test(tcase, per_key);
	tcase_add_test(tcase, rates);
	tcase_add_test(tcase, largest_rate);
	tcase_add_test(tcase, many_keys);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
