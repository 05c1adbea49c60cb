/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* Invariant I5: an environment from nothing, and what must not get into it. */

#include "config.h"
#include "environ.h"

#include <check.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "envfilter.h"
#include "envrule.h"
#include "run.h"

static struct environ *env;
static struct envrule_facts facts;

static void
setup(void)
{
	ck_assert_ptr_nonnull(env = environ_new());
	facts.uid = getuid();
	facts.tty = 1;
	facts.own = 1;
}

static void
teardown(void)
{
	environ_free(env);
}

/* The whole environment as one string, "A=1 B=2 ". */
static void
expect(const char *want)
{
	char got[1024] = "";
	char *const *envp = environ_envp(env);
	const char *name, *origin;
	size_t i, len = 0;

	for (i = 0; envp[i] != NULL; i++) {
		len += (size_t)snprintf(got + len, sizeof(got) - len, "%s ",
		    envp[i]);
		name = environ_at(env, i, &origin);
		/* both views of the same thing, in the same order */
		ck_assert_ptr_nonnull(name);
		ck_assert_ptr_nonnull(origin);
		ck_assert_int_eq(strncmp(envp[i], name, strlen(name)), 0);
		ck_assert_str_eq(environ_get(env, name),
		    envp[i] + strlen(name) + 1);
	}
	ck_assert_str_eq(got, want);
	ck_assert_ptr_null(environ_at(env, i, NULL));
	ck_assert_ptr_null(environ_at(env, i + 1000, NULL));
}

/*
 * What passes the filter, as a session is given it.  An envp has no const
 * strings, for reasons of history only.
 */
static int
inherit(const char *const *envp)
{
	static const struct envfilter_rules rules = { .no_defaults = 0 };
	const struct environ *passed;
	struct envfilter *filter;
	const char *name;
	size_t i;
	int r = 0;

	filter = envfilter_apply(&rules, &facts,
	    (char *const *)(uintptr_t)envp);
	ck_assert_ptr_nonnull(filter);
	passed = envfilter_environ(filter);
	for (i = 0; r == 0 && (name = environ_at(passed, i, NULL)) != NULL;
	    i++)
		r = environ_set(env, name, environ_get(passed, name),
		    "login");
	envfilter_free(filter);
	return r;
}

/* Would have caught a vector that is not there before the first setting. */
START_TEST(I5_begins_with_nothing)
{
	ck_assert_int_eq(setenv("LEAK", "1", 1), 0);
	expect("");
	ck_assert_ptr_null(environ_get(env, "LEAK"));
	environ_unset(env, "LEAK");
	expect("");
	environ_free(NULL);
}
END_TEST

/* Would have caught a replacement that moves, doubles or loses its origin. */
START_TEST(order_and_replacement)
{
	const char *origin;

	ck_assert_int_eq(environ_set(env, "A", "1", "one"), 0);
	ck_assert_int_eq(environ_set(env, "B", "", "two"), 0);
	ck_assert_int_eq(environ_put(env, "C=x=y", "three"), 0);
	expect("A=1 B= C=x=y ");
	ck_assert_int_eq(environ_set(env, "A", "a longer one", "four"), 0);
	expect("A=a longer one B= C=x=y ");
	ck_assert_str_eq(environ_at(env, 0, &origin), "A");
	ck_assert_str_eq(origin, "four");
	ck_assert_str_eq(environ_at(env, 1, &origin), "B");
	ck_assert_str_eq(origin, "two");
	environ_unset(env, "B");
	expect("A=a longer one C=x=y ");
	ck_assert_str_eq(environ_at(env, 1, &origin), "C");
	ck_assert_str_eq(origin, "three");
	ck_assert_int_eq(environ_set(env, "B", "2", "five"), 0);
	expect("A=a longer one C=x=y B=2 ");
	environ_unset(env, "A");
	environ_unset(env, "B");
	environ_unset(env, "C");
	expect("");
}
END_TEST

