/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Paths of control groups as the kernel prints them, and what logind would
 * make of them.
 */

#include "config.h"
#include "unitpath.h"

#include <check.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "logind.h"
#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

static const struct {
	const char *text;
	const char *path;	/* NULL: none, errno EINVAL */
} texts[] = {
	{ "0::/system.slice/ssh.service\n", "/system.slice/ssh.service" },
	{ "0::/\n", "/" },
	{ "0::/no-newline", "/no-newline" },
	{ "0::/a:b:c\n", "/a:b:c" },
	/* Both kinds: the unified one, if it is in use, wherever it stands. */
	{ "9:name=systemd:/a\n8:pids:/b\n0::/c\n", "/c" },
	{ "0::/c\n8:pids:/b\n9:name=systemd:/a\n", "/c" },
	{ "9:name=systemd:/a\n8:pids:/b\n0::/\n", "/a" },
	{ "0::/\n8:pids:/b\n9:name=systemd:/a\n", "/a" },
	{ "0::/\n9:name=systemd:/\n", "/" },
	{ "9:name=systemd:/a\n8:pids:/b\n", "/a" },
	{ "8:pids:/b\n1:cpu,cpuacct:/d\n0::/c\n", "/c" },
	/* Nobody's. */
	{ "8:pids:/b\n", NULL },
	{ "7:name=other:/b\n", NULL },
	{ "7:name=systemd2:/b\n", NULL },
	{ "7:xname=systemd:/b\n", NULL },
	{ "", NULL },
	{ "\n", NULL },
	{ "0", NULL },
	{ "0:", NULL },
	{ "0::", NULL },
	{ "0::\n", NULL },
	{ "0::relative\n", NULL },
	{ "/user.slice/session-1.scope\n", NULL },
};

/*
 * Would have caught: the path of another hierarchy, one that ends at a colon,
 * and a read beyond the end of a text that was cut off.
 */
START_TEST(parses_what_the_kernel_prints)
{
	/* On the heap and no longer than it is, for ASan and valgrind. */
	char *text = strdup(texts[_i].text), buf[64];

	ck_assert_ptr_nonnull(text);
	if (texts[_i].path == NULL) {
		ck_assert_int_eq(unitpath_parse(text, buf, sizeof(buf)), -1);
		ck_assert_int_eq(errno, EINVAL);
	} else {
		ck_assert_int_eq(unitpath_parse(text, buf, sizeof(buf)), 0);
		ck_assert_str_eq(buf, texts[_i].path);
	}
	free(text);
}
END_TEST

/* Would have caught a path that is cut and then means another group. */
START_TEST(refuses_what_does_not_fit)
{
	char buf[8];

	ck_assert_int_eq(unitpath_parse("0::/123456\n", buf, sizeof(buf)), 0);
	ck_assert_str_eq(buf, "/123456");
	ck_assert_int_eq(unitpath_parse("0::/1234567\n", buf, sizeof(buf)),
	    -1);
	ck_assert_int_eq(errno, ENAMETOOLONG);
	ck_assert_int_eq(unitpath_parse("0::/\n", buf, 1), -1);
	ck_assert_int_eq(unitpath_parse("0::/\n", buf, 0), -1);
}
END_TEST

static const struct {
	const char *path;
	int in_session;
} paths[] = {
	{ "/user.slice/user-0.slice/session-c1.scope", 1 },
	{ "/user.slice/user-1001.slice/user@1001.service/app.slice/x", 1 },
	{ "/user.slice/user-1001.slice", 1 },
	{ "/machine.slice/session-4.scope/x", 1 },
	{ "//user.slice//user-0.slice", 1 },
	{ "/", 0 },
	{ "", 0 },
	{ "/init.scope", 0 },
	{ "/user.slice", 0 },
	{ "/system.slice/ssh.service", 0 },
	{ "/system.slice/ssh-incubator-12-34.scope", 0 },
	{ "/system.slice/system-ssh\\x2dincubator.slice/x@1.service", 0 },
	/* Below a unit stands what the unit's own user made. */
	{ "/system.slice/x.service/user-0.slice/session-1.scope", 0 },
	{ "/x/user.slice/user-0.slice/session-1.scope", 0 },
	/* Not the names, only like them. */
	{ "/user.slice/user-.slice", 0 },
	{ "/system.slice/session-.scope", 0 },
	{ "/system.slice/session-1.scope.d", 0 },
	{ "/system.slice/xsession-1.scope", 0 },
	{ "/xuser-0.slice/y.service", 0 },
};

/*
 * Would have caught: a container whose host runs it in a user's session taken
 * for one, a name that a user gave to a group of his own, and prefix and
 * suffix that overlap.
 */
START_TEST(knows_sessions_as_logind_does)
{
	ck_assert_int_eq(unitpath_in_session(paths[_i].path),
	    paths[_i].in_session);
}
END_TEST

/* Would have caught one name that is the end of another. */
START_TEST(compares_the_innermost_group)
{
	ck_assert_int_eq(unitpath_ends_in("/system.slice/a.scope", "a.scope"),
	    1);
	ck_assert_int_eq(unitpath_ends_in("/a.scope", "a.scope"), 1);
	ck_assert_int_eq(unitpath_ends_in("/s/ba.scope", "a.scope"), 0);
	ck_assert_int_eq(unitpath_ends_in("/s/a.scope/b", "a.scope"), 0);
	ck_assert_int_eq(unitpath_ends_in("a.scope", "a.scope"), 0);
	ck_assert_int_eq(unitpath_ends_in("/a.scope/", "a.scope"), 0);
	ck_assert_int_eq(unitpath_ends_in("", "a.scope"), 0);
}
END_TEST

/*
 * Would have caught a process that does not exist taken for one outside of
 * every session, which would be let into the wrong branch.
 */
START_TEST(nobody_is_in_no_group)
{
	char buf[UNITPATH_SIZE];

	ck_assert_int_eq(unitpath_of(getpid(), buf, sizeof(buf)), 0);
	ck_assert_int_eq(*buf, '/');
	ck_assert_int_eq(unitpath_of(INT_MAX, buf, sizeof(buf)), -1);
	ck_assert_int_eq(errno, ENOENT);
	errno = 0;
	ck_assert_int_eq(logind_in_session(INT_MAX), -1);
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("unitpath");
	TCase *tc = tcase_create("unitpath");

	tcase_add_loop_test(tc, parses_what_the_kernel_prints, 0,
	    NROWS(texts));
	tcase_add_test(tc, refuses_what_does_not_fit);
	tcase_add_loop_test(tc, knows_sessions_as_logind_does, 0,
	    NROWS(paths));
	tcase_add_test(tc, compares_the_innermost_group);
	tcase_add_test(tc, nobody_is_in_no_group);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
