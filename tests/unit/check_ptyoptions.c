/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* pty-broker's command line: options.c and optvalue.c. */

#include "config.h"
#include "options.h"

#include <check.h>
#include <getopt.h>
#include <string.h>

#include "optvalue.h"
#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/* Split at blanks, and parse; getopt(3) begins anew. */
static enum options_result
parse(struct options *opt, const char *line, char why[256])
{
	static char words[512];
	static char *argv[32];
	char *rest = words, *word;
	int argc = 0;

	memset(opt, 0, sizeof(*opt));
	(void)strlcpy(words, line, sizeof(words));
	while ((word = strsep(&rest, " ")) != NULL)
		argv[argc++] = word;
	argv[argc] = NULL;
	why[0] = '\0';
	optind = 1;
	return options_parse(opt, argc, argv, why, 256);
}

static const struct {
	const char *line;
	enum options_act act;
	const char *name;	/* or NULL */
	const char *first;	/* of the command, or NULL */
} fine[] = {
	{ "p attach x", OPTIONS_ATTACH, "x", NULL },
	{ "p attach -d -r x", OPTIONS_ATTACH, "x", NULL },
	{ "p attach -dr x", OPTIONS_ATTACH, "x", NULL },
	{ "p attach x -- sh -c y", OPTIONS_ATTACH, "x", "sh" },
	{ "p attach x --", OPTIONS_ATTACH, "x", NULL },
	{ "p attach x -- --", OPTIONS_ATTACH, "x", "--" },
	{ "p attach --size first --buffer 4k x", OPTIONS_ATTACH, "x", NULL },
	{ "p attach --timeout=5 --restore=screen --scope x", OPTIONS_ATTACH,
	    "x", NULL },
	{ "p -v attach -v x", OPTIONS_ATTACH, "x", NULL },
	{ "p new x -- ls -l", OPTIONS_NEW, "x", "ls" },
	{ "p list", OPTIONS_LIST, NULL, NULL },
	{ "p list --json", OPTIONS_LIST, NULL, NULL },
	{ "p peek x", OPTIONS_PEEK, "x", NULL },
	{ "p kill x", OPTIONS_KILL, "x", NULL },
	{ "p wait x", OPTIONS_WAIT, "x", NULL },
	{ "p run", OPTIONS_RUN_ONCE, NULL, NULL },
	{ "p run -- ls", OPTIONS_RUN_ONCE, NULL, "ls" },
	{ "p run --modes 00 --term vt100 --size 2x3 -- ls", OPTIONS_RUN_ONCE,
	    NULL, "ls" },
	{ "p serve --timeout 0 --buffer 1M", OPTIONS_SERVE, NULL, NULL },
	{ "p attach A.b_c-9", OPTIONS_ATTACH, "A.b_c-9", NULL },
};

/* Would have caught a word that is taken for another. */
START_TEST(understood)
{
	struct options opt;
	char why[256];

	ck_assert_msg(parse(&opt, fine[_i].line, why) == OPTIONS_RUN, "%s: %s",
	    fine[_i].line, why);
	ck_assert_int_eq(opt.act, fine[_i].act);
	if (fine[_i].name == NULL)
		ck_assert_ptr_null(opt.name);
	else
		ck_assert_str_eq(opt.name, fine[_i].name);
	if (fine[_i].first == NULL)
		ck_assert_ptr_null(opt.args[0]);
	else
		ck_assert_str_eq(opt.args[0], fine[_i].first);
}
END_TEST

