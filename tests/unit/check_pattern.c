/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The matcher decides what a client may send (invariant I5), so it is held
 * against a second implementation that is slow and plainly right, over every
 * short string and every short pattern.
 */

#include "config.h"
#include "pattern.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define LONGEST 5

static const char alphabet[] = "ab*?";

/* The definition of a match, word for word; exponential on purpose. */
static int
oracle(const char *s, const char *pattern)
{
	if (*pattern == '\0')
		return *s == '\0';
	if (*pattern == '*')
		return oracle(s, pattern + 1) ||
		    (*s != '\0' && oracle(s + 1, pattern));
	return *s != '\0' && (*pattern == '?' || *pattern == *s) &&
	    oracle(s + 1, pattern + 1);
}

/*
 * Advance s to the next string over the alphabet, shorter ones first.
 * Returns 0 after the last one of LONGEST.
 */
static int
next(char s[LONGEST + 1])
{
	size_t i, len = strlen(s);
	const char *at;

	for (i = 0; i < len; i++) {
		at = strchr(alphabet, s[i]);
		if (at[1] != '\0') {
			s[i] = at[1];
			return 1;
		}
		s[i] = alphabet[0];
	}
	if (len == LONGEST)
		return 0;
	s[len] = alphabet[0];
	s[len + 1] = '\0';
	return 1;
}

/*
 * Would have caught every wrong step of the backtracking: a '*' that must
 * take more than one byte, two of them, one at the end, a '?' after one.
 */
START_TEST(I5_equals_the_oracle)
{
	char s[LONGEST + 1] = "", pattern[LONGEST + 1] = "";
	unsigned long pairs = 0;

	do {
		memset(pattern, 0, sizeof(pattern));
		do {
			if (pattern_match(s, pattern) != oracle(s, pattern))
				ck_abort_msg("\"%s\" against \"%s\": %d, not "
				    "%d", s, pattern,
				    pattern_match(s, pattern),
				    oracle(s, pattern));
			pairs++;
		} while (next(pattern));
	} while (next(s));
	/* (4^0 + ... + 4^5) squared: the loop above saw them all. */
	ck_assert_uint_eq(pairs, 1365UL * 1365UL);
}
END_TEST

static const struct {
	const char *s;
	const char *pattern;
	int match;
} rows[] = {
	{ "", "", 1 },
	{ "a", "", 0 },			/* empty matches the empty one only */
	{ "LC_ALL", "LC_*", 1 },
	{ "LC_", "LC_*", 1 },		/* the empty run */
	{ "LC", "LC_*", 0 },
	{ "XLC_ALL", "LC_*", 0 },	/* the whole string, not a part */
	{ "LANGUAGE", "LANG", 0 },
	{ "lang", "LANG", 0 },		/* case matters */
	{ "LC_ALL", "LC_???", 1 },
	{ "LC_ALL", "LC_??", 0 },
	{ "a\nb", "a*b", 1 },		/* any byte, a newline too */
	{ "a\nb", "a?b", 1 },
	{ "\303\251", "?", 0 },		/* bytes, not characters */
	{ "\303\251", "??", 1 },
	{ "\377", "\377", 1 },		/* no sign extension */
	{ "a*", "a\\*", 0 },		/* no escapes */
	{ "a\\bc", "a\\*", 1 },
	{ "b", "[abc]", 0 },		/* no classes */
	{ "[abc]", "[abc]", 1 },
	{ "b", "!a", 0 },		/* no negation: that is a list's */
	{ "a", "a,b", 0 },		/* no list */
	{ "a", ".", 0 },		/* no regular expression */
};

/* Would have caught a meaning beyond ssh_config(5)'s PATTERNS. */
START_TEST(I5_rows)
{
	int got = pattern_match(rows[_i].s, rows[_i].pattern);

	ck_assert_msg(got == rows[_i].match, "\"%s\" against \"%s\": %d",
	    rows[_i].s, rows[_i].pattern, got);
}
END_TEST

/*
 * Would have caught the recursive matcher that sshd had up to 10.3: this
 * pattern keeps it busy for longer than the machine will stand.  check's
 * time limit is the bound.
 */
START_TEST(I5_many_stars_take_bounded_time)
{
	const size_t stars = 400, bytes = 20000;
	char *s = malloc(bytes + 2), *pattern = malloc(2 * stars + 2);
	size_t i;

	ck_assert_ptr_nonnull(s);
	ck_assert_ptr_nonnull(pattern);
	memset(s, 'a', bytes);
	s[bytes] = s[bytes + 1] = '\0';
	for (i = 0; i < stars; i++) {
		pattern[2 * i] = '*';
		pattern[2 * i + 1] = 'a';
	}
	pattern[2 * stars] = 'b';
	pattern[2 * stars + 1] = '\0';
	ck_assert_int_eq(pattern_match(s, pattern), 0);
	s[bytes] = 'b';
	ck_assert_int_eq(pattern_match(s, pattern), 1);
	free(s);
	free(pattern);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("pattern");
	TCase *tc = tcase_create("pattern");

	tcase_set_timeout(tc, 20);
	tcase_add_test(tc, I5_equals_the_oracle);
	tcase_add_loop_test(tc, I5_rows, 0,
	    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tc, I5_many_stars_take_bounded_time);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