/* Would have caught "PATH" found by "PAT" or by "PATHX". */
START_TEST(names_are_whole)
{
	ck_assert_int_eq(environ_set(env, "PATH", "/bin", "t"), 0);
	ck_assert_ptr_null(environ_get(env, "PAT"));
	ck_assert_ptr_null(environ_get(env, "PATHX"));
	ck_assert_ptr_null(environ_get(env, "PATH=/bin"));
	ck_assert_ptr_null(environ_get(env, ""));
	ck_assert_int_eq(environ_set(env, "PAT", "1", "t"), 0);
	environ_unset(env, "PAT");
	expect("PATH=/bin ");
}
END_TEST

/* Would have caught a value that changes with the caller's buffer. */
START_TEST(name_and_value_are_copied)
{
	char name[] = "NAME", value[] = "value", both[] = "C=d";

	ck_assert_int_eq(environ_set(env, name, value, "t"), 0);
	ck_assert_int_eq(environ_put(env, both, "t"), 0);
	memset(name, 'x', sizeof(name) - 1);
	memset(value, 'x', sizeof(value) - 1);
	memset(both, 'x', sizeof(both) - 1);
	expect("NAME=value C=d ");
}
END_TEST

static const struct {
	const char *assignment;
	int err;
} refused[] = {
	/* CVE-2015-8325: what PAM's modules set ends here too */
	{ "LD_PRELOAD=/tmp/x.so", EPERM },
	{ "LD_LIBRARY_PATH=", EPERM },
	{ "BASH_ENV=/tmp/x", EPERM },
	{ "ENV=/tmp/x", EPERM },
	{ "IFS=/", EPERM },
	{ "GLIBC_TUNABLES=x", EPERM },
	{ "GCONV_PATH=/tmp", EPERM },
	{ "BASH_FUNC_ls%%=() { id; }", EPERM },
	{ "LANG=() { :;}; id", EPERM },	/* CVE-2014-6271 */
	{ "=x", EPERM },
	{ "A B=x", EPERM },
	{ "9=x", EPERM },
	{ "", EINVAL },
	{ "LANG", EINVAL },
};

/* Would have caught a way around the floor, and half a change. */
START_TEST(I5_floor_holds_for_everybody)
{
	const char *assignment = refused[_i].assignment;
	char *name, *equals;

	ck_assert_int_eq(environ_set(env, "LANG", "C", "t"), 0);
	errno = 0;
	ck_assert_int_eq(environ_put(env, assignment, "PAM"), -1);
	ck_assert_int_eq(errno, refused[_i].err);
	if ((equals = strchr(assignment, '=')) != NULL) {
		name = strndup(assignment, (size_t)(equals - assignment));
		ck_assert_ptr_nonnull(name);
		errno = 0;
		ck_assert_int_eq(environ_set(env, name, equals + 1, "us"), -1);
		ck_assert_int_eq(errno, EPERM);
		free(name);
	}
	expect("LANG=C ");
}
END_TEST

/* CVE-2014-2532: a name with '=' is an assignment to another name. */
START_TEST(I5_no_equals_in_a_name)
{
	errno = 0;
	ck_assert_int_eq(environ_set(env, "LC_X=/x LD_PRELOAD", "y", "t"), -1);
	ck_assert_int_eq(errno, EPERM);
	expect("");
}
END_TEST

/* Would have caught an environment that is copied as it comes. */
START_TEST(I5_inherit_takes_session_names_only)
{
	const char *const envp[] = { "FOO=1", "LANG=C", "LD_PRELOAD=/x",
	    "TERM=vt52", "LC_X=() { :;}", "novalue", "", "=x", "=",
	    "SSH_TTY=/dev/x", "LC_ALL=a/b", "SSH_ORIGINAL_COMMAND=id",
	    "LC_TIME=C", NULL };
	const char *const none[] = { NULL };

	ck_assert_int_eq(inherit(none), 0);
	expect("");
	ck_assert_int_eq(inherit(envp), 0);
	expect("LANG=C TERM=vt52 LC_TIME=C ");
	facts.tty = 0;
	environ_unset(env, "TERM");
	ck_assert_int_eq(inherit(envp), 0);
	expect("LANG=C LC_TIME=C ");
}
END_TEST

/*
 * As sshd keeps them.  Would have caught one that counts in spite of a later
 * one that was refused, and one that loses its place.
 */
