/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The words that confine a session.  What is misread here, the kernel either
 * refuses when the session has begun, or takes for something wider.
 */

#include "config.h"
#include "confine.h"

#include <check.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))
#define BIT(n) (UINT64_C(1) << (n))

static struct confine confine;
static char why[128];

static void
setup(void)
{
	confine_init(&confine);
	memset(why, 'x', sizeof(why));
}

static void
teardown(void)
{
	confine_free(&confine);
}

/* Take a word; its value is in a block of its own, for ASan. */
static int
take(enum confine_word word, const char *value)
{
	char *copy = value != NULL ? strdup(value) : NULL;
	int result;

	ck_assert(value == NULL || copy != NULL);
	result = confine_take(&confine, word, copy, why, sizeof(why));
	/* a path is borrowed */
	if (confine.chroot == copy && copy != NULL)
		confine.chroot = "/";
	if (confine.cgroup == copy && copy != NULL)
		confine.cgroup = "/";
	free(copy);
	return result;
}

static void
must_take(enum confine_word word, const char *value)
{
	if (take(word, value) == -1)
		ck_abort_msg("%s %s: %s", confine_name(word), value, why);
}

static int
check_together(void)
{
	return confine_check(&confine, why, sizeof(why));
}

/* Would have caught a word in another's row, or without a name. */
START_TEST(each_word_has_its_name)
{
	int a, b, without = 0;

	for (a = 0; a < CONFINE_WORDS; a++) {
		ck_assert_ptr_nonnull(confine_name((enum confine_word)a));
		for (b = 0; b < a; b++)
			ck_assert_str_ne(confine_name((enum confine_word)a),
			    confine_name((enum confine_word)b));
		without += !confine_has_value((enum confine_word)a);
	}
	ck_assert_int_eq(without, 2);
	ck_assert_int_eq(confine_has_value(CONFINE_MOUNT_PROC), 0);
	ck_assert_int_eq(confine_has_value(CONFINE_NO_NEW_PRIVS), 0);
	ck_assert_str_eq(confine_name(CONFINE_LANDLOCK_RO), "landlock-ro");
	ck_assert_str_eq(confine_name(CONFINE_UNSHARE), "unshare");
}
END_TEST

static const struct {
	enum confine_word word;
	const char *value;
	const char *reason;	/* a part of it */
} bad[] = {
	{ CONFINE_CHROOT, "", "absolute" },
	{ CONFINE_CHROOT, "srv", "absolute" },
	{ CONFINE_CHROOT, NULL, "missing" },
	{ CONFINE_CGROUP, "./x", "absolute" },
	{ CONFINE_LANDLOCK_RO, "usr", "absolute" },
	{ CONFINE_LANDLOCK_RW, "~", "absolute" },
	{ CONFINE_MOUNT_PROC, "yes", "no value" },
	{ CONFINE_NO_NEW_PRIVS, "", "no value" },

	{ CONFINE_UNSHARE, "", "missing" },
	{ CONFINE_UNSHARE, ",net", "missing" },
	{ CONFINE_UNSHARE, "net,", "missing" },
	{ CONFINE_UNSHARE, "net,,pid", "missing" },
	{ CONFINE_UNSHARE, "net pid", "namespace: net pid" },
	{ CONFINE_UNSHARE, "net,pids", "namespace: pids" },
	{ CONFINE_UNSHARE, "all", "namespace: all" },

	{ CONFINE_SETGROUPS, "", "allow nor deny" },
	{ CONFINE_SETGROUPS, "Deny", "allow nor deny" },
	{ CONFINE_SETGROUPS, "deny\n", "allow nor deny" },

	{ CONFINE_UMASK, "", "octal" },
	{ CONFINE_UMASK, "1000", "octal" },
	{ CONFINE_UMASK, "8", "octal" },
	{ CONFINE_UMASK, "0x1f", "octal" },
	{ CONFINE_UMASK, "-1", "octal" },
	{ CONFINE_UMASK, "022 ", "octal" },
	{ CONFINE_UMASK, "40000000000000000000022", "octal" },

	{ CONFINE_PDEATHSIG, "", "signal" },
	{ CONFINE_PDEATHSIG, "0", "signal" },
	{ CONFINE_PDEATHSIG, "65", "signal" },
	{ CONFINE_PDEATHSIG, "keep", "signal" },
	{ CONFINE_PDEATHSIG, "clear", "signal" },
	{ CONFINE_PDEATHSIG, "TERM,HUP", "signal" },

	/* one of each; the rows of check_conf*.c are many */
	{ CONFINE_AMBIENT_CAPS, "", "capability is missing" },
	{ CONFINE_BOUNDING_SET, "cap_64", "capability: cap_64" },
	{ CONFINE_LIMIT, "nofile=x", "not a number" },
	{ CONFINE_MAP_USERS, "0:4294967295:1", "ends above" },
	{ CONFINE_MAP_GROUPS, "0:0:0", "no ids" },
};

