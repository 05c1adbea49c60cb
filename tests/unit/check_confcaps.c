/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "confcaps.h"

#include <sys/prctl.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))
#define BIT(n) (UINT64_C(1) << (n))

static char why[128];

static uint64_t
must_read(enum confcaps_set set, const char *list)
{
	uint64_t caps = 12345;

	if (confcaps_read(set, list, &caps, why, sizeof(why)) == -1)
		ck_abort_msg("%s: %s", list, why);
	return caps;
}

static const struct {
	enum confcaps_set set;
	const char *value;
	uint64_t caps;
} good[] = {
	{ CONFCAPS_AMBIENT, "none", 0 },
	{ CONFCAPS_AMBIENT, "chown", BIT(0) },
	{ CONFCAPS_AMBIENT, "+chown", BIT(0) },
	{ CONFCAPS_AMBIENT, "-chown", 0 },
	{ CONFCAPS_AMBIENT, "+chown,-chown", 0 },
	{ CONFCAPS_AMBIENT, "-chown,+chown", BIT(0) },
	{ CONFCAPS_AMBIENT, "kill,CAP_NET_ADMIN", BIT(5) | BIT(12) },
	{ CONFCAPS_AMBIENT, "cap_63", BIT(63) },
	{ CONFCAPS_AMBIENT, "cap_63,-all", 0 },
	{ CONFCAPS_BOUNDING, "none", 0 },
	{ CONFCAPS_BOUNDING, "all", UINT64_MAX },
	{ CONFCAPS_BOUNDING, "-all", 0 },
	{ CONFCAPS_BOUNDING, "+all,-sys_admin", ~BIT(21) },
	{ CONFCAPS_BOUNDING, "all,-sys_admin", ~BIT(21) },
	{ CONFCAPS_BOUNDING, "-sys_admin", ~BIT(21) },
	{ CONFCAPS_BOUNDING, "-sys_admin,-cap_63", ~(BIT(21) | BIT(63)) },
	{ CONFCAPS_BOUNDING, "-cap_0,-cap_40", ~(BIT(0) | BIT(40)) },
	{ CONFCAPS_BOUNDING, "+chown", UINT64_MAX },
	{ CONFCAPS_BOUNDING, "-all,+chown", BIT(0) },
	{ CONFCAPS_BOUNDING, "-all,chown", BIT(0) },
	{ CONFCAPS_BOUNDING, "chown", BIT(0) },
	{ CONFCAPS_BOUNDING, "chown,-kill", BIT(0) },
	{ CONFCAPS_BOUNDING, "chown,+kill", BIT(0) | BIT(5) },
	{ CONFCAPS_BOUNDING, "checkpoint_restore", BIT(40) },
};

/*
 * Would have caught a set that begins full for "chown", or empty for
 * "-sys_admin"; bits above 31 that are lost; and a sign that lasts.
 */
START_TEST(sets)
{
	const uint64_t caps = must_read(good[_i].set, good[_i].value);

	ck_assert_msg(caps == good[_i].caps, "%s: %#llx", good[_i].value,
	    (unsigned long long)caps);
}
END_TEST

/* Would have caught a set that the kernel refuses to raise. */
START_TEST(all_ambient_ones_are_the_kernels)
{
	const uint64_t all = must_read(CONFCAPS_AMBIENT, "all");
	unsigned int n;

	ck_assert((all & BIT(0)) != 0);
	for (n = 0; n < 64; n++)
		ck_assert_int_eq((all & BIT(n)) != 0, prctl(PR_CAPBSET_READ,
		    (unsigned long)n, 0, 0, 0) == 1);
	ck_assert(must_read(CONFCAPS_AMBIENT, "+all") == all);
	ck_assert(must_read(CONFCAPS_AMBIENT, "all,-chown,-sys_admin") ==
	    (all & ~(BIT(0) | BIT(21))));
}
END_TEST

static const struct {
	enum confcaps_set set;
	const char *value;
	const char *reason;	/* a part of it */
} bad[] = {
	{ CONFCAPS_AMBIENT, "", "missing" },
	{ CONFCAPS_AMBIENT, "+", "capability: +" },
	{ CONFCAPS_AMBIENT, "chown,", "missing" },
	{ CONFCAPS_AMBIENT, ",chown", "missing" },
	{ CONFCAPS_AMBIENT, "chown,,kill", "missing" },
	{ CONFCAPS_AMBIENT, "chown,shave", "capability: shave" },
	{ CONFCAPS_AMBIENT, "+-chown", "capability: +-chown" },
	{ CONFCAPS_AMBIENT, "none,chown", "capability: none" },
	{ CONFCAPS_AMBIENT, "chown,none", "capability: none" },
	{ CONFCAPS_AMBIENT, "cap_64", "capability: cap_64" },
	{ CONFCAPS_AMBIENT, "cap_99999999999999999999", "capability" },
	{ CONFCAPS_BOUNDING, "", "missing" },
	{ CONFCAPS_BOUNDING, "-", "capability: -" },
	{ CONFCAPS_BOUNDING, "cap_64", "capability: cap_64" },
	{ CONFCAPS_BOUNDING, "-none", "capability: -none" },
	{ CONFCAPS_BOUNDING, "al", "capability: al" },
	{ CONFCAPS_BOUNDING, "12", "capability: 12" },
};

/* Would have caught an empty element, and a bit that is shifted out. */
START_TEST(refused)
{
	uint64_t caps = 12345;

	if (confcaps_read(bad[_i].set, bad[_i].value, &caps, why,
	    sizeof(why)) == 0)
		ck_abort_msg("%s was taken", bad[_i].value);
	if (strstr(why, bad[_i].reason) == NULL)
		ck_abort_msg("%s: \"%s\"", bad[_i].value, why);
	ck_assert(caps == 12345);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("confcaps");
	TCase *tc = tcase_create("confcaps");

	tcase_add_loop_test(tc, sets, 0, NROWS(good));
	tcase_add_test(tc, all_ambient_ones_are_the_kernels);
	tcase_add_loop_test(tc, refused, 0, NROWS(bad));
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
