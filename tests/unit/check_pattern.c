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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define LONGEST 6

/* The room itself, compiled so that it counts its steps. */
static unsigned long pattern_steps;
#define PATTERN_STEP() ((void)pattern_steps++)
#include "pattern.c"

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
	/* (4^0 + ... + 4^6) squared: the loop above saw them all. */
	ck_assert_uint_eq(pairs, 5461UL * 5461UL);
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

/* How many steps "*a*a*a*a*a*a*b" takes against so many a's. */
static unsigned long
steps_of(size_t bytes)
{
	char *s = malloc(bytes + 1);

	ck_assert_ptr_nonnull(s);
	memset(s, 'a', bytes);
	s[bytes] = '\0';
	pattern_steps = 0;
	ck_assert_int_eq(pattern_match(s, "*a*a*a*a*a*a*b"), 0);
	free(s);
	return pattern_steps;
}

/*
 * Twice the text, twice the work.  Would have caught a matcher that tries
 * every way to share the text among the stars (the seventh power of it), and
 * one that begins again at each byte (the square).
 */
START_TEST(I5_work_grows_as_the_text)
{
	unsigned long once = steps_of(100000), twice = steps_of(200000);

	ck_assert_msg(once >= 100000 && once < 1000000, "%lu steps", once);
	ck_assert_msg(twice > once && twice < once * 21 / 10,
	    "%lu steps, then %lu", once, twice);
}
END_TEST

/*
 * match_pattern_list() as it can be read in OpenSSH's match.c, byte by byte:
 * what its words are worth where they are odd is what counts.
 */
static int
list_oracle(const char *s, const char *list)
{
	char sub[1024];
	size_t i = 0, n, len = strlen(list);
	int negated, positive = 0;

	while (i < len) {
		negated = list[i] == '!';
		i += negated ? 1 : 0;
		for (n = 0; i < len && n < sizeof(sub) - 1 && list[i] != ',';)
			sub[n++] = list[i++];
		if (n >= sizeof(sub) - 1)
			return 0;
		if (i < len && list[i] == ',')
			i++;
		sub[n] = '\0';
		if (!oracle(s, sub))
			continue;
		if (negated)
			return -1;
		positive = 1;
	}
	return positive;
}

/* Would have caught each wrong turn at a comma, a '!' or an empty pattern. */
START_TEST(list_equals_the_oracle)
{
	static const char symbols[] = "ab*,!";
	const char *const strings[] = { "", "a", "b", "ab", "a,b", "!", "!a" };
	char list[8] = "";
	unsigned long i, n, total = 1;
	size_t at, k;
	int got, want;

	for (at = 0; at < 7; at++, total *= 5) {
		for (i = 0; i < total; i++) {
			for (n = i, k = 0; k < at; k++, n /= 5)
				list[k] = symbols[n % 5];
			list[at] = '\0';
			for (k = 0; k < 7; k++) {
				got = pattern_match_list(strings[k], list);
				want = list_oracle(strings[k], list);
				if (got != want)
					ck_abort_msg("\"%s\" in \"%s\": %d, "
					    "not %d", strings[k], list, got,
					    want);
			}
		}
	}
}
END_TEST

static const struct {
	const char *s;
	const char *list;
	int match;
} list_rows[] = {
	{ "a", "a", 1 },
	{ "a", "b,a", 1 },
	{ "a", "!a", -1 },
	{ "b", "!a", 0 },		/* a negation alone allows nothing */
	{ "b", "!a,*", 1 },
	{ "a", "!a,*", -1 },
	{ "a", "*,!a", -1 },		/* wherever it stands */
	{ "a", "a,!a,a", -1 },
	{ "a", "!!a", 0 },		/* the pattern is then "!a" */
	{ "!a", "!!a", -1 },
	{ "", "", 0 },			/* a list of none, no empty pattern */
	{ "", ",", 1 },			/* one empty one, before the comma */
	{ "", "a,", 0 },		/* none after the last comma */
	{ "", "a,,b", 1 },
	{ "", "!", -1 },
	{ "a", "a b", 0 },		/* blanks are no separators */
	{ "a", " a", 0 },
	{ "A", "a", 0 },
	{ "LD_PRELOAD", "LC_*,!LD_*,*", -1 },
};

/* Would have caught "!" as in fnmatch(3) or sudoers: the last one wins. */
START_TEST(list_follows_openssh)
{
	int got = pattern_match_list(list_rows[_i].s, list_rows[_i].list);

	ck_assert_msg(got == list_rows[_i].match, "\"%s\" in \"%s\": %d",
	    list_rows[_i].s, list_rows[_i].list, got);
}
END_TEST

/*
 * Would have caught an overrun, a pattern that is cut and matches more than
 * was written, and a bound that is off by one.
 */
START_TEST(list_of_long_patterns)
{
	char list[2100];
	size_t len;

	for (len = 1020; len < 1030; len++) {
		memset(list, '*', len);
		list[len] = '\0';
		ck_assert_int_eq(pattern_match_list("a", list), len < 1023);
		(void)strlcat(list, ",a", sizeof(list));
		ck_assert_int_eq(pattern_match_list("a", list), len < 1023);
		/* before it, a match does not count, but a refusal does */
		list[0] = 'a';
		list[1] = ',';
		ck_assert_int_eq(pattern_match_list("a", list), len < 1025);
		list[0] = '!';
		list[1] = 'a';
		list[2] = ',';
		ck_assert_int_eq(pattern_match_list("a", list), -1);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("pattern");
	TCase *tc = tcase_create("pattern");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, I5_equals_the_oracle);
	tcase_add_loop_test(tc, I5_rows, 0,
	    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tc, I5_many_stars_take_bounded_time);
	tcase_add_test(tc, I5_work_grows_as_the_text);
	tcase_add_test(tc, list_equals_the_oracle);
	tcase_add_loop_test(tc, list_follows_openssh, 0,
	    (int)(sizeof(list_rows) / sizeof(list_rows[0])));
	tcase_add_test(tc, list_of_long_patterns);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