/*
 * Would have caught a list that forgives an empty element, a mask that wraps,
 * and a word that is half taken before it is found to be wrong.
 */
START_TEST(refused)
{
	if (take(bad[_i].word, bad[_i].value) == 0)
		ck_abort_msg("%s %s was taken", confine_name(bad[_i].word),
		    bad[_i].value);
	if (strstr(why, bad[_i].reason) == NULL)
		ck_abort_msg("%s %s: \"%s\"", confine_name(bad[_i].word),
		    bad[_i].value, why);
	ck_assert_int_eq(confine_is_set(&confine), 0);
	ck_assert_int_eq(check_together(), 0);
}
END_TEST

/* Would have caught an element of any length that is copied to "why". */
START_TEST(reason_is_cut)
{
	static const enum confine_word lists[] = { CONFINE_UNSHARE,
		CONFINE_AMBIENT_CAPS, CONFINE_LIMIT };
	char value[4096];
	size_t i;

	memset(value, 'a', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		ck_assert_int_eq(take(lists[i], value), -1);
		ck_assert_uint_lt(strlen(why), 64 + 20);
		memset(why, 'x', sizeof(why));
		ck_assert_int_eq(confine_take(&confine, lists[i], value, why,
		    5), -1);
		ck_assert_uint_eq(strlen(why), 4);
		ck_assert_int_eq(why[5], 'x');
	}
}
END_TEST

static const struct {
	const char *value;
	unsigned int namespaces;
} unshares[] = {
	{ "net", CLONE_NEWNET },
	{ "net,net", CLONE_NEWNET },
	{ "time", 0x80 },
	{ "Pid,USER", CLONE_NEWPID | CLONE_NEWUSER },
	{ "mount,uts,ipc,net,pid,user,cgroup,time", CLONE_NEWNS |
	    CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWPID |
	    CLONE_NEWUSER | CLONE_NEWCGROUP | 0x80 },
};

/* Would have caught the last name of a list that is forgotten. */
START_TEST(namespaces)
{
	must_take(CONFINE_UNSHARE, unshares[_i].value);
	ck_assert_uint_eq(confine.namespaces, unshares[_i].namespaces);
	/* said again, they add up */
	must_take(CONFINE_UNSHARE, "uts");
	ck_assert_uint_eq(confine.namespaces,
	    unshares[_i].namespaces | CLONE_NEWUTS);
}
END_TEST

/* Would have caught two rows of one resource, of which the first may win. */
START_TEST(limits_are_kept_by_resource)
{
	must_take(CONFINE_LIMIT, "nofile=10:20");
	must_take(CONFINE_LIMIT, "core=0");
	must_take(CONFINE_LIMIT, "NOFILE=30");
	ck_assert_int_eq(take(CONFINE_LIMIT, "nofile=2:1"), -1);
	ck_assert_uint_eq(confine.nlimits, 2);
	ck_assert_int_eq(confine.limits[0].resource, RLIMIT_NOFILE);
	ck_assert(confine.limits[0].soft == 30 && confine.limits[0].hard == 30);
	ck_assert_int_eq(confine.limits[1].resource, RLIMIT_CORE);
}
END_TEST

/* Would have caught decimal digits, and a mask that is taken twice. */
START_TEST(small_values)
{
	must_take(CONFINE_UMASK, "0777");
	ck_assert_uint_eq(confine.umask, 0777);
	must_take(CONFINE_UMASK, "00000000000000000000027");
	ck_assert_uint_eq(confine.umask, 027);
	must_take(CONFINE_UMASK, "0");
	ck_assert_uint_eq(confine.umask, 0);
	ck_assert_int_eq(confine.has_umask, 1);
	must_take(CONFINE_PDEATHSIG, "SIGKILL");
	ck_assert_int_eq(confine.pdeathsig, SIGKILL);
	must_take(CONFINE_PDEATHSIG, "stop");
	ck_assert_int_eq(confine.pdeathsig, SIGSTOP);
	must_take(CONFINE_PDEATHSIG, "15");
	ck_assert_int_eq(confine.pdeathsig, SIGTERM);
	must_take(CONFINE_SETGROUPS, "deny");
	ck_assert_int_eq(confine.setgroups, PLAN_SETGROUPS_DENY);
	must_take(CONFINE_SETGROUPS, "allow");
	ck_assert_int_eq(confine.setgroups, PLAN_SETGROUPS_ALLOW);
}
END_TEST

