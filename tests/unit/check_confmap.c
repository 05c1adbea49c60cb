/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "confmap.h"

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

static char why[128];

static char *
must_read(const char *text)
{
	char *map = NULL;

	if (confmap_read(text, &map, why, sizeof(why)) == -1)
		ck_abort_msg("%.80s: %s", text, why);
	return map;
}

static const struct {
	const char *text, *map;
} good[] = {
	{ "0:1000:1", "0 1000 1\n" },
	{ "0:100000:1000,1000:1000:1", "0 100000 1000\n1000 1000 1\n" },
	{ "007:08:09", "7 8 9\n" },
	/* neighbours do not overlap */
	{ "0:10:5,5:15:5", "0 10 5\n5 15 5\n" },
	{ "5:15:5,0:10:5", "5 15 5\n0 10 5\n" },
	{ "0:5:5,5:0:5", "0 5 5\n5 0 5\n" },
	/* all that there are */
	{ "4294967294:4294967294:1", "4294967294 4294967294 1\n" },
	{ "0:0:4294967294", "0 0 4294967294\n" },
	{ "1:1:4294967294", "1 1 4294967294\n" },
	{ "0:0:4294967295", "0 0 4294967295\n" },
};

/* Would have caught a last id that is refused, and neighbours that overlap. */
START_TEST(maps)
{
	char *map = must_read(good[_i].text);

	ck_assert_str_eq(map, good[_i].map);
	free(map);
}
END_TEST

static const struct {
	const char *value;
	const char *reason;	/* a part of it */
} bad[] = {
	{ "", "INSIDE:OUTSIDE:COUNT" },
	{ "0", "INSIDE:OUTSIDE:COUNT" },
	{ "0:1", "INSIDE:OUTSIDE:COUNT" },
	{ "0:1:1:1", "INSIDE:OUTSIDE:COUNT" },
	{ "0:1:1,", "INSIDE:OUTSIDE:COUNT" },
	{ ",0:1:1", "INSIDE:OUTSIDE:COUNT" },
	{ "0 1 1", "INSIDE:OUTSIDE:COUNT" },
	{ "auto", "INSIDE:OUTSIDE:COUNT" },
	{ "0,1000,1", "INSIDE:OUTSIDE:COUNT" },
	{ "::", "number is missing" },
	{ "0:1:", "number is missing" },
	{ ":1:1", "number is missing" },
	{ "0:x:1", "not a number" },
	{ "-1:0:1", "not a number" },
	{ "0:0:1\n5", "not a number" },
	{ "0:0:0", "no ids" },
	/* 2^32 - 1 is "no id", 2^32 would be root */
	{ "4294967295:0:1", "ends above" },
	{ "0:4294967295:1", "ends above" },
	{ "1:0:4294967295", "ends above" },
	{ "0:0:4294967296", "not a number" },
	{ "0:4294967296:1", "not a number" },
	{ "0:18446744073709551617:1", "not a number" },
	{ "4294967294:0:2", "ends above" },
	{ "0:4294967294:2", "ends above" },
	{ "2:0:4294967294", "ends above" },
	{ "0:10:5,4:20:1", "overlap inside" },
	{ "4:20:1,0:10:5", "overlap inside" },
	{ "0:10:1,0:20:1", "overlap inside" },
	{ "0:10:5,5:14:1", "overlap outside" },
	{ "0:14:1,5:10:5", "overlap outside" },
	{ "5:1:1,0:0:3", "overlap outside" },
};

/*
 * Would have caught what strtoul(3) takes for a number, sums that wrap, and
 * ranges that overlap by one.
 */
START_TEST(refused)
{
	char *map = why;

	if (confmap_read(bad[_i].value, &map, why, sizeof(why)) == 0)
		ck_abort_msg("%s was taken", bad[_i].value);
	if (strstr(why, bad[_i].reason) == NULL)
		ck_abort_msg("%s: \"%s\"", bad[_i].value, why);
	ck_assert_ptr_eq(map, why);
}
END_TEST

