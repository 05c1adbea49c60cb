/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "recordfile.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

static struct recordfile *
parse(const char *text)
{
	return recordfile_parse(text, strlen(text));
}

static void
expect_text(const struct recordfile *rec, const char *want)
{
	size_t len;
	char *text = recordfile_print(rec, &len);

	ck_assert_ptr_nonnull(text);
	ck_assert_uint_eq(len, strlen(want));
	ck_assert_str_eq(text, want);
	free(text);
}

/*
 * Would have caught a value that ends its line and begins another: a name or
 * an address that grants more than it says.
 */
START_TEST(a_value_stays_on_its_line)
{
	struct recordfile *rec = recordfile_new();

	ck_assert_int_eq(recordfile_set(rec, "USER", "eve\nUID=0"), 0);
	ck_assert_int_eq(recordfile_set(rec, "A", "\\ \x7f\xc3\xa9\t=\""), 0);
	ck_assert_int_eq(recordfile_set(rec, "EMPTY", ""), 0);
	expect_text(rec, "USER=eve\\012UID=0\n"
	    "A=\\134 \\177\\303\\251\\011=\"\nEMPTY=\n");
	recordfile_free(rec);
}
END_TEST

/* Would have caught a byte that is lost on the way, or read as signed. */
START_TEST(every_byte_comes_back)
{
	struct recordfile *rec = recordfile_new(), *again;
	char value[256], *text;
	size_t len;
	int i;

	for (i = 1; i < 256; i++)
		value[i - 1] = (char)i;
	value[255] = '\0';
	ck_assert_int_eq(recordfile_set(rec, "X", value), 0);
	text = recordfile_print(rec, &len);
	ck_assert_ptr_nonnull(text);
	again = recordfile_parse(text, len);
	ck_assert_ptr_nonnull(again);
	ck_assert_str_eq(recordfile_get(again, "X"), value);
	ck_assert_ptr_null(recordfile_get(again, "Y"));
	free(text);
	recordfile_free(rec);
	recordfile_free(again);
}
END_TEST

/* Would have caught a second line for a name that is set again. */
START_TEST(set_again_is_replaced_in_place)
{
	struct recordfile *rec = recordfile_new();

	ck_assert_int_eq(recordfile_set(rec, "A", "1"), 0);
	ck_assert_int_eq(recordfile_set(rec, "AB", "2"), 0);
	ck_assert_int_eq(recordfile_set_number(rec, "A", UINT64_MAX), 0);
	expect_text(rec, "A=18446744073709551615\nAB=2\n");
	recordfile_free(rec);
}
END_TEST

/* A newer version may write more. */
START_TEST(unknown_names_are_kept)
{
	struct recordfile *rec = parse("USER=alice\nCOLOUR_2=b=c\n");

	ck_assert_ptr_nonnull(rec);
	ck_assert_str_eq(recordfile_get(rec, "COLOUR_2"), "b=c");
	expect_text(rec, "USER=alice\nCOLOUR_2=b=c\n");
	recordfile_free(rec);
}
END_TEST

static const char *const junk[] = {
	"", "\n", "A", "A\n", "A=1", "A=1\n\n", "A=1\nB=2",	/* cut off */
	"=1\n", "a=1\n", "1A=1\n", "_A=1\n", " A=1\n", "A =1\n", "A.=1\n",
	"A=1\nA=2\n", "A=1\nB=\nA=1\n",		/* duplicates */
	"A=\\\n", "A=\\0\n", "A=\\01\n", "A=\\018\n", "A=\\09a\n", "A=\\\\\n",
	"A=\\000\n", "A=\\400\n", "A=\\777\n",
	"A=\\101\n", "A=\\040\n",		/* needs no escape */
	"A=1\r\n", "A=\t\n", "A=\x7f\n", "A=\xc3\xa9\n", "A=\\n\n",
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456=1\n",	/* a name of 33 */
};

