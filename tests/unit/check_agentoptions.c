/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * agent-forwarder's command line: what each option becomes, and what goes
 * together.
 */

#include "config.h"
#include "options.h"

#include <check.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"
#include "run.h"

#define NROWS(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define MOST 16
#define KEY "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static struct options opt;
static char why[512];
static char copy[512], *words[MOST + 1];

static void
setup(void)
{
	optind = 1;
}

/* Words with blanks between them. */
static enum options_result
parse(const char *line)
{
	char *rest = copy, *word;
	int n = 0;

	(void)strlcpy(copy, line, sizeof(copy));
	while (n < MOST && (word = strsep(&rest, " ")) != NULL)
		words[n++] = word;
	words[n] = NULL;
	return options_parse(&opt, n, words, why, sizeof(why));
}

static const struct {
	const char *line;
	enum options_result result;
} lines[] = {
	{ "x", OPTIONS_RUN },
	{ "x true", OPTIONS_RUN },
	{ "x -v -- true -v", OPTIONS_RUN },
	{ "x --audit true", OPTIONS_RUN },
	{ "x --audit=required --audit-file /x true", OPTIONS_RUN },
	{ "x --stable true", OPTIONS_RUN },
	{ "x --stable=a --shared --timeout 7 true", OPTIONS_RUN },
	{ "x --stable --exclusive true", OPTIONS_RUN },
	{ "x --print-policy --stable --exclusive true", OPTIONS_RUN },
	{ "x --raw true", OPTIONS_RUN },
	{ "x --raw --listen /a --unlink --allow-dir / true", OPTIONS_RUN },
	{ "x --raw --connect /a --max-connections 9 true", OPTIONS_RUN },
	{ "x --serve-fd 0 --watch-fd 1 --peer-uid 7", OPTIONS_RUN },
	{ "x --serve-fd 0 --watch-fd 1 --pass-all", OPTIONS_RUN },
	{ "x status", OPTIONS_RUN },
	{ "x status --json a", OPTIONS_RUN },
	{ "x stop a", OPTIONS_RUN },
	{ "x -- status", OPTIONS_RUN },
	{ "x --raw --stable true", OPTIONS_WRONG },
	{ "x --stable --raw true", OPTIONS_WRONG },
	{ "x --raw --audit true", OPTIONS_WRONG },
	{ "x --raw --deny sign true", OPTIONS_WRONG },
	{ "x --raw --policy /x true", OPTIONS_WRONG },
	{ "x --raw --list-timeout 3 true", OPTIONS_WRONG },
	{ "x --raw --exclusive true", OPTIONS_WRONG },
	{ "x --raw --unlink true", OPTIONS_WRONG },
	{ "x --raw --allow-dir /x true", OPTIONS_WRONG },
	{ "x --listen /x true", OPTIONS_WRONG },
	{ "x --connect /x true", OPTIONS_WRONG },
	{ "x --shared true", OPTIONS_WRONG },
	{ "x --timeout 3 true", OPTIONS_WRONG },
	{ "x --print-policy --raw", OPTIONS_WRONG },
	{ "x --raw --print-policy", OPTIONS_WRONG },
	{ "x --print-policy --serve-fd 0 --watch-fd 1", OPTIONS_WRONG },
	{ "x --serve-fd 0 --watch-fd 1 --print-policy", OPTIONS_WRONG },
	{ "x status --print-policy", OPTIONS_WRONG },
	{ "x status --serve-fd 0 --watch-fd 1", OPTIONS_WRONG },
	{ "x status --watch-fd 0", OPTIONS_WRONG },
	{ "x stop --peer-uid 0", OPTIONS_WRONG },
	{ "x --audit-file /x true", OPTIONS_WRONG },
	{ "x --audit --audit-file x true", OPTIONS_WRONG },
	{ "x --audit=always true", OPTIONS_WRONG },
	{ "x --policy /a --policy /b true", OPTIONS_WRONG },
	{ "x --serve-fd 0", OPTIONS_WRONG },
	{ "x --serve-fd 0 --watch-fd 0", OPTIONS_WRONG },
	{ "x --serve-fd 0 --watch-fd 1 true", OPTIONS_WRONG },
	{ "x --serve-fd 0 --watch-fd 1 --exclusive", OPTIONS_WRONG },
	{ "x --serve-fd 0 --watch-fd 1 --stable", OPTIONS_WRONG },
	{ "x --serve-fd 999 --watch-fd 1", OPTIONS_WRONG },
	{ "x --serve-fd -1 --watch-fd 1", OPTIONS_WRONG },
	{ "x --serve-fd 0 --watch-fd 1 --peer-uid 4294967295",
	    OPTIONS_WRONG },
	{ "x --peer-uid 0 true", OPTIONS_WRONG },
	{ "x --watch-fd 0 true", OPTIONS_WRONG },
	{ "x --json true", OPTIONS_WRONG },
	{ "x status a b", OPTIONS_WRONG },
	{ "x status --stable", OPTIONS_WRONG },
	{ "x status ../a", OPTIONS_WRONG },
	{ "x stop --json", OPTIONS_WRONG },
	{ "x --stable=.a true", OPTIONS_WRONG },
	{ "x --sign-timeout 1s true", OPTIONS_WRONG },
	{ "x --max-connections 0 true", OPTIONS_WRONG },
	{ "x --allow-key hunter2 true", OPTIONS_WRONG },
	{ "x --exclusiv true", OPTIONS_UNKNOWN },
	{ "x --rate", OPTIONS_UNKNOWN },
	{ "x -q", OPTIONS_UNKNOWN },
};