/* A text of so many ranges of one id, the first one at "from". */
static char *
many(unsigned int count, unsigned int from)
{
	const size_t size = (size_t)count * 40 + 1;
	char *text = malloc(size);
	size_t at = 0;
	unsigned int i;

	ck_assert_ptr_nonnull(text);
	for (i = 0; i < count; i++)
		at += (size_t)snprintf(text + at, size - at, "%s%u:%u:1",
		    i > 0 ? "," : "", from + i, from + i);
	return text;
}

/* Would have caught one range too many, which is EINVAL for all of them. */
START_TEST(number_of_ranges)
{
	char *text = many(CONFMAP_RANGES, 0), *map = NULL;
	unsigned int inside = 0;

	map = must_read(text);
	ck_assert_int_eq(confmap_inside(map, CONFMAP_RANGES - 1, &inside), 0);
	ck_assert_uint_eq(inside, CONFMAP_RANGES - 1);
	free(map);
	free(text);
	text = many(CONFMAP_RANGES + 1, 0);
	ck_assert_int_eq(confmap_read(text, &map, why, sizeof(why)), -1);
	ck_assert_ptr_nonnull(strstr(why, "more than 340"));
	free(text);
}
END_TEST

/*
 * Would have caught a page of text, which is EINVAL, and a byte too few.  A
 * line of "100000 100000 1" has 16 bytes, so 255 of them leave room for 15.
 */
START_TEST(length_of_the_text)
{
	char *text = many(255, 100000), *map = NULL, *longer = NULL;

	map = must_read(text);
	ck_assert_uint_eq(strlen(map), 4080);
	free(map);
	ck_assert_int_ge(asprintf(&longer, "%s,10000:999999:1", text), 0);
	map = must_read(longer);
	ck_assert_uint_eq(strlen(map), CONFMAP_BYTES);
	free(map);
	free(longer);
	ck_assert_int_ge(asprintf(&longer, "%s,10000:1000000:1", text), 0);
	ck_assert_int_eq(confmap_read(longer, &map, why, sizeof(why)), -1);
	ck_assert_ptr_nonnull(strstr(why, "more text"));
	free(longer);
	free(text);
}
END_TEST

static const struct {
	unsigned int outside;
	long long inside;	/* -1: it is not mapped */
} ids[] = {
	{ 0, -1 },
	{ 99, -1 },
	{ 100, 0 },
	{ 109, 9 },
	{ 110, -1 },
	{ 999, -1 },
	{ 1000, 1000 },
	{ 1001, -1 },
	{ 4294967293u, -1 },
	{ 4294967294u, 20 },
	{ UINT_MAX, -1 },
};

/* Would have caught the first id behind a range, and the sides exchanged. */
START_TEST(found_inside)
{
	char *map = must_read("0:100:10,1000:1000:1,20:4294967294:1");
	unsigned int inside = 12345;

	if (ids[_i].inside == -1) {
		ck_assert_int_eq(confmap_inside(map, ids[_i].outside,
		    &inside), -1);
		ck_assert_uint_eq(inside, 12345);
	} else {
		ck_assert_int_eq(confmap_inside(map, ids[_i].outside,
		    &inside), 0);
		ck_assert_uint_eq(inside, (unsigned int)ids[_i].inside);
	}
	ck_assert_int_eq(confmap_inside(NULL, ids[_i].outside, &inside), -1);
	ck_assert_int_eq(confmap_inside("", ids[_i].outside, &inside), -1);
	free(map);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("confmap");
	TCase *tc = tcase_create("confmap");

	tcase_add_loop_test(tc, maps, 0, NROWS(good));
	tcase_add_loop_test(tc, refused, 0, NROWS(bad));
	tcase_add_test(tc, number_of_ranges);
	tcase_add_test(tc, length_of_the_text);
	tcase_add_loop_test(tc, found_inside, 0, NROWS(ids));
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