static const struct {
	const char *line;
	enum options_result result;
	const char *why;
} wrong[] = {
	{ "p", OPTIONS_UNKNOWN, "what is to be done?" },
	{ "p fly", OPTIONS_UNKNOWN, "fly: no such command" },
	{ "p attach", OPTIONS_UNKNOWN, "attach: which session?" },
	{ "p attach -- x", OPTIONS_UNKNOWN, "attach: which session?" },
	{ "p peek", OPTIONS_UNKNOWN, "peek: which session?" },
	{ "p attach .x", OPTIONS_WRONG, "session: a name is" },
	{ "p attach a/b", OPTIONS_WRONG, "session: a name is" },
	{ "p attach x y", OPTIONS_UNKNOWN, "y: a command is written after --" },
	{ "p peek x -- y", OPTIONS_UNKNOWN, "y: what is that word for?" },
	{ "p list x", OPTIONS_UNKNOWN, "x: what is that word for?" },
	{ "p list -r", OPTIONS_UNKNOWN, "-r: no option of list" },
	{ "p new -d x", OPTIONS_UNKNOWN, "-d: no option of new" },
	{ "p serve --size first", OPTIONS_UNKNOWN,
	    "--size: no option of serve" },
	{ "p attach --json x", OPTIONS_UNKNOWN, "--json: no option of attach" },
	{ "p attach --wings x", OPTIONS_UNKNOWN, "wings" },
	{ "p attach --siz first x", OPTIONS_UNKNOWN, "siz" },
	{ "p attach --buffer", OPTIONS_UNKNOWN, "buffer" },
	{ "p attach --buffer 1 x", OPTIONS_WRONG, "--buffer: 4096" },
	{ "p attach --size 3x4 x", OPTIONS_WRONG, "--size: latest" },
	{ "p run --size latest", OPTIONS_WRONG, "--size: a size is" },
	{ "p attach --timeout -1 x", OPTIONS_WRONG, "--timeout: " },
	{ "p attach --restore moon x", OPTIONS_WRONG, "--restore: ring or" },
	{ "p attach --detach-key x y", OPTIONS_WRONG, "--detach-key: " },
	{ "p run --term=", OPTIONS_WRONG, "--term: no name" },
};

/* Would have caught a wrong line that does something. */
START_TEST(refused)
{
	struct options opt;
	char why[256];

	ck_assert_int_eq(parse(&opt, wrong[_i].line, why), wrong[_i].result);
	ck_assert_msg(strstr(why, wrong[_i].why) != NULL, "%s: %s",
	    wrong[_i].line, why);
}
END_TEST

/* Would have caught an option that is read and then left. */
START_TEST(kept)
{
	struct options opt;
	char why[256];

	ck_assert_int_eq(parse(&opt, "p attach x", why), OPTIONS_RUN);
	ck_assert_int_eq(opt.timeout, -1);
	ck_assert_int_eq(opt.readonly + opt.detach_others + opt.json +
	    opt.screen + opt.scope + opt.key + opt.policy, 0);
	ck_assert_uint_eq(opt.buffer, 0);
	ck_assert_int_eq(parse(&opt, "p -v attach -v -r -d --scope "
	    "--restore screen --detach-key ^\\ --size smallest --timeout 7 "
	    "--buffer 8k x", why), OPTIONS_RUN);
	ck_assert_int_eq(opt.verbosity, 2);
	ck_assert_int_eq(opt.readonly, 1);
	ck_assert_int_eq(opt.detach_others, 1);
	ck_assert_int_eq(opt.scope, 1);
	ck_assert_int_eq(opt.screen, 1);
	ck_assert_int_eq(opt.key, 0x1c);
	ck_assert_int_eq(opt.policy, PROTO_SMALLEST);
	ck_assert_int_eq(opt.timeout, 7000);
	ck_assert_uint_eq(opt.buffer, 8192);
	ck_assert_int_eq(parse(&opt, "p run --size 25x132 --term vt100 "
	    "--modes 0a", why), OPTIONS_RUN);
	ck_assert_int_eq(opt.size.rows, 25);
	ck_assert_int_eq(opt.size.cols, 132);
	ck_assert_str_eq(opt.term, "vt100");
	ck_assert_str_eq(opt.modes, "0a");
	ck_assert_int_eq(parse(&opt, "p list --json", why), OPTIONS_RUN);
	ck_assert_int_eq(opt.json, 1);
	ck_assert_int_eq(parse(&opt, "p -vvv list -vv", why), OPTIONS_RUN);
	ck_assert_int_eq(opt.verbosity, 5);
}
END_TEST