/* Would have caught a path in another's place, and "rw" that only reads. */
START_TEST(paths)
{
	static const char chroot[] = "/srv", cgroup[] = "/sys/fs/cgroup/x",
	    ro[] = "/usr", rw[] = "/tmp";

	ck_assert_int_eq(confine_take(&confine, CONFINE_CHROOT, chroot, why,
	    sizeof(why)), 0);
	ck_assert_int_eq(confine_take(&confine, CONFINE_CGROUP, cgroup, why,
	    sizeof(why)), 0);
	ck_assert_int_eq(confine_take(&confine, CONFINE_LANDLOCK_RO, ro, why,
	    sizeof(why)), 0);
	ck_assert_int_eq(confine_take(&confine, CONFINE_LANDLOCK_RW, rw, why,
	    sizeof(why)), 0);
	ck_assert_ptr_eq(confine.chroot, chroot);
	ck_assert_ptr_eq(confine.cgroup, cgroup);
	ck_assert_uint_eq(confine.npaths, 2);
	ck_assert_ptr_eq(confine.paths[0].path, ro);
	ck_assert_int_eq(confine.paths[0].access, PLAN_READ);
	ck_assert_int_eq(confine.paths[0].optional, 0);
	ck_assert_ptr_eq(confine.paths[1].path, rw);
	ck_assert_int_eq(confine.paths[1].access, PLAN_WRITE);
	ck_assert_int_eq(confine.paths[1].optional, 0);
	/* what is confined by paths must not gain rights by a file */
	ck_assert_int_eq(confine.no_new_privs, 0);
	ck_assert_int_eq(check_together(), 0);
	ck_assert_int_eq(confine.no_new_privs, 1);
}
END_TEST

/* Would have caught a map that is leaked, or that lands in the other's. */
START_TEST(maps)
{
	must_take(CONFINE_MAP_USERS, "7:7:7");
	must_take(CONFINE_MAP_USERS, "0:1000:1");
	must_take(CONFINE_MAP_GROUPS, "0:100:1,5:2000:10");
	ck_assert_int_eq(take(CONFINE_MAP_GROUPS, "0:0:0"), -1);
	ck_assert_str_eq(confine.uid_map, "0 1000 1\n");
	ck_assert_str_eq(confine.gid_map, "0 100 1\n5 2000 10\n");
	ck_assert_int_eq(confine_maps(confine.uid_map, 1000), 1);
	ck_assert_int_eq(confine_maps(confine.uid_map, 0), 0);
	ck_assert_int_eq(confine_maps(NULL, 0), 0);
}
END_TEST

/* Would have caught sets that change places, and one that is not replaced. */
START_TEST(capabilities)
{
	must_take(CONFINE_AMBIENT_CAPS, "kill");
	ck_assert(confine.ambient == BIT(5) && confine.has_ambient);
	ck_assert_int_eq(confine.has_bounding, 0);
	must_take(CONFINE_AMBIENT_CAPS, "+chown");
	ck_assert(confine.ambient == BIT(0));
	must_take(CONFINE_BOUNDING_SET, "-sys_admin");
	ck_assert(confine.bounding == ~BIT(21) && confine.has_bounding);
	must_take(CONFINE_BOUNDING_SET, "-sys_boot");
	ck_assert(confine.bounding == ~BIT(22));
	ck_assert(confine.ambient == BIT(0));
}
END_TEST

#define ANY 12345u

