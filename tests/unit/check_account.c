/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Invariant I2: what does not resolve, runs nothing.  Entries that no
 * machine should have are bound over /etc/passwd in a mount namespace.
 */

#include "config.h"
#include "account.h"

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <check.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/* 64 bytes, to make a name that is long enough out of. */
#define X64 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X256 X64 X64 X64 X64

static const struct {
	const char *name;
	int ok;
} names[] = {
	{ "root", 1 },
	{ "a", 1 },
	{ "a1", 1 },
	{ "1a", 1 },		/* useradd would not, a directory may */
	{ "0x1f", 1 },
	{ "a-b_c.d$", 1 },
	{ "DOMAIN\\alice", 1 },
	{ "alice@example.org", 1 },
	{ X256, 1 },
	{ X256 "x", 0 },
	{ "", 0 },
	{ "0", 0 },		/* Tailscale: a name taken for a uid */
	{ "1001", 0 },
	{ "4294967295", 0 },
	{ "-f", 0 },		/* CVE-2026-24061: USER="-f root" */
	{ "-froot", 0 },
	{ "-", 0 },
	{ "-1", 0 },		/* CVE-2019-14287 */
	{ "a b", 0 },
	{ " root", 0 },
	{ "root ", 0 },
	{ "root\n", 0 },
	{ "a\tb", 0 },
	{ "a\033[2J", 0 },
	{ "a\001", 0 },
	{ "a\177", 0 },
	{ "root:x", 0 },	/* more than one field */
	{ "a/b", 0 },
	{ "../root", 0 },
	{ "/", 0 },
};

/* Would have caught a name that some later reader takes for another thing. */
START_TEST(I2_names)
{
	enum account_error err = ACCOUNT_OK;

	ck_assert_msg(account_name_ok(names[_i].name) == names[_i].ok,
	    "\"%s\"", names[_i].name);
	if (names[_i].ok)
		return;
	ck_assert_ptr_null(account_by_name(names[_i].name, &err));
	ck_assert_int_eq(err, ACCOUNT_BAD_NAME);
}
END_TEST

/* Would have caught a lookup that leaves fields unset. */
START_TEST(root_resolves)
{
	enum account_error err = ACCOUNT_LOOKUP;
	struct account *a = account_by_name("root", &err), *b;
	size_t i;

	ck_assert_ptr_nonnull(a);
	ck_assert_int_eq(err, ACCOUNT_OK);
	ck_assert_str_eq(a->name, "root");
	ck_assert_uint_eq(a->uid, 0);
	ck_assert_uint_eq(a->gid, 0);
	ck_assert_int_eq(a->home[0], '/');
	ck_assert_int_eq(a->shell[0], '/');
	for (i = 0; i < a->ngroups && a->groups[i] != a->gid; i++)
		continue;
	ck_assert_msg(i < a->ngroups, "the primary group is not in the list");
	err = ACCOUNT_LOOKUP;
	ck_assert_ptr_nonnull(b = account_by_uid(0, NULL, &err));
	ck_assert_int_eq(err, ACCOUNT_OK);
	ck_assert_uint_eq(b->uid, 0);
	/* what the first one says is its own */
	ck_assert_str_eq(a->name, "root");
	account_free(a);
	account_free(b);
	account_free(NULL);
}
END_TEST

/* Would have caught "no such user" answered with somebody. */
START_TEST(I2_unknown)
{
	enum account_error err = ACCOUNT_OK;

	ck_assert_ptr_null(account_by_name("no-such-user-here", &err));
	ck_assert_int_eq(err, ACCOUNT_UNKNOWN);
	err = ACCOUNT_OK;
	ck_assert_ptr_null(account_by_uid(3999999999U, NULL, &err));
	ck_assert_int_eq(err, ACCOUNT_UNKNOWN);
	/* a hint does not make an unknown uid known */
	err = ACCOUNT_OK;
	ck_assert_ptr_null(account_by_uid(3999999999U, "root", &err));
	ck_assert_int_eq(err, ACCOUNT_UNKNOWN);
}
END_TEST

