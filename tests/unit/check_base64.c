/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "base64.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/* RFC 4648 §10, and bytes that are no text. */
static const struct {
	const char *text;
	const char *bytes;
	size_t len;
} right[] = {
	{ "", "", 0 },
	{ "Zg==", "f", 1 },
	{ "Zm8=", "fo", 2 },
	{ "Zm9v", "foo", 3 },
	{ "Zm9vYg==", "foob", 4 },
	{ "Zm9vYmE=", "fooba", 5 },
	{ "Zm9vYmFy", "foobar", 6 },
	{ "AA==", "\0", 1 },
	{ "AP+A", "\0\377\200", 3 },
	{ "/+8=", "\377\357", 2 },
};

/* Would have caught a room that is too small for the last group. */
START_TEST(decodes)
{
	const size_t len = strlen(right[_i].text);
	char *out = malloc(BASE64_ROOM(len));	/* exactly, for ASan */
	size_t n = 99;

	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(base64_decode(right[_i].text, len, out, &n), 0);
	ck_assert_uint_eq(n, right[_i].len);
	ck_assert_int_eq(memcmp(out, right[_i].bytes, n), 0);
	free(out);
}
END_TEST

static const struct {
	const char *text;
	size_t len;
} bad[] = {
	{ "Z", 1 }, { "Zg", 2 }, { "Zg=", 3 }, { "Zm9", 3 },	/* no padding */
	{ "=", 1 }, { "====", 4 }, { "Z===", 4 }, { "Zg==Zg==", 8 },
	{ "Zg=g", 4 }, { "Zm8==", 5 }, { "Zm9v=", 5 },
	{ "Zh==", 4 }, { "Zm9=", 4 },		/* bits that are left over */
	{ " Zg==", 5 }, { "Zg==\n", 5 }, { "Z g==", 5 }, { "Zg= =", 5 },
	{ "Zm9v\r\nYmFy", 10 },			/* as mail has it */
	{ "_-8=", 4 },				/* as URLs have it */
	{ "Zm\0v", 4 }, { "Zm9v\0", 5 }, { "Zm9v\0Zm9", 8 },
	{ "Zm9\303", 4 }, { "Zm9.", 4 },
};

/* Would have caught each leniency of libc's: blanks, and a text cut at NUL. */
START_TEST(refuses)
{
	char out[BASE64_ROOM(16)];
	size_t n = 99;

	errno = 0;
	ck_assert_int_eq(base64_decode(bad[_i].text, bad[_i].len, out, &n),
	    -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_uint_eq(n, 99);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("base64");
	TCase *tc = tcase_create("base64");

	tcase_add_loop_test(tc, decodes, 0, NROWS(right));
	tcase_add_loop_test(tc, refuses, 0, NROWS(bad));
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