/* Each would have been read by a parser that is not as strict. */
START_TEST(junk_is_refused)
{
	errno = 0;
	ck_assert_ptr_null(parse(junk[_i]));
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

START_TEST(a_nul_is_refused)
{
	ck_assert_ptr_null(recordfile_parse("A=1\0\n", 5));
	ck_assert_ptr_null(recordfile_parse("A\0=1\n", 5));
	ck_assert_ptr_null(recordfile_parse("A=1\n\0", 5));
}
END_TEST

START_TEST(names_that_are_none)
{
	struct recordfile *rec = recordfile_new();
	static const char *const names[] = { "", "a", "A=", "A B", "A\n", "9",
		"_", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		errno = 0;
		ck_assert_int_eq(recordfile_set(rec, names[i], "x"), -1);
		ck_assert_int_eq(errno, EINVAL);
	}
	ck_assert_int_eq(recordfile_set(rec,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", "x"), 0);
	recordfile_free(rec);
}
END_TEST

/* Would have caught a reader that takes "12x", " 1" or 2^64. */
START_TEST(numbers)
{
	struct recordfile *rec = parse("N=4294967295\nX=12x\nS= 1\nM=-1\nE=\n"
	    "B=18446744073709551616\n");
	static const char *const bad[] = { "X", "S", "M", "E", "B" };
	uint64_t n = 7;
	size_t i;

	ck_assert_ptr_nonnull(rec);
	ck_assert_int_eq(recordfile_number(rec, "N", 4294967295, &n), 0);
	ck_assert_uint_eq(n, 4294967295);
	ck_assert_int_eq(recordfile_number(rec, "N", 4294967294, &n), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(recordfile_number(rec, "Z", 1, &n), -1);
	ck_assert_int_eq(errno, ENOENT);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		ck_assert_int_eq(recordfile_number(rec, bad[i], UINT64_MAX,
		    &n), -1);
		ck_assert_int_eq(errno, EINVAL);
	}
	recordfile_free(rec);
}
END_TEST

/* Would have caught a table without an end, in memory and in a file. */
START_TEST(one_line_too_many)
{
	struct recordfile *rec = recordfile_new();
	char name[16], text[1024] = "";
	size_t i, len = 0;

	for (i = 0; i <= RECORDFILE_MAX_LINES; i++) {
		(void)snprintf(name, sizeof(name), "N%zu", i);
		ck_assert_int_eq(recordfile_set(rec, name, ""),
		    i < RECORDFILE_MAX_LINES ? 0 : -1);
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%s=\n", name);
		ck_assert_uint_lt(len, sizeof(text));
	}
	ck_assert_int_eq(errno, E2BIG);
	ck_assert_ptr_null(parse(text));
	ck_assert_int_eq(errno, E2BIG);
	recordfile_free(rec);
}
END_TEST

/* Would have caught a record that can be written and never read. */
START_TEST(too_large_both_ways)
{
	struct recordfile *rec = recordfile_new();
	char *value = malloc(RECORDFILE_MAX_BYTES + 1), *text;
	size_t len;

	ck_assert_ptr_nonnull(value);
	memset(value, 'x', RECORDFILE_MAX_BYTES);
	value[RECORDFILE_MAX_BYTES - 3] = '\0';	/* "A=" and "\n" */
	ck_assert_int_eq(recordfile_set(rec, "A", value), 0);
	text = recordfile_print(rec, &len);
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_eq(len, RECORDFILE_MAX_BYTES);
	recordfile_free(rec);
	rec = recordfile_parse(text, len);
	ck_assert_ptr_nonnull(rec);
	free(text);
	ck_assert_int_eq(recordfile_set(rec, "B", ""), 0);
	ck_assert_ptr_null(recordfile_print(rec, &len));
	ck_assert_int_eq(errno, EFBIG);
	ck_assert_ptr_null(recordfile_parse(value, RECORDFILE_MAX_BYTES + 1));
	ck_assert_int_eq(errno, EFBIG);
	recordfile_free(rec);
	free(value);
}
END_TEST

START_TEST(an_empty_record_has_no_text)
{
	struct recordfile *rec = recordfile_new();
	size_t len;

	ck_assert_ptr_null(recordfile_print(rec, &len));
	ck_assert_int_eq(errno, EINVAL);
	recordfile_free(rec);
	recordfile_free(NULL);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("recordfile");
	TCase *tc = tcase_create("recordfile");

	tcase_add_test(tc, a_value_stays_on_its_line);
	tcase_add_test(tc, every_byte_comes_back);
	tcase_add_test(tc, set_again_is_replaced_in_place);
	tcase_add_test(tc, unknown_names_are_kept);
	tcase_add_loop_test(tc, junk_is_refused, 0,
	    (int)(sizeof(junk) / sizeof(junk[0])));
	tcase_add_test(tc, a_nul_is_refused);
	tcase_add_test(tc, names_that_are_none);
	tcase_add_test(tc, numbers);
	tcase_add_test(tc, one_line_too_many);
	tcase_add_test(tc, too_large_both_ways);
	tcase_add_test(tc, an_empty_record_has_no_text);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
