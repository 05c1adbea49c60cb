/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * A line must not mean one thing in sshd_config and another here.  (Millions
 * of random lines were split by OpenSSH's functions and by this one, to the
 * same words, but for a line that begins with '=' or with a keyword in
 * quotes: here that is an error.)
 */

#include "config.h"
#include "conflex.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define WORDS 5

static const struct {
	const char *line;
	const char *keyword;	/* NULL: nothing on the line */
	const char *rest;
	const char *words[WORDS];
} rows[] = {
	{ "", NULL, NULL, { NULL } },
	{ " \t ", NULL, NULL, { NULL } },
	{ "# Umask 022", NULL, NULL, { NULL } },
	{ "  # Umask 022", NULL, NULL, { NULL } },
	{ "\r", NULL, NULL, { NULL } },
	{ "Umask", "Umask", "", { NULL } },
	{ "Umask 022", "Umask", "022", { "022" } },
	{ "  Umask\t 022  ", "Umask", "022", { "022" } },
	{ "Umask 022\r", "Umask", "022", { "022" } },
	{ "Umask 022 \f\f", "Umask", "022", { "022" } },
	{ "Umask=022", "Umask", "022", { "022" } },
	{ "Umask = 022", "Umask", "022", { "022" } },
	{ "Umask =022", "Umask", "022", { "022" } },
	{ "Umask= 022", "Umask", "022", { "022" } },
	/* one '=' and no more is the keyword's */
	{ "Umask == 022", "Umask", "= 022", { "=", "022" } },
	{ "Umask = = 022", "Umask", "= 022", { "=", "022" } },
	{ "Umask==022", "Umask", "=022", { "=022" } },
	{ "Umask= =022", "Umask", "=022", { "=022" } },
	{ "SetEnv A=b", "SetEnv", "A=b", { "A=b" } },
	{ "SetEnv=A=b", "SetEnv", "A=b", { "A=b" } },
	{ "A b c  d", "A", "b c  d", { "b", "c", "d" } },
	{ "A b # c", "A", "b # c", { "b" } },
	{ "A # c", "A", "# c", { NULL } },
	{ "A b#c", "A", "b#c", { "b#c" } },
	{ "A \"# b\"", "A", "\"# b\"", { "# b" } },
	{ "A \"b c\" d", "A", "\"b c\" d", { "b c", "d" } },
	{ "A 'b c' d", "A", "'b c' d", { "b c", "d" } },
	{ "A \"\"", "A", "\"\"", { "" } },
	{ "A '' b", "A", "'' b", { "", "b" } },
	{ "A b\"c d\"e", "A", "b\"c d\"e", { "bc de" } },
	{ "A \"it's\"", "A", "\"it's\"", { "it's" } },
	{ "A 'a\"b'", "A", "'a\"b'", { "a\"b" } },
	{ "A a\\ b", "A", "a\\ b", { "a b" } },
	{ "A 'a\\ b'", "A", "'a\\ b'", { "a\\ b" } },
	{ "A a\\\"b", "A", "a\\\"b", { "a\"b" } },
	{ "A \"a\\\"b\"", "A", "\"a\\\"b\"", { "a\"b" } },
	{ "A a\\\\b", "A", "a\\\\b", { "a\\b" } },
	{ "A a\\nb", "A", "a\\nb", { "a\\nb" } },
	{ "A a\\", "A", "a\\", { "a\\" } },
	{ "A a\\\tb", "A", "a\\\tb", { "a\\", "b" } },
	/* no keyword is called so */
	{ "\"A\" b", "\"A\"", "b", { "b" } },
	{ "=A b", "", "A b", { "A", "b" } },
	{ "A \377\200", "A", "\377\200", { "\377\200" } },
};

/* Would have caught each difference to sshd that somebody could make use of. */
START_TEST(lines)
{
	const int expected = rows[_i].keyword != NULL;
	struct conflex lex;
	size_t n = 0;

	ck_assert_int_eq(conflex_split(rows[_i].line, &lex), expected);
	if (expected) {
		ck_assert_str_eq(lex.keyword, rows[_i].keyword);
		ck_assert_str_eq(lex.rest, rows[_i].rest);
		for (n = 0; rows[_i].words[n] != NULL; n++) {
			ck_assert_uint_lt(n, lex.argc);
			ck_assert_str_eq(lex.argv[n], rows[_i].words[n]);
		}
		ck_assert_ptr_null(lex.argv[n]);
	}
	ck_assert_uint_eq(lex.argc, n);
	conflex_free(&lex);
}
END_TEST

/* Would have caught a quote that swallows the next line, or the word. */
START_TEST(open_quotes)
{
	static const char *const open[] = { "A \"", "A b \"c", "A 'b",
	    "A 'b\"", "A \"b\\\"", "A b'" };
	struct conflex lex;
	size_t i;

	for (i = 0; i < sizeof(open) / sizeof(open[0]); i++) {
		errno = 0;
		ck_assert_int_eq(conflex_split(open[i], &lex), -1);
		ck_assert_int_eq(errno, EINVAL);
		ck_assert_str_eq(lex.keyword, "A");
		conflex_free(&lex);
	}
}
END_TEST

/* Every word of three of these is read back as it was. */
START_TEST(quoted_words_come_back)
{
	static const char alphabet[] = "a \t\r\f\"'\\#=";
	const size_t n = sizeof(alphabet);	/* the NUL too: shorter words */
	char word[4], line[32], *quoted;
	struct conflex lex;
	size_t i;

	for (i = 0; i < n * n * n; i++) {
		(void)snprintf(word, sizeof(word), "%c%c%c", alphabet[i % n],
		    alphabet[i / n % n], alphabet[i / n / n]);
		quoted = conflex_quote(word);
		ck_assert_ptr_nonnull(quoted);
		(void)snprintf(line, sizeof(line), "A %s", quoted);
		ck_assert_int_eq(conflex_split(line, &lex), 1);
		ck_assert_msg(lex.argc == 1, "%s", line);
		ck_assert_str_eq(lex.argv[0], word);
		conflex_free(&lex);
		free(quoted);
	}
}
END_TEST

/* Would have caught memory that grows with the square of a line's length. */
START_TEST(long_lines)
{
	const size_t words = 200000;
	char *line = malloc(2 * words + 3);
	struct conflex lex;
	size_t i;

	ck_assert_ptr_nonnull(line);
	line[0] = 'A';
	for (i = 0; i < words; i++)
		memcpy(line + 1 + 2 * i, " b", 3);
	ck_assert_int_eq(conflex_split(line, &lex), 1);
	ck_assert_uint_eq(lex.argc, words);
	ck_assert_str_eq(lex.argv[words - 1], "b");
	conflex_free(&lex);
	free(line);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("conflex");
	TCase *tc = tcase_create("conflex");

	tcase_add_loop_test(tc, lines, 0,
	    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(tc, open_quotes);
	tcase_add_test(tc, quoted_words_come_back);
	tcase_add_test(tc, long_lines);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