/* Would have caught an option that nobody obeys. */
START_TEST(what_goes_together)
{
	const enum options_result result = parse(lines[_i].line);

	ck_assert_msg(result == lines[_i].result, "%s: %d: %s",
	    lines[_i].line, (int)result, why);
	if (result != OPTIONS_RUN)
		ck_assert_str_ne(why, "");
	options_free(&opt);
}
END_TEST

static const struct {
	const char *line, *why;
} alone[] = {
	{ "x --listen /a true", "--listen goes with --raw" },
	{ "x --connect /a true", "--connect goes with --raw" },
	{ "x --raw --unlink true", "--unlink goes with --listen" },
	{ "x --raw --allow-dir /a true", "--allow-dir goes with --listen" },
	{ "x --shared true", "--shared goes with --stable" },
	{ "x --timeout 3 true", "--timeout goes with --stable" },
	{ "x --audit-file /a true", "--audit-file goes with --audit" },
	{ "x --json true", "--json goes with status" },
	{ "x stop --json", "--json goes with status" },
	{ "x --serve-fd 0", "--serve-fd goes with --watch-fd" },
	{ "x --watch-fd 0 true", "--watch-fd goes with --serve-fd" },
	{ "x --peer-uid 0 true", "--peer-uid goes with --serve-fd" },
};

/* Would have caught a message about an option that was not given. */
START_TEST(what_stands_alone)
{
	ck_assert_int_eq(parse(alone[_i].line), OPTIONS_WRONG);
	ck_assert_str_eq(why, alone[_i].why);
	options_free(&opt);
}
END_TEST

START_TEST(what_they_become)
{
	ck_assert_int_eq(parse("x -vv --list-timeout 3 --sign-timeout 0 "
	    "--max-connections 9 --audit=required --exclusive -- a -v"),
	    OPTIONS_RUN);
	ck_assert_int_eq(opt.verbosity, 2);
	ck_assert_int_eq(opt.list_ms, 3000);
	ck_assert_int_eq(opt.sign_ms, 0);
	ck_assert_uint_eq(opt.connections, 9);
	ck_assert(opt.audit && opt.required && opt.exclusive);
	ck_assert_str_eq(opt.args[0], "a");
	ck_assert_str_eq(opt.args[1], "-v");
	ck_assert_int_eq(opt.act, OPTIONS_COMMAND);
	options_free(&opt);
}
END_TEST

START_TEST(what_is_not_said)
{
	ck_assert_int_eq(parse("x"), OPTIONS_RUN);
	ck_assert_int_eq(opt.list_ms, -1);
	ck_assert_int_eq(opt.sign_ms, -1);
	ck_assert_int_eq(opt.timeout_ms, -1);
	ck_assert_int_eq(opt.listener, -1);
	ck_assert_int_eq(opt.watch, -1);
	ck_assert(opt.peer == (uid_t)-1);
	ck_assert(!opt.audit && !opt.required && !opt.exclusive);
	ck_assert_ptr_null(opt.args[0]);
	options_free(&opt);
}
END_TEST

/* Would have caught an option that adds to another directive than its own. */
START_TEST(a_policy)
{
	char *text;

	ck_assert_int_eq(parse("x --allow-key " KEY " --deny lock "
	    "--namespace git --max-signatures 3 true"), OPTIONS_RUN);
	ck_assert_ptr_nonnull(text = policy_print(opt.policy));
	ck_assert_ptr_nonnull(strstr(text, "AllowKey " KEY "\n"));
	ck_assert_ptr_nonnull(strstr(text, "DenyOperation lock\n"));
	ck_assert_ptr_nonnull(strstr(text, "AllowNamespace git\n"));
	ck_assert_ptr_nonnull(strstr(text, "MaxSignatures 3\n"));
	free(text);
	options_free(&opt);
}
END_TEST

/* Would have caught a --pass-all that is refused, or that lets half pass. */
START_TEST(all_pass)
{
	static const char *const operations[] = {
		"add", "remove", "remove-all", "lock", "unlock", "smartcard",
		"extension:*",
	};
	char *text;
	int i;

	ck_assert_int_eq(parse("x --serve-fd 0 --watch-fd 1 --pass-all"),
	    OPTIONS_RUN);
	ck_assert_ptr_nonnull(text = policy_print(opt.policy));
	for (i = 0; i < NROWS(operations); i++)
		ck_assert_ptr_nonnull(strstr(text, operations[i]));
	free(text);
	options_free(&opt);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("agentoptions");
	TCase *tc = tcase_create("agentoptions");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_loop_test(tc, what_goes_together, 0, NROWS(lines));
	tcase_add_loop_test(tc, what_stands_alone, 0, NROWS(alone));
	tcase_add_test(tc, what_they_become);
	tcase_add_test(tc, what_is_not_said);
	tcase_add_test(tc, a_policy);
	tcase_add_test(tc, all_pass);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