START_TEST(I5_of_duplicates_the_last_counts)
{
	const char *const envp[] = { "LANG=C", "LC_ALL=C", "LC_TIME=C",
	    "LANG=de_DE", "LC_ALL=../x", "LANGUAGE=../x", "LANG=fr_FR", NULL };

	ck_assert_int_eq(inherit(envp), 0);
	expect("LANG=fr_FR LC_TIME=C ");
}
END_TEST

/* Would have caught the first one, a prefix, and a name without a value. */
START_TEST(lookup_in_an_envp)
{
	char a[] = "A=1", ab[] = "AB=2", none[] = "A", last[] = "A=3",
	    empty[] = "B=";
	char *const envp[] = { a, ab, last, none, empty, NULL };

	ck_assert_str_eq(environ_lookup(envp, "A"), "3");
	ck_assert_str_eq(environ_lookup(envp, "AB"), "2");
	ck_assert_str_eq(environ_lookup(envp, "B"), "");
	ck_assert_ptr_null(environ_lookup(envp, "C"));
	ck_assert_ptr_null(environ_lookup(envp + 5, "A"));
}
END_TEST

/* Would have caught a table of fixed size, and a growth that forgets. */
START_TEST(big_environments)
{
	enum { COUNT = 3000, BYTES = 128 * 1024 };
	char name[32], value[32], *big = malloc(BYTES);
	char *const *envp;
	size_t i;

	ck_assert_ptr_nonnull(big);
	memset(big, 'x', BYTES - 1);
	big[BYTES - 1] = '\0';
	ck_assert_int_eq(environ_set(env, "BIG", big, "t"), 0);
	for (i = 0; i < COUNT; i++) {
		(void)snprintf(name, sizeof(name), "N%zu", i);
		(void)snprintf(value, sizeof(value), "%zu", i);
		ck_assert_int_eq(environ_set(env, name, value, "t"), 0);
	}
	envp = environ_envp(env);
	for (i = 0; envp[i] != NULL; i++)
		continue;
	ck_assert_uint_eq(i, COUNT + 1);
	ck_assert_str_eq(environ_get(env, "BIG"), big);
	ck_assert_str_eq(envp[0] + 4, big);
	ck_assert_str_eq(environ_get(env, "N0"), "0");
	ck_assert_str_eq(envp[COUNT], "N2999=2999");
	for (i = 0; i < COUNT; i++) {
		(void)snprintf(name, sizeof(name), "N%zu", i);
		environ_unset(env, name);
	}
	ck_assert_str_eq(environ_at(env, 0, NULL), "BIG");
	ck_assert_ptr_null(environ_at(env, 1, NULL));
	free(big);
}
END_TEST

/*
 * Would have caught a search for duplicates that walks past all the names
 * before: 2 * 10^10 comparisons, where the time limit has room for a
 * hundredth of it.
 */
START_TEST(many_names_in_bounded_time)
{
	enum { COUNT = 400000 };
	char *text = malloc(COUNT * 16);
	const char **envp = calloc(COUNT + 1, sizeof(*envp));
	size_t i;

	ck_assert_ptr_nonnull(text);
	ck_assert_ptr_nonnull(envp);
	for (i = 0; i < COUNT; i++) {
		(void)snprintf(text + 16 * i, 16, "LC_%zu=1", i);
		envp[i] = text + 16 * i;
	}
	ck_assert_int_eq(inherit(envp), 0);
	ck_assert_str_eq(environ_at(env, COUNT - 1, NULL), "LC_399999");
	free(envp);
	free(text);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("environ");
	TCase *tc = tcase_create("environ");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, I5_begins_with_nothing);
	tcase_add_test(tc, order_and_replacement);
	tcase_add_test(tc, names_are_whole);
	tcase_add_test(tc, name_and_value_are_copied);
	tcase_add_loop_test(tc, I5_floor_holds_for_everybody, 0,
	    (int)(sizeof(refused) / sizeof(refused[0])));
	tcase_add_test(tc, I5_no_equals_in_a_name);
	tcase_add_test(tc, I5_inherit_takes_session_names_only);
	tcase_add_test(tc, I5_of_duplicates_the_last_counts);
	tcase_add_test(tc, lookup_in_an_envp);
	tcase_add_test(tc, big_environments);
	/* What grows with the square takes longer, on any machine. */
	tcase_set_timeout(tc, 240);
	tcase_add_test(tc, many_names_in_bounded_time);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