static const struct {
	const char *text;
	int key;		/* -1: none */
} keys[] = {
	{ "^a", 1 }, { "^A", 1 }, { "^Z", 26 }, { "^[", 27 }, { "^\\", 28 },
	{ "^]", 29 }, { "^^", 30 }, { "^_", 31 }, { "^?", 127 }, { "", -1 },
	{ "^", -1 }, { "a", -1 }, { "^@", -1 }, { "^1", -1 }, { "^ab", -1 },
	{ "^`", -1 }, { "^{", -1 }, { "^\377", -1 },
};

START_TEST(key)
{
	uint8_t got = 0;
	const char *fault = optvalue_key(keys[_i].text, &got);

	ck_assert_int_eq(fault == NULL ? got : -1, keys[_i].key);
}
END_TEST

static const struct {
	const char *text;
	long long bytes;	/* -1: none */
} bytes[] = {
	{ "4096", 4096 }, { "4095", -1 }, { "4k", 4096 }, { "4K", 4096 },
	{ "3k", -1 }, { "1m", 1048576 }, { "256M", 268435456 },
	{ "257M", -1 }, { "268435456", 268435456 }, { "268435457", -1 },
	{ "262144k", 268435456 }, { "262145k", -1 }, { "", -1 }, { "k", -1 },
	{ "4kk", -1 }, { "-4k", -1 }, { " 4k", -1 }, { "0", -1 },
	{ "18446744073709551617", -1 }, { "18014398509481985k", -1 },
};

/* Would have caught a product that wraps. */
START_TEST(amount)
{
	size_t got = 0;
	const char *fault = optvalue_bytes(bytes[_i].text, &got);

	ck_assert_int_eq(fault == NULL ? (long long)got : -1,
	    bytes[_i].bytes);
}
END_TEST

START_TEST(seconds)
{
	int ms = -5;

	ck_assert_ptr_null(optvalue_seconds("0", &ms));
	ck_assert_int_eq(ms, 0);
	ck_assert_ptr_null(optvalue_seconds("1728000", &ms));
	ck_assert_int_eq(ms, 1728000000);
	ck_assert_ptr_nonnull(optvalue_seconds("1728001", &ms));
	ck_assert_ptr_nonnull(optvalue_seconds("", &ms));
	ck_assert_ptr_nonnull(optvalue_seconds("1.5", &ms));
	ck_assert_ptr_nonnull(optvalue_seconds("-1", &ms));
	ck_assert_int_eq(ms, 1728000000);
}
END_TEST

START_TEST(window)
{
	static const char *const bad[] = {
		"", "x", "1x", "x1", "0x1", "1x0", "65536x1", "1x65536",
		"1X2", "1x2x3", "-1x2", "1 x 2",
	};
	struct proto_size size = { 0 };
	size_t i;

	ck_assert_ptr_null(optvalue_size("65535x1", &size));
	ck_assert_int_eq(size.rows, 65535);
	ck_assert_int_eq(size.cols, 1);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(optvalue_size(bad[i], &size) != NULL, "%s",
		    bad[i]);
}
END_TEST

START_TEST(policies)
{
	static const char *const names[] = {
		"latest", "smallest", "largest", "first", "fixed",
	};
	uint8_t i, policy;

	for (i = 0; i < 5; i++) {
		ck_assert_ptr_null(optvalue_policy(names[i], &policy));
		ck_assert_int_eq(policy, i + 1);
	}
	ck_assert_ptr_nonnull(optvalue_policy("", &policy));
	ck_assert_ptr_nonnull(optvalue_policy("lates", &policy));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("ptyoptions");
	TCase *tc = tcase_create("ptyoptions");

	tcase_add_loop_test(tc, understood, 0, NROWS(fine));
	tcase_add_loop_test(tc, refused, 0, NROWS(wrong));
	tcase_add_test(tc, kept);
	tcase_add_loop_test(tc, key, 0, NROWS(keys));
	tcase_add_loop_test(tc, amount, 0, NROWS(bytes));
	tcase_add_test(tc, seconds);
	tcase_add_test(tc, window);
	tcase_add_test(tc, policies);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
