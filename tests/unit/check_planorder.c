/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Invariant I3, once more and without the table: each order in which the
 * steps of the identity can be put, whole or in part, is held against rules
 * that are written here in another way.  What is legal is counted, too.
 */

#include "config.h"
#include "plan.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "letters.h"
#include "run.h"

/* setgroups, setgid, setuid; keep, capabilities, ambient; prove; bounding. */
static const char *const sets[] = { "GIUKCAP", "GIUKCAPB" };

struct tries {
	const char *set;
	char word[LETTERS_LONGEST];	/* the frame, and what is in it */
	size_t len;			/* of what is in it */
	unsigned int all, legal;	/* parts of the set in some order */
	unsigned int whole, whole_legal;	/* all of it in some order */
};

/* The first of two that are both there stands before the second. */
static const char *const in_order[] = {
	"GI", "GU", "IU",	/* groups, gid, uid: the uid is the last */
	"KU",			/* kept over the change of the uid */
	"BU",			/* lowered by who has the right */
	"UC", "UA",		/* root needs his, the user is left these */
	"BA", "CA",		/* raised when all that would lower is done */
	"GP", "IP", "UP", "CP", "AP",	/* the proof is about all of it */
};

/* The first is not there without the second. */
static const char *const in_company[] = {
	"GI", "GU", "IG", "IU", "UG", "UI",	/* all three, or none */
	"UP", "CP", "KU", "KC",
};

#define NROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

static unsigned int
is_legal(const char *ids)
{
	const char *first, *second;
	size_t i;

	for (i = 0; i < NROWS(in_order); i++) {
		first = strchr(ids, in_order[i][0]);
		second = strchr(ids, in_order[i][1]);
		if (first != NULL && second != NULL && first > second)
			return 0;
	}
	for (i = 0; i < NROWS(in_company); i++)
		if (strchr(ids, in_company[i][0]) != NULL &&
		    strchr(ids, in_company[i][1]) == NULL)
			return 0;
	return 1;
}

static void
try_one(struct tries *tries)
{
	const unsigned int legal = is_legal(tries->word + 2);
	char plan[LETTERS_LONGEST + 2], why[LETTERS_WHY];

	(void)snprintf(plan, sizeof(plan), "%shx", tries->word);
	if ((letters_check(plan, NULL, 0, why) == 0) != (legal != 0))
		ck_abort_msg("%s is %s: %s", plan, legal ? "legal" :
		    "not legal", why);
	tries->all++;
	tries->legal += legal;
	if (tries->len == strlen(tries->set)) {
		tries->whole++;
		tries->whole_legal += legal;
	}
}

/* What is in the frame, and all that can be put behind it. */
static void
try_all(struct tries *tries)
{
	char *end = tries->word + strlen(tries->word);
	const char *next;

	try_one(tries);
	tries->len++;
	for (next = tries->set; *next != '\0'; next++) {
		if (strchr(tries->word + 2, *next) != NULL)
			continue;
		end[0] = *next;
		end[1] = '\0';
		try_all(tries);
		end[0] = '\0';
	}
	tries->len--;
}

/*
 * Would have caught a rule that holds for neighbours only, an order that one
 * rule allows because another one is thought to forbid it, and an identity of
 * which a part was left out.
 */
START_TEST(I3_every_order_of_the_identity)
{
	/* 7! and 8!; and all that is shorter: the sum of n! / k! over k */
	static const unsigned int whole[] = { 5040, 40320 };
	static const unsigned int all[] = { 13700, 109601 };
	/*
	 * Whole: the uid, the capabilities, the ambient ones and the proof
	 * end it in this order; groups before gid, keep, and the bounding set
	 * stand before the uid in 3!/2! ways, or 4!/2!.
	 */
	static const unsigned int whole_legal[] = { 3, 12 };
	/*
	 * Parts: without ids 6 (none, A, P, AP, CP, CAP), or 16 where B stands
	 * between; with them 4 ends (P, AP, CP, CAP) behind the uid, 2 of
	 * which can have the keep: 4 + 2 * 3, or 4 * (1 + 3) + 2 * (3 + 12).
	 */
	static const unsigned int legal[] = { 6 + 10, 16 + 46 };
	struct tries tries = { .set = sets[_i], .word = "sc" };

	try_all(&tries);
	ck_assert_uint_eq(tries.whole, whole[_i]);
	ck_assert_uint_eq(tries.whole_legal, whole_legal[_i]);
	ck_assert_uint_eq(tries.all, all[_i]);
	ck_assert_uint_eq(tries.legal, legal[_i]);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("planorder");
	TCase *tc = tcase_create("order");

	/* Under a sanitizer on a slow machine it takes its time. */
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, I3_every_order_of_the_identity, 0,
	    (int)NROWS(sets));
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
