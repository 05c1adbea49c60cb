/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "decimal.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

static const struct {
	const char *text;
	uint64_t max;
	int result;
	uint64_t value;
} numbers[] = {
	{ "0", 0, 0, 0 },
	{ "1", 0, -1, 0 },
	{ "9", 9, 0, 9 },
	{ "10", 9, -1, 0 },
	{ "19", 18, -1, 0 },
	{ "20", 19, -1, 0 },
	{ "0000000000000000000000007", 7, 0, 7 },
	{ "18446744073709551615", UINT64_MAX, 0, UINT64_MAX },
	{ "18446744073709551616", UINT64_MAX, -1, 0 },	/* 2^64 */
	{ "18446744073709551623", UINT64_MAX, -1, 0 },	/* 7, if it wraps */
	{ "184467440737095516150", UINT64_MAX, -1, 0 },
	{ "18446744073709551614", UINT64_MAX - 1, 0, UINT64_MAX - 1 },
	{ "18446744073709551615", UINT64_MAX - 1, -1, 0 },
	{ "99999999999999999999999999999999999999", UINT64_MAX, -1, 0 },
	{ "", UINT64_MAX, -1, 0 },
	{ " 1", UINT64_MAX, -1, 0 },
	{ "1 ", UINT64_MAX, -1, 0 },
	{ "+1", UINT64_MAX, -1, 0 },
	{ "-1", UINT64_MAX, -1, 0 },
	{ "0x1", UINT64_MAX, -1, 0 },
	{ "1e3", UINT64_MAX, -1, 0 },
	{ "1.", UINT64_MAX, -1, 0 },
	{ "/", UINT64_MAX, -1, 0 },	/* before '0' */
	{ ":", UINT64_MAX, -1, 0 },	/* after '9' */
};

/* Would have caught sums that wrap, and a bound that is off by one. */
START_TEST(borders)
{
	uint64_t value = 0;

	ck_assert_int_eq(decimal_read(numbers[_i].text,
	    strlen(numbers[_i].text), numbers[_i].max, &value),
	    numbers[_i].result);
	ck_assert(value == numbers[_i].value);
}
END_TEST

/* Would have caught a number that is read on to its NUL. */
START_TEST(ends_where_it_is_told)
{
	uint64_t value = 0;
	char *text = malloc(2);

	/* a block of its own, for ASan to see a read past its end */
	ck_assert_ptr_nonnull(text);
	text[0] = '1';
	text[1] = '2';
	ck_assert_int_eq(decimal_read(text, 2, UINT64_MAX, &value), 0);
	ck_assert(value == 12);
	ck_assert_int_eq(decimal_read(text, 1, UINT64_MAX, &value), 0);
	ck_assert(value == 1);
	ck_assert_int_eq(decimal_read(text, 0, UINT64_MAX, &value), -1);
	ck_assert(value == 1);
	free(text);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("decimal");
	TCase *tc = tcase_create("decimal");

	tcase_add_loop_test(tc, borders, 0, NROWS(numbers));
	tcase_add_test(tc, ends_where_it_is_told);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