static const struct {
	enum confine_word words[3];
	const char *values[3];
	size_t n;
	const char *reason;	/* NULL: they go together */
	unsigned int namespaces;
} together[] = {
	{ { CONFINE_MAP_USERS }, { "0:0:1" }, 1, NULL, CLONE_NEWUSER },
	{ { CONFINE_MAP_GROUPS }, { "0:0:1" }, 1, NULL, CLONE_NEWUSER },
	{ { CONFINE_MAP_GROUPS, CONFINE_SETGROUPS }, { "0:0:1", "allow" }, 2,
	    NULL, CLONE_NEWUSER },
	{ { CONFINE_UNSHARE, CONFINE_SETGROUPS }, { "user", "deny" }, 2, NULL,
	    CLONE_NEWUSER },
	{ { CONFINE_SETGROUPS }, { "deny" }, 1,
	    "setgroups: there is no user namespace", ANY },
	{ { CONFINE_SETGROUPS, CONFINE_UNSHARE }, { "allow", "net" }, 2,
	    "setgroups: ", ANY },
	{ { CONFINE_MOUNT_PROC, CONFINE_UNSHARE }, { NULL, "pid" }, 2, NULL,
	    CLONE_NEWPID | CLONE_NEWNS },
	{ { CONFINE_MOUNT_PROC }, { NULL }, 1,
	    "mount-proc: there is no pid namespace", ANY },
	{ { CONFINE_MOUNT_PROC, CONFINE_UNSHARE }, { NULL, "mount" }, 2,
	    "mount-proc: ", ANY },
	{ { CONFINE_UNSHARE }, { "mount,pid" }, 1, NULL,
	    CLONE_NEWPID | CLONE_NEWNS },
	{ { CONFINE_AMBIENT_CAPS, CONFINE_BOUNDING_SET }, { "kill", "kill" },
	    2, NULL, 0 },
	{ { CONFINE_AMBIENT_CAPS, CONFINE_BOUNDING_SET },
	    { "kill,chown", "kill" }, 2, "ambient-caps: ", ANY },
	{ { CONFINE_AMBIENT_CAPS, CONFINE_BOUNDING_SET }, { "cap_40", "none" },
	    2, "ambient-caps: ", ANY },
	{ { CONFINE_AMBIENT_CAPS, CONFINE_BOUNDING_SET }, { "none", "none" },
	    2, NULL, 0 },
	{ { CONFINE_AMBIENT_CAPS }, { "kill" }, 1, NULL, 0 },
	{ { CONFINE_BOUNDING_SET }, { "none" }, 1, NULL, 0 },
};

/*
 * Would have caught a map without its namespace, a proc(5) that shows the
 * processes outside, and a word that stays without effect and without a word.
 */
START_TEST(held_against_each_other)
{
	size_t i;

	for (i = 0; i < together[_i].n; i++)
		must_take(together[_i].words[i], together[_i].values[i]);
	if (together[_i].reason != NULL) {
		ck_assert_int_eq(check_together(), -1);
		ck_assert_msg(strncmp(why, together[_i].reason,
		    strlen(together[_i].reason)) == 0, "%s", why);
		return;
	}
	ck_assert_int_eq(check_together(), 0);
	ck_assert_uint_eq(confine.namespaces, together[_i].namespaces);
	/* a second time, it changes nothing */
	ck_assert_int_eq(check_together(), 0);
	ck_assert_uint_eq(confine.namespaces, together[_i].namespaces);
	ck_assert_int_eq(confine.no_new_privs, 0);
}
END_TEST

static const struct {
	enum confine_word word;
	const char *value;
} any[CONFINE_WORDS] = {
	{ CONFINE_AMBIENT_CAPS, "none" }, { CONFINE_BOUNDING_SET, "+all" },
	{ CONFINE_CGROUP, "/x" }, { CONFINE_CHROOT, "/" },
	{ CONFINE_LANDLOCK_RO, "/" }, { CONFINE_LANDLOCK_RW, "/" },
	{ CONFINE_LIMIT, "cpu=0" }, { CONFINE_MAP_GROUPS, "0:0:1" },
	{ CONFINE_MAP_USERS, "0:0:1" }, { CONFINE_MOUNT_PROC, NULL },
	{ CONFINE_NO_NEW_PRIVS, NULL }, { CONFINE_PDEATHSIG, "HUP" },
	{ CONFINE_SETGROUPS, "deny" }, { CONFINE_UMASK, "0" },
	{ CONFINE_UNSHARE, "uts" },
};

/* Would have caught a word that login(1) runs without, and nobody is told. */
START_TEST(any_word_is_something)
{
	ck_assert_int_eq(any[_i].word, _i);
	ck_assert_int_eq(confine_is_set(&confine), 0);
	must_take(any[_i].word, any[_i].value);
	ck_assert_int_eq(confine_is_set(&confine), 1);
	confine_free(&confine);
	ck_assert_int_eq(confine_is_set(&confine), 0);
	ck_assert_int_eq(confine.setgroups, -1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("confine");
	TCase *tc = tcase_create("confine");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, each_word_has_its_name);
	tcase_add_loop_test(tc, refused, 0, NROWS(bad));
	tcase_add_test(tc, reason_is_cut);
	tcase_add_loop_test(tc, namespaces, 0, NROWS(unshares));
	tcase_add_test(tc, limits_are_kept_by_resource);
	tcase_add_test(tc, small_values);
	tcase_add_test(tc, paths);
	tcase_add_test(tc, maps);
	tcase_add_test(tc, capabilities);
	tcase_add_loop_test(tc, held_against_each_other, 0, NROWS(together));
	tcase_add_loop_test(tc, any_word_is_something, 0, NROWS(any));
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
