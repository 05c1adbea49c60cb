/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Every directive, with values that it takes and values that it does not: a
 * row here for each in the table, or the last test fails.
 */

#include "config.h"
#include "conftable.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "run.h"

#define GOOD NULL

static const struct {
	const char *keyword;
	const char *args[3];
	const char *why;	/* or GOOD */
} rows[] = {
	{ "LocalUser", { "alice" }, GOOD },
	{ "LocalUser", { "%p" }, GOOD },
	{ "LocalUser", { "root" }, GOOD },
	{ "LocalUser", { "" }, "\"\": neither a user name nor %p" },
	{ "LocalUser", { "-froot" }, "-froot: neither a user name nor %p" },
	{ "LocalUser", { "0" }, "0: neither a user name nor %p" },
	{ "LocalUser", { "a:b" }, "a:b: neither a user name nor %p" },
	{ "LocalUser", { "%u" }, "%u: neither a user name nor %p" },
	{ "LocalUser", { "x%p" }, "x%p: neither a user name nor %p" },
	{ "LocalUser", { "a", "b" }, "b: more than one argument" },
	{ "Deny", { "not from here" }, GOOD },
	{ "Deny", { "none" }, GOOD },
	{ "Deny", { "" }, "\"\": not a line of text" },
	{ "Deny", { "a\033[2J" }, "a\033[2J: not a line of text" },
	{ "Deny", { "not", "here" }, "here: more than one argument" },
	{ "AcceptEnv", { "LANG", "LC_*", "?" }, GOOD },
	{ "AcceptEnv", { "" }, "\"\": not a pattern for names" },
	{ "AcceptEnv", { "A", "B=c" }, "B=c: not a pattern for names" },
	{ "UnsetEnv", { "LANG", "LC_*" }, GOOD },
	{ "UnsetEnv", { "A=" }, "A=: not a pattern for names" },
	{ "UnsetEnv", { "A,B" }, "A,B: not a pattern for names" },
	{ "AcceptEnv", { "!A" }, "!A: not a pattern for names" },
	{ "SetEnv", { "A=b", "_C=", "D==" }, GOOD },
	{ "SetEnv", { "A" }, "not of the form NAME=VALUE" },
	{ "SetEnv", { "=secret" }, "not of the form NAME=VALUE" },
	{ "SetEnv", { "A=b", "B-C=secret" },
	    "not a name of [A-Za-z_][A-Za-z0-9_]*" },
	{ "SetEnv", { "LD_PRELOAD=secret" }, "ld.so loads code by it" },
	{ "SetEnv", { "A=() { :; }; secret" },
	    "bash may take it for a function (CVE-2014-6271)" },
	{ "ForwardAgent", { "yes" }, GOOD },
	{ "ForwardAgent", { "no" }, GOOD },
	{ "ForwardAgent", { "filter" }, GOOD },
	{ "ForwardAgent", { "none" },
	    "none: neither yes nor no nor filter" },
	{ "ForwardAgent", { "Yes" }, "Yes: neither yes nor no nor filter" },
	{ "ForwardAgent", { "" }, "\"\": neither yes nor no nor filter" },
	{ "ForwardAgent", { "yes", "no" }, "no: more than one argument" },
	{ "AgentPolicy", { "/etc/ssh-incubator/agent.policy" }, GOOD },
	{ "AgentPolicy", { "none" }, GOOD },
	{ "AgentPolicy", { "agent.policy" },
	    "agent.policy: not an absolute path" },
	{ "AgentPolicy", { "/a\nb" }, "/a\nb: not an absolute path" },
	{ "ForceCommand", { "exec /bin/true \"a b\"" }, GOOD },
	{ "ForceCommand", { "none" }, GOOD },
	{ "ForceCommand", { "" }, "\"\": an empty command" },
	{ "StartupCommand", { "mkdir -p ~/tmp" }, GOOD },
	{ "StartupCommand", { "" }, "\"\": an empty command" },
	{ "LoginShell", { "/bin/sh" }, GOOD },
	{ "LoginShell", { "none" }, GOOD },
	{ "LoginShell", { "sh" }, "sh: not an absolute path" },
	{ "LoginShell", { "/bin/s\nh" }, "/bin/s\nh: not an absolute path" },
	{ "SftpServer", { "/usr/lib/sftp-server", "-l", "INFO" }, GOOD },
	{ "SftpServer", { "internal-sftp" },
	    "internal-sftp: not an absolute path" },
	{ "SftpServer", { "" }, "\"\": not an absolute path" },
	{ "Directory", { "/srv" }, GOOD },
	{ "Directory", { "~" }, "~: not an absolute path" },
	{ "Directory", { "/a", "/b" }, "/b: more than one argument" },
	{ "Chroot", { "/srv/jail" }, GOOD },
	{ "Chroot", { "none" }, GOOD },
	{ "Chroot", { "srv" }, "srv: not an absolute path" },
	{ "Unshare", { "mount,pid,net" }, GOOD },
	{ "Unshare", { "none" }, GOOD },
	{ "Unshare", { "mount,bogus" },
	    "mount,bogus: not a namespace: bogus" },
	{ "Unshare", { "" }, "\"\": a namespace is missing" },
	{ "MapUsers", { "0:1000:1,1:100000:65535" }, GOOD },
	{ "MapUsers", { "none" }, GOOD },
	{ "MapUsers", { "0:1000" }, "0:1000: " },
	{ "MapGroups", { "0:1000:1" }, GOOD },
	{ "MapGroups", { "0:1000:0" }, "0:1000:0: " },
	{ "SetGroups", { "deny" }, GOOD },
	{ "SetGroups", { "yes" }, "yes: neither allow nor deny" },
	{ "MountProc", { "yes" }, GOOD },
	{ "MountProc", { "no" }, GOOD },
	{ "MountProc", { "true" }, "true: neither yes nor no" },
	{ "AmbientCapabilities", { "net_bind_service" }, GOOD },
	{ "AmbientCapabilities", { "none" }, GOOD },
	{ "AmbientCapabilities", { "bogus" }, "bogus: " },
	{ "BoundingCapabilities", { "-sys_admin" }, GOOD },
	{ "BoundingCapabilities", { "none" }, GOOD },
	{ "BoundingCapabilities", { "" }, "\"\": " },
	{ "NoNewPrivileges", { "yes" }, GOOD },
	{ "NoNewPrivileges", { "no" }, GOOD },
	{ "NoNewPrivileges", { "Yes" }, "Yes: neither yes nor no" },
	{ "NoNewPrivileges", { "" }, "\"\": neither yes nor no" },
	{ "ParentDeathSignal", { "KILL" }, GOOD },
	{ "ParentDeathSignal", { "none" }, GOOD },
	{ "ParentDeathSignal", { "KIL" }, "KIL: not a signal" },
	{ "Limit", { "nofile=1024", "nproc=10:20", "core=unlimited" },
	    GOOD },
	{ "Limit", { "nofile=1024", "nofile" }, "nofile: " },
	{ "Limit", { "bogus=1" }, "bogus=1: " },
	{ "Limit", { "nofile=20:10" }, "nofile=20:10: " },
	{ "Umask", { "027" }, GOOD },
	{ "Umask", { "none" }, GOOD },
	{ "Umask", { "8" }, "8: not an octal number up to 777" },
	{ "Umask", { "1777" }, "1777: not an octal number up to 777" },
	{ "Umask", { "-1" }, "-1: not an octal number up to 777" },
	{ "Cgroup", { "/sys/fs/cgroup/ssh" }, GOOD },
	{ "Cgroup", { "ssh" }, "ssh: not an absolute path" },
	{ "LandlockReadOnly", { "/usr", "/etc" }, GOOD },
	{ "LandlockReadOnly", { "/usr", "etc" },
	    "etc: not an absolute path" },
	{ "LandlockReadWrite", { "/tmp" }, GOOD },
	{ "LandlockReadWrite", { "" }, "\"\": not an absolute path" },
	{ "RequireSession", { "yes" }, GOOD },
	{ "RequireSession", { "maybe" }, "maybe: neither yes nor no" },
	{ "RevokeTerminal", { "no" }, GOOD },
	{ "RevokeTerminal", { "1" }, "1: neither yes nor no" },
	{ "SessionClass", { "user" }, GOOD },
	{ "SessionClass", { "background" }, GOOD },
	{ "SessionClass", { "greeter" }, "greeter: not a class of sessions" },
	{ "SessionClass", { "User" }, "User: not a class of sessions" },
	{ "HangupDelay", { "30" }, GOOD },
	{ "HangupDelay", { "0" }, GOOD },
	{ "HangupDelay", { "none" }, GOOD },
	{ "HangupDelay", { "1m30s" }, GOOD },
	{ "HangupDelay", { "-1" }, "-1: neither a time nor none" },
	{ "HangupDelay", { "1y" }, "1y: neither a time nor none" },
	{ "HangupDelay", { "" }, "\"\": neither a time nor none" },
	{ "HangupDelay", { "s" }, "s: neither a time nor none" },
	{ "HangupDelay", { "2147483648" },
	    "2147483648: neither a time nor none" },
	{ "HangupDelay", { "99999999999999999999999" },
	    "99999999999999999999999: neither a time nor none" },
	{ "LogLevel", { "INFO" }, GOOD },
	{ "LogLevel", { "debug3" }, GOOD },
	{ "LogLevel", { "QUIET" }, "QUIET: not INFO, VERBOSE or DEBUG" },
	{ "LogLevel", { "2" }, "2: not INFO, VERBOSE or DEBUG" },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* The arguments as check wants them. */
static int
check_row(size_t row, char *why, size_t size)
{
	enum conftable_word word;
	char *argv[4] = { NULL };
	char text[3][64];
	size_t n;

	ck_assert_int_eq(conftable_find(rows[row].keyword, &word), 0);
	for (n = 0; n < 3 && rows[row].args[n] != NULL; n++) {
		(void)strlcpy(text[n], rows[row].args[n], sizeof(text[n]));
		argv[n] = text[n];
	}
	why[0] = '\0';
	return conftable_check(word, argv, n, why, size);
}

/* Would have caught a value taken for another, and one that is repeated. */
START_TEST(directives)
{
	char why[512];
	int r = check_row((size_t)_i, why, sizeof(why));

	if (rows[_i].why == GOOD) {
		ck_assert_msg(r == 0, "%s: %s", rows[_i].keyword, why);
		return;
	}
	ck_assert_msg(r == -1, "%s", rows[_i].keyword);
	ck_assert_msg(strncmp(why, rows[_i].why, strlen(rows[_i].why)) == 0,
	    "%s", why);
	ck_assert_ptr_null(strstr(why, "secret"));
}
END_TEST

/* Would have caught a directive that no row above is about, or half of it. */
START_TEST(every_directive_good_and_bad)
{
	int word, seen[CONFTABLE_WORDS][2] = { { 0 } };
	enum conftable_word found;
	size_t i;

	for (i = 0; i < ROWS; i++) {
		ck_assert_int_eq(conftable_find(rows[i].keyword, &found), 0);
		seen[found][rows[i].why == GOOD] = 1;
	}
	for (word = 0; word < CONFTABLE_WORDS; word++) {
		const struct conftable_row *row =
		    conftable_row((enum conftable_word)word);

		ck_assert_ptr_nonnull(row->name);
		ck_assert_msg(seen[word][0] && seen[word][1], "%s",
		    row->name);
		/* something reads it, and no two with the same name */
		ck_assert(row->read != NULL || row->confine < CONFINE_WORDS);
		ck_assert_int_eq(conftable_find(row->name, &found), 0);
		ck_assert_int_eq((int)found, word);
	}
}
END_TEST

/* Would have caught an option that no file can say. */
START_TEST(every_word_of_confinement)
{
	int word, n, seen[CONFINE_WORDS] = { 0 };

	for (word = 0; word < CONFTABLE_WORDS; word++) {
		n = (int)conftable_row((enum conftable_word)word)->confine;
		if (n < CONFINE_WORDS)
			ck_assert_int_eq(seen[n]++, 0);
	}
	for (n = 0; n < CONFINE_WORDS; n++)
		ck_assert_msg(seen[n] == 1, "%s",
		    confine_name((enum confine_word)n));
}
END_TEST

START_TEST(names_of_directives)
{
	enum conftable_word word;

	ck_assert_int_eq(conftable_find("UMASK", &word), 0);
	ck_assert_int_eq(word, CONFTABLE_UMASK);
	ck_assert_int_eq(conftable_find("localuser", &word), 0);
	ck_assert_int_eq(word, CONFTABLE_LOCAL_USER);
	ck_assert_int_eq(conftable_find("Uma", &word), -1);
	ck_assert_int_eq(conftable_find("Umaskx", &word), -1);
	ck_assert_int_eq(conftable_find("", &word), -1);
	/* these two are no settings */
	ck_assert_int_eq(conftable_find("Match", &word), -1);
	ck_assert_int_eq(conftable_find("Include", &word), -1);
}
END_TEST

/* Would have caught an empty set of capabilities taken for no word at all. */
START_TEST(nothing)
{
	ck_assert(conftable_is_none(CONFTABLE_DENY, "none"));
	ck_assert(!conftable_is_none(CONFTABLE_DENY, "None"));
	ck_assert(conftable_is_none(CONFTABLE_NO_NEW_PRIVILEGES, "no"));
	ck_assert(!conftable_is_none(CONFTABLE_NO_NEW_PRIVILEGES, "yes"));
	ck_assert(!conftable_is_none(CONFTABLE_BOUNDING_CAPABILITIES,
	    "none"));
	ck_assert(!conftable_is_none(CONFTABLE_AMBIENT_CAPABILITIES, "none"));
	ck_assert(!conftable_is_none(CONFTABLE_LOCAL_USER, "none"));
	ck_assert(!conftable_is_none(CONFTABLE_ACCEPT_ENV, "none"));
}
END_TEST

START_TEST(the_same_thing)
{
	ck_assert(conftable_same(CONFTABLE_SET_ENV, "A=b", "A=c"));
	ck_assert(!conftable_same(CONFTABLE_SET_ENV, "A=b", "AB=b"));
	ck_assert(!conftable_same(CONFTABLE_SET_ENV, "a=b", "A=b"));
	ck_assert(conftable_same(CONFTABLE_LIMIT, "nofile=1", "NOFILE=2:3"));
	ck_assert(conftable_same(CONFTABLE_LIMIT, "RLIMIT_CORE=1", "core=1"));
	ck_assert(!conftable_same(CONFTABLE_LIMIT, "nofile=1", "core=1"));
	ck_assert(conftable_same(CONFTABLE_ACCEPT_ENV, "A*", "A*"));
	ck_assert(!conftable_same(CONFTABLE_ACCEPT_ENV, "A*", "A"));
}
END_TEST

/* Would have caught a text that a client is shown a part of. */
START_TEST(a_message_is_told_in_full)
{
	char text[CONFVALUE_MESSAGE_MAX + 2], why[128];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	ck_assert_int_eq(confvalue_message(text, 0, why, sizeof(why)), -1);
	ck_assert_str_eq(why, "longer than 400 bytes");
	text[sizeof(text) - 2] = '\0';
	ck_assert_int_eq(confvalue_message(text, 0, why, sizeof(why)), 0);
}
END_TEST

static const struct {
	const char *text;
	unsigned int seconds;
} times[] = {
	{ "0", 0 }, { "1", 1 }, { "90s", 90 }, { "2m", 120 }, { "2M", 120 },
	{ "1h30m", 5400 }, { "1d", 86400 }, { "1w", 604800 },
	{ "1m30", 90 }, { "007", 7 }, { "2147483647", 2147483647 },
};

START_TEST(values)
{
	static const char *const wrong[] = { "", " 1", "1 ", "m", "1mm",
	    "1.5", "0x10", "+1", "-1", "2147483648", "4294967297", "3551w",
	    "1s2147483647", "1@", "1\r" };
	unsigned int seconds;
	size_t i;

	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		ck_assert_int_eq(confvalue_seconds(times[i].text, &seconds),
		    0);
		ck_assert_uint_eq(seconds, times[i].seconds);
	}
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ck_assert_msg(confvalue_seconds(wrong[i], &seconds) == -1,
		    "%s", wrong[i]);
	ck_assert_int_eq(confvalue_verbosity("info"), 0);
	ck_assert_int_eq(confvalue_verbosity("VERBOSE"), 1);
	ck_assert_int_eq(confvalue_verbosity("DEBUG"), 2);
	ck_assert_int_eq(confvalue_verbosity("DEBUG3"), 2);
	ck_assert_int_eq(confvalue_verbosity("DEBUG4"), -1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("conftable");
	TCase *tc = tcase_create("conftable");

	tcase_add_loop_test(tc, directives, 0, (int)ROWS);
	tcase_add_test(tc, every_directive_good_and_bad);
	tcase_add_test(tc, every_word_of_confinement);
	tcase_add_test(tc, names_of_directives);
	tcase_add_test(tc, nothing);
	tcase_add_test(tc, the_same_thing);
	tcase_add_test(tc, a_message_is_told_in_full);
	tcase_add_test(tc, values);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