/* CVE-2019-14287: setresuid(2) takes -1 for "leave it as it is", root. */
START_TEST(I2_uid_minus_one)
{
	enum account_error err = ACCOUNT_OK;

	ck_assert_ptr_null(account_by_uid((uid_t)-1, NULL, &err));
	ck_assert_int_eq(err, ACCOUNT_BAD_ID);
	err = ACCOUNT_OK;
	ck_assert_ptr_null(account_by_uid((uid_t)-1, "root", &err));
	ck_assert_int_eq(err, ACCOUNT_BAD_ID);
}
END_TEST

/* Would have caught a database out of reach taken for an empty one. */
START_TEST(I2_fails_closed)
{
	struct rlimit limit, none;
	enum account_error err = ACCOUNT_OK;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = limit;
	none.rlim_cur = 0;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	ck_assert_ptr_null(account_by_name("root", &err));
	ck_assert_int_eq(err, ACCOUNT_LOOKUP);
	ck_assert_ptr_null(account_by_uid(0, "root", &err));
	ck_assert_int_eq(err, ACCOUNT_LOOKUP);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}
END_TEST

/* Would have caught a refusal without a reason. */
START_TEST(errors_have_words)
{
	const char *words;

	errno = EMFILE;
	words = account_strerror((enum account_error)_i);
	ck_assert_ptr_nonnull(words);
	ck_assert_str_ne(words, "");
	if (_i == ACCOUNT_LOOKUP || _i == ACCOUNT_GROUPS)
		ck_assert_str_eq(words, strerror(EMFILE));
}
END_TEST

static const struct {
	gid_t a[4];
	size_t na;
	gid_t b[4];
	size_t nb;
	int equal;
} sets[] = {
	{ { 0 }, 0, { 0 }, 0, 1 },
	{ { 1 }, 1, { 1 }, 1, 1 },
	{ { 1, 2, 3 }, 3, { 3, 1, 2 }, 3, 1 },
	{ { 1, 1, 2 }, 3, { 2, 1 }, 2, 1 },
	{ { 1, 1, 2 }, 3, { 2, 2, 1 }, 3, 1 },
	{ { 0 }, 0, { 0 }, 1, 0 },	/* gid 0 is a group, too */
	{ { 1 }, 1, { 0 }, 0, 0 },
	{ { 1, 2 }, 2, { 1 }, 1, 0 },	/* a part is not the whole ... */
	{ { 1 }, 1, { 1, 2 }, 2, 0 },	/* ... in either direction */
	{ { 1, 1 }, 2, { 1, 2 }, 2, 0 },
	{ { 1, 2 }, 2, { 1, 1 }, 2, 0 },
	{ { 1, 2, 3 }, 3, { 1, 2, 4 }, 3, 0 },
};

/* Would have caught a comparison of lengths, or of one direction only. */
START_TEST(groups_are_sets)
{
	ck_assert_int_eq(account_groups_equal(sets[_i].a, sets[_i].na,
	    sets[_i].b, sets[_i].nb), sets[_i].equal);
}
END_TEST

/* Root from here on: passwd(5) and group(5) of our own. */

static const char passwd[] =
    "root:x:0:0:root:/root:/bin/bash\n"
    "toor:x:0:0::/root:/bin/bash\n"
    "alice:x:1001:1001::/home/alice:/bin/bash\n"
    "alias:x:1001:1002::/home/alias:/bin/dash\n"
    "bob:x:1002:1002::/home/bob:\n"
    "nohome:x:1003:1003:::/bin/sh\n"
    "relhome:x:1004:1004::home/x:/bin/sh\n"
    "relshell:x:1005:1005::/home/x:bash\n"
    "minusone:x:4294967295:1006::/:/bin/sh\n"
    "badgid:x:1006:4294967295::/:/bin/sh\n"
    "1007:x:1007:1007::/:/bin/sh\n"
    "a b:x:1008:1008::/:/bin/sh\n"
    "many:x:1009:1009::/:/bin/sh\n"
    "noshell:x:1010:1010::/:/usr/sbin/nologin\n"
    "cursor:x:1011:1011::/home/\033[2J:/bin/sh\n"
    "control:x:1012:1012::/:/bin/s\177h\n";

