/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Invariant I5, where the rules of a file are around those of the options:
 * these narrow what the file accepts, and never widen it.
 */

#include "config.h"
#include "envfilter.h"

#include <check.h>
#include <stdint.h>
#include <string.h>

#include "environ.h"
#include "envrule.h"
#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

static const struct envrule_facts facts = {
	.uid = 1001, .tty = 1, .own = 1, .user = "alice",
};

/*
 * One pattern or name of each kind, NULL for none.  The line is described as
 * --explain has it, a '+' before it where the variable passes.
 */
static const struct {
	const char *assignment;
	const char *file_accept;
	const char *file_deny;
	const char *accept;
	const char *deny;
	const char *unset;
	const char *line;
} cases[] = {
	/* the file alone */
	{ "GIT_A=1", "GIT_*", NULL, NULL, NULL, NULL, "+AcceptEnv GIT_*" },
	{ "FOO=1", "GIT_*", NULL, NULL, NULL, NULL, "nothing accepts it" },
	{ "LANG=C", "GIT_*", NULL, NULL, NULL, NULL, "+default LANG: locale" },
	{ "GIT_A=1", "GIT_*", "*_A", NULL, NULL, NULL, "UnsetEnv *_A" },
	{ "HOME=/x", NULL, "HO*", NULL, NULL, NULL, "UnsetEnv HO*" },
	{ "LD_PRELOAD=x", "*", NULL, NULL, NULL, NULL,
	    "floor LD_*: ld.so loads code by it" },
	{ "PAGER=x", "*", NULL, NULL, NULL, NULL,
	    "refused unless named PAGER: programs run it" },
	{ "PAGER=x", "PAGER", NULL, NULL, NULL, NULL, "+AcceptEnv PAGER" },
	/* the options accept what the file does not: that is not enough */
	{ "FOO=1", NULL, NULL, "FOO", NULL, NULL, "nothing accepts it" },
	{ "FOO=1", "GIT_*", NULL, "*", NULL, NULL, "nothing accepts it" },
	{ "PAGER=x", "*", NULL, "PAGER", NULL, NULL,
	    "refused unless named PAGER: programs run it" },
	{ "LD_PRELOAD=x", "LD_PRELOAD", NULL, "LD_PRELOAD", NULL, NULL,
	    "floor LD_*: ld.so loads code by it" },
	{ "GIT_A=1", "GIT_*", "GIT_A", "GIT_A", NULL, NULL, "UnsetEnv GIT_A" },
	/* the options accept less */
	{ "GIT_A=1", "GIT_*", NULL, "GIT_A", NULL, NULL, "+AcceptEnv GIT_*" },
	{ "GIT_B=1", "GIT_*", NULL, "GIT_A", NULL, NULL,
	    "no --accept matches it" },
	{ "LANG=C", NULL, NULL, "GIT_*", NULL, NULL,
	    "+default LANG: locale" },
	{ "LANG=C", "LANG", NULL, "GIT_*", NULL, NULL, "+AcceptEnv LANG" },
	{ "LANG=C", NULL, NULL, "LA*", NULL, NULL, "+default LANG: locale" },
	{ "PAGER=x", "PAGER", NULL, "*", NULL, NULL,
	    "refused unless named PAGER: programs run it" },
	{ "PAGER=x", "PAGER", NULL, "PAGER", NULL, NULL, "+AcceptEnv PAGER" },
	/* session names are nobody's to accept, as without a file */
	{ "HOME=/x", "GIT_*", NULL, "GIT_*", NULL, NULL,
	    "+session HOME: the user's home directory, absolute" },
	/* what the options take away, of whatever the file accepts */
	{ "GIT_A=1", "GIT_A", NULL, NULL, "*_A", NULL, "--deny *_A" },
	{ "GIT_A=1", "GIT_A", NULL, NULL, NULL, "GIT_A", "--unset" },
	{ "HOME=/x", NULL, NULL, NULL, "HOME", NULL, "--deny HOME" },
};

static struct envfilter_rules rules, file;
static const char *lists[5][1], *assigned[2], *file_assigned[2];

/* The list of one rule, or of none. */
static size_t
give(const char ***list, int which, const char *text)
{
	lists[which][0] = text;
	*list = lists[which];
	return text != NULL;
}

static struct envfilter *
apply(const char *const *envp)
{
	struct envfilter *filter = envfilter_apply(&rules, &facts,
	    (char *const *)(uintptr_t)envp);

	ck_assert_ptr_nonnull(filter);
	return filter;
}