static void
cover(const char *path, void (*fill)(FILE *))
{
	char own[] = "/tmp/check_account.XXXXXX";
	FILE *fp;
	int fd;

	ck_assert_int_ne(fd = mkstemp(own), -1);
	ck_assert_ptr_nonnull(fp = fdopen(fd, "w"));
	fill(fp);
	ck_assert_int_eq(fchmod(fd, 0644), 0);
	ck_assert_int_eq(fclose(fp), 0);
	ck_assert_int_eq(mount(own, path, NULL, MS_BIND, NULL), 0);
	ck_assert_int_eq(unlink(own), 0);
}

static void
fill_passwd(FILE *fp)
{
	(void)fputs(passwd, fp);
}

static void
fill_group(FILE *fp)
{
	int i;

	(void)fputs("alice:x:1001:\nbob:x:1002:alice\nextra:x:2000:alice,x\n",
	    fp);
	(void)fputs("twice:x:2000:alice\nfar:x:4294967294:alice\n", fp);
	for (i = 0; i < 300; i++)
		(void)fprintf(fp, "g%d:x:%d:many\n", i, 5000 + i);
}

static int
covered(void)
{
	if (unshare(CLONE_NEWNS) == -1 || mount("none", "/", NULL,
	    MS_REC | MS_PRIVATE, NULL) == -1) {
		printf("SKIP check_account entries: %s\n", strerror(errno));
		return 0;
	}
	cover("/etc/passwd", fill_passwd);
	cover("/etc/group", fill_group);
	return 1;
}

static const struct {
	const char *name;
	uid_t uid;
	enum account_error err;
} entries[] = {
	{ "bob", 1002, ACCOUNT_OK },
	{ "noshell", 1010, ACCOUNT_OK },
	{ "relhome", 1004, ACCOUNT_BAD_ENTRY },
	{ "relshell", 1005, ACCOUNT_BAD_ENTRY },
	{ "cursor", 1011, ACCOUNT_BAD_ENTRY },
	{ "control", 1012, ACCOUNT_BAD_ENTRY },
	{ "badgid", 1006, ACCOUNT_BAD_ID },
	{ "minusone", (uid_t)-1, ACCOUNT_BAD_ID },
	{ "1007", 1007, ACCOUNT_BAD_NAME },	/* found by uid: its name */
	{ "a b", 1008, ACCOUNT_BAD_NAME },
};

/* Would have caught an entry believed because it is in passwd. */
START_TEST(I2_entries)
{
	enum account_error err = ACCOUNT_LOOKUP;
	struct account *a;

	if (!covered())
		return;
	a = account_by_name(entries[_i].name, &err);
	ck_assert_msg((a != NULL) == (err == ACCOUNT_OK), "%s",
	    entries[_i].name);
	ck_assert_msg(err == entries[_i].err, "%s: %d", entries[_i].name,
	    (int)err);
	account_free(a);
	a = account_by_uid(entries[_i].uid, NULL, &err);
	ck_assert_msg(err == entries[_i].err, "%s by uid: %d",
	    entries[_i].name, (int)err);
	account_free(a);
}
END_TEST

/* Would have caught the defaults of sshd(8) missing, or put over an entry. */
START_TEST(empty_fields)
{
	enum account_error err;
	struct account *a;

	if (!covered())
		return;
	ck_assert_ptr_nonnull(a = account_by_name("bob", &err));
	ck_assert_str_eq(a->shell, "/bin/sh");
	ck_assert_str_eq(a->home, "/home/bob");
	account_free(a);
	ck_assert_ptr_nonnull(a = account_by_name("nohome", &err));
	ck_assert_str_eq(a->home, "/");
	account_free(a);
	ck_assert_ptr_nonnull(a = account_by_name("noshell", &err));
	ck_assert_str_eq(a->shell, "/usr/sbin/nologin");
	account_free(a);
}
END_TEST