static void
setup(void)
{
	memset(&rules, 0, sizeof(rules));
	memset(&file, 0, sizeof(file));
	rules.within = &file;
	rules.set = assigned;
	file.set = file_assigned;
	file.of_file = 1;
}

/*
 * Would have caught one list made of both, where an option lets in what the
 * file does not; a "*" of one that lets a name in which only the other names
 * in full; and a rule called by the other's word.
 */
START_TEST(I5_options_narrow_the_file)
{
	const char *const envp[] = { cases[_i].assignment, NULL };
	const struct envfilter_verdict *verdict;
	struct envfilter *filter;
	char line[256] = "+";
	int passes;

	file.naccept = give(&file.accept, 0, cases[_i].file_accept);
	file.ndeny = give(&file.deny, 1, cases[_i].file_deny);
	rules.naccept = give(&rules.accept, 2, cases[_i].accept);
	rules.ndeny = give(&rules.deny, 3, cases[_i].deny);
	rules.nunset = give(&rules.unset, 4, cases[_i].unset);
	filter = apply(envp);
	verdict = envfilter_at(filter, 0);
	passes = verdict->passes;
	(void)envfilter_describe(verdict, line + 1, sizeof(line) - 1);
	ck_assert_str_eq(passes ? line : line + 1, cases[_i].line);
	ck_assert_int_eq(environ_envp(envfilter_environ(filter))[0] != NULL,
	    passes);
	/* by which the caller finds file and line again */
	if (strncmp(line + 1, "AcceptEnv ", strlen("AcceptEnv ")) == 0)
		ck_assert_ptr_eq(verdict->pattern, cases[_i].file_accept);
	envfilter_free(filter);
}
END_TEST

/* Would have caught a --no-defaults that counts for its own list alone. */
START_TEST(I5_either_takes_the_defaults_away)
{
	const char *const envp[] = { "LANG=C", NULL };
	struct envfilter *filter;

	*(_i == 0 ? &rules.no_defaults : &file.no_defaults) = 1;
	filter = apply(envp);
	ck_assert_str_eq(envfilter_at(filter, 0)->rule, "nothing accepts it");
	envfilter_free(filter);
}
END_TEST

/*
 * Would have caught a --set that changes what the file sets, one that is lost
 * beside a file, and a value in the line that says which rule decided.
 */
START_TEST(I5_what_the_file_sets_stays)
{
	const char *const envp[] = { "A=client", NULL };
	static const char *const want[] = { "A=file", "B=option", NULL };
	struct envfilter *filter;
	char line[64];
	size_t i;

	file_assigned[0] = "A=file";
	file.nset = 1;
	assigned[0] = "A=option";
	assigned[1] = "B=option";
	rules.nset = 2;
	/* neither is a SetEnv taken away by what narrows */
	rules.nunset = give(&rules.unset, 4, "A");
	filter = apply(envp);
	for (i = 0; i < 2; i++)
		ck_assert_str_eq(environ_envp(envfilter_environ(filter))[i],
		    want[i]);
	ck_assert_ptr_null(environ_envp(envfilter_environ(filter))[2]);
	ck_assert_str_eq(envfilter_describe(envfilter_at(filter, 0), line,
	    sizeof(line)), "SetEnv A");
	ck_assert_ptr_eq(envfilter_at(filter, 0)->pattern, file_assigned[0]);
	ck_assert_str_eq(envfilter_describe(envfilter_at(filter, 1), line,
	    sizeof(line)), "--set");
	envfilter_free(filter);
}
END_TEST

/* Would have caught a --set that brings back what the file takes away. */
START_TEST(I5_what_the_file_unsets_is_not_set)
{
	const char *const envp[] = { "A=client", NULL };
	struct envfilter *filter;
	char line[64];

	file.ndeny = give(&file.deny, 4, "A");
	assigned[0] = "A=option";
	rules.nset = 1;
	filter = apply(envp);
	ck_assert_ptr_null(environ_envp(envfilter_environ(filter))[0]);
	ck_assert_int_eq(envfilter_at(filter, 0)->passes, 0);
	ck_assert_str_eq(envfilter_describe(envfilter_at(filter, 0), line,
	    sizeof(line)), "UnsetEnv A");
	envfilter_free(filter);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("envwithin");
	TCase *tc = tcase_create("envwithin");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_loop_test(tc, I5_options_narrow_the_file, 0, NROWS(cases));
	tcase_add_loop_test(tc, I5_either_takes_the_defaults_away, 0, 2);
	tcase_add_test(tc, I5_what_the_file_sets_stays);
	tcase_add_test(tc, I5_what_the_file_unsets_is_not_set);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