static const struct {
	uid_t uid;
	const char *hint;
	const char *name;
	gid_t gid;
} hints[] = {
	{ 1001, NULL, "alice", 1001 },
	{ 1001, "alice", "alice", 1001 },
	{ 1001, "alias", "alias", 1002 },	/* one of the uid's names */
	{ 1001, "bob", "alice", 1001 },		/* another's uid: ignored */
	{ 1001, "root", "alice", 1001 },
	{ 1001, "nobody-at-all", "alice", 1001 },
	{ 1001, "-f", "alice", 1001 },
	{ 1001, "", "alice", 1001 },
	{ 1001, "1001", "alice", 1001 },
	{ 0, "toor", "toor", 0 },
	{ 0, "alice", "root", 0 },
};

/* I1: LOGNAME picks among names with the kernel's uid, and no more. */
START_TEST(I1_hints)
{
	enum account_error err = ACCOUNT_LOOKUP;
	struct account *a;

	if (!covered())
		return;
	a = account_by_uid(hints[_i].uid, hints[_i].hint, &err);
	ck_assert_ptr_nonnull(a);
	ck_assert_str_eq(a->name, hints[_i].name);
	ck_assert_uint_eq(a->uid, hints[_i].uid);
	ck_assert_uint_eq(a->gid, hints[_i].gid);
	account_free(a);
}
END_TEST

static const struct {
	uid_t uid;
	size_t size;
	const char *name;
} callers[] = {
	{ 0, 32, "root" },
	{ 1001, 32, "alice" },		/* the first of its names */
	{ 1001, 3, "al" },
	{ 4242, 32, "4242" },
	{ 4242, 3, "42" },
	{ 1007, 32, "1007" },
	{ 1008, 32, "1008" },		/* its name is none: "a b" */
	{ (uid_t)-2, 32, "4294967294" },
};

/* Would have caught a log that a name of passwd writes in. */
START_TEST(names_for_a_message)
{
	char buf[33];

	if (!covered())
		return;
	memset(buf, 'x', sizeof(buf));
	ck_assert_ptr_eq(account_name_of(callers[_i].uid, NULL, buf,
	    callers[_i].size), buf);
	ck_assert_str_eq(buf, callers[_i].name);
	ck_assert_int_eq(buf[callers[_i].size], 'x');
}
END_TEST

/* Would have caught a list cut where its buffer ended (CVE-2021-41617). */
START_TEST(group_lists)
{
	static const gid_t of_alice[] = { 1001, 1002, 2000, 4294967294U };
	enum account_error err;
	struct account *a;
	gid_t want[301];
	gid_t i;

	if (!covered())
		return;
	ck_assert_ptr_nonnull(a = account_by_name("alice", &err));
	ck_assert_int_eq(account_groups_equal(a->groups, a->ngroups, of_alice,
	    4), 1);
	account_free(a);
	want[0] = 1009;
	for (i = 0; i < 300; i++)
		want[i + 1] = 5000 + i;
	ck_assert_ptr_nonnull(a = account_by_name("many", &err));
	ck_assert_int_eq(account_groups_equal(a->groups, a->ngroups, want,
	    301), 1);
	account_free(a);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("account");
	TCase *tc = tcase_create("account"), *root;

	tcase_add_loop_test(tc, I2_names, 0, NROWS(names));
	tcase_add_test(tc, root_resolves);
	tcase_add_test(tc, I2_unknown);
	tcase_add_test(tc, I2_uid_minus_one);
	tcase_add_test(tc, I2_fails_closed);
	tcase_add_loop_test(tc, errors_have_words, 0, ACCOUNT_GROUPS + 1);
	tcase_add_loop_test(tc, groups_are_sets, 0, NROWS(sets));
	suite_add_tcase(s, tc);
	if (geteuid() != 0) {
		printf("SKIP check_account root cases: not root\n");
		return s;
	}
	root = tcase_create("root");
	tcase_add_loop_test(root, I2_entries, 0, NROWS(entries));
	tcase_add_test(root, empty_fields);
	tcase_add_loop_test(root, I1_hints, 0, NROWS(hints));
	tcase_add_loop_test(root, names_for_a_message, 0, NROWS(callers));
	tcase_add_test(root, group_lists);
	suite_add_tcase(s, root);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
