/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Invariant I5: the floor, row by row, and the checks of the session names.
 * Each row is a variable that once made somebody else's code run, or a value
 * that a check would let through if it looked less closely.
 */

#include "config.h"
#include "envrule.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "envfilter.h"
#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

static const struct {
	const char *name;
	const char *value;
} below[] = {
	/* ld.so: CVE-2015-8325 (PAM's environment, then LD_PRELOAD) */
	{ "LD_PRELOAD", "/tmp/x.so" },
	{ "LD_LIBRARY_PATH", "/tmp" },
	{ "LD_AUDIT", "" },
	{ "LD_", "" },
	{ "LD_SOMETHING_NEW", "1" },
	{ "GLIBC_TUNABLES", "glibc.malloc.check=3" },
	{ "GCONV_PATH", "/tmp" },
	/* shells */
	{ "BASH_ENV", "/tmp/rc" },
	{ "ENV", "/tmp/rc" },
	{ "IFS", "/" },
	{ "SHELLOPTS", "xtrace" },
	{ "BASHOPTS", "extdebug" },
	{ "PS4", "$(id)" },
	{ "PROMPT_COMMAND", "id" },
	{ "ZDOTDIR", "/tmp" },
	{ "BASH_FUNC_ls", "x" },
	{ "BASH_FUNC_ls%%", "() { id; }" },
	{ "BASH_FUNC_ls()", "() { id; }" },
	/* CVE-2014-6271: any name will do */
	{ "LANG", "() { :;}; id" },
	{ "TERM", "() {" },
	{ "FOO", "() { (a)=>\\" },
	/* names: CVE-2014-2532 for the '=' */
	{ "", "x" },
	{ "A=B", "x" },
	{ "LC_A=LD_PRELOAD", "x" },
	{ "=", "x" },
	{ "1A", "x" },
	{ "A-B", "x" },
	{ "A.B", "x" },
	{ "A B", "x" },
	{ " A", "x" },
	{ "A\n", "x" },
	{ "A\tB", "x" },
	{ "A\033", "x" },
	{ "\303\204", "x" },
	{ "A%%", "x" },
	{ "A()", "x" },
};

/* Does it stay in a session that is made, where nobody gave a rule? */
static int
in_session(const char *name, const char *value,
    const struct envrule_facts *facts, const char **reason)
{
	static const struct envfilter_rules rules = { .no_defaults = 0 };
	static char text[256];
	char assignment[1024], *envp[] = { assignment, NULL };
	const struct envfilter_verdict *verdict;
	struct envfilter *filter;
	int passes;

	(void)snprintf(assignment, sizeof(assignment), "%s=%s", name, value);
	filter = envfilter_apply(&rules, facts, envp);
	ck_assert_ptr_nonnull(filter);
	ck_assert_ptr_nonnull(verdict = envfilter_at(filter, 0));
	*reason = envfilter_describe(verdict, text, sizeof(text));
	passes = verdict->passes;
	envfilter_free(filter);
	return passes;
}

/* Would have caught a floor with a hole. */
START_TEST(I5_floor_refuses)
{
	const struct envrule_facts facts = {
		.uid = getuid(), .tty = 1, .own = 1,
	};
	const char *reason = envrule_floor(below[_i].name, below[_i].value);

	ck_assert_msg(reason != NULL && *reason != '\0', "%s=%s passes",
	    below[_i].name, below[_i].value);
	if (strchr(below[_i].name, '=') != NULL)
		return;
	/* What the floor refuses is no session name either. */
	reason = NULL;
	ck_assert_int_eq(in_session(below[_i].name, below[_i].value,
	    &facts, &reason), 0);
	ck_assert_ptr_nonnull(reason);
}
END_TEST

static const struct {
	const char *name;
	const char *value;
} above[] = {
	{ "HOME", "/home/alice" },
	{ "PATH", "/usr/bin:/bin" },
	{ "LANG", "" },
	{ "LC_ALL", "C" },
	{ "_", "/bin/sh" },
	{ "_a1", "x" },
	{ "LDFLAGS", "-s" },		/* LD_* is not LD* */
	{ "ENVIRONMENT", "x" },		/* whole names */
	{ "MY_ENV", "x" },
	{ "IFSX", "x" },
	{ "BASH", "/bin/bash" },
	{ "LC_X", " () { x" },		/* bash looks at the first byte */
	{ "LC_X", "()" },
	{ "GIT_SSH_COMMAND", "x" },	/* policy, not the floor */
};

/* Would have caught a floor that refuses what everybody needs. */
START_TEST(I5_floor_lets_pass)
{
	const char *reason = envrule_floor(above[_i].name, above[_i].value);

	ck_assert_msg(reason == NULL, "%s=%s: %s", above[_i].name,
	    above[_i].value, reason);
}
END_TEST

static const struct {
	const char *name;
	const char *value;
	int without_tty;	/* what is expected in a session ... */
	int with_tty;
	int foreign;		/* ... and with a tty in shape B */
} values[] = {
	{ "LANG", "de_DE.UTF-8@euro", 1, 1, 1 },
	{ "LANG", "../../tmp/x", 0, 0, 0 },
	{ "LANG", "%n%n", 0, 0, 0 },
	{ "LANG", "C\n", 0, 0, 0 },
	{ "LC_ALL", "C", 1, 1, 1 },
	{ "LC_ALL", "/tmp/x", 0, 0, 0 },
	{ "LC_MADE_UP", "x%sy", 0, 0, 0 },
	{ "TERM", "xterm-256color", 0, 1, 1 },
	{ "TERM", "../x", 0, 0, 0 },
	{ "TERM", "/tmp/x", 0, 0, 0 },
	{ "TERM", "vt%n", 0, 0, 0 },
	{ "TERM", "", 0, 0, 0 },
	{ "TERM", "xterm\033[0m", 0, 0, 0 },
	{ "SSH_CLIENT", "192.0.2.1 40000 22", 1, 1, 1 },
	{ "SSH_CLIENT", "2001:db8::1 40000 22", 1, 1, 1 },
	{ "SSH_CLIENT", "fe80::1%eth0 40000 22", 1, 1, 1 },
	{ "SSH_CLIENT", "UNKNOWN 65535 65535", 1, 1, 1 },
	{ "SSH_CLIENT", "", 0, 0, 0 },
	{ "SSH_CLIENT", "192.0.2.1", 0, 0, 0 },
	{ "SSH_CLIENT", "192.0.2.1 40000", 0, 0, 0 },
	{ "SSH_CLIENT", "192.0.2.1 40000 22 x", 0, 0, 0 },
	{ "SSH_CLIENT", " 192.0.2.1 40000 22", 0, 0, 0 },
	{ "SSH_CLIENT", "192.0.2.1  40000 22", 0, 0, 0 },
	{ "SSH_CLIENT", "192.0.2.1 40000 22 ", 0, 0, 0 },
	{ "SSH_CLIENT", "192.0.2.1 40000 22\nx", 0, 0, 0 },
	{ "SSH_CLIENT", "192.0.2.1\t40000 22 1", 0, 0, 0 },
	{ "SSH_CONNECTION", "192.0.2.1 40000 192.0.2.2 22", 1, 1, 1 },
	{ "SSH_CONNECTION", "UNKNOWN 65535 UNKNOWN 65535", 1, 1, 1 },
	{ "SSH_CONNECTION", "192.0.2.1 40000 22", 0, 0, 0 },
	{ "SSH_CONNECTION", "", 0, 0, 0 },
	{ "DISPLAY", "localhost:10.0", 1, 1, 0 },
	{ "DISPLAY", "x y", 0, 0, 0 },
	{ "TZ", "Europe/Berlin", 1, 1, 0 },
	{ "TZ", ":/etc/shadow", 0, 0, 0 },
	{ "TZ", "/etc/shadow", 0, 0, 0 },
	{ "TZ", "../../etc/shadow", 0, 0, 0 },
	{ "XDG_SESSION_ID", "c1", 1, 1, 0 },
	{ "XDG_SEAT", "seat0", 1, 1, 0 },
	{ "DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/user/1/bus", 1, 1, 0 },
	{ "KRB5CCNAME", "FILE:/tmp/krb5cc_1000", 1, 1, 0 },
	{ "MAIL", "/var/mail/alice", 1, 1, 0 },
	{ "MOTD_SHOWN", "pam", 1, 1, 0 },
	{ "PATH", "/usr/bin:/bin", 1, 1, 0 },
	/* I6: hints from outside are not passed on */
	{ "SSH_TTY", "/dev/pts/0", 0, 0, 0 },
	{ "SSH_ORIGINAL_COMMAND", "id", 0, 0, 0 },
	/* and what is not named is not wanted */
	{ "FOO", "bar", 0, 0, 0 },
	{ "LANGX", "C", 0, 0, 0 },
	{ "PAGER", "sh", 0, 0, 0 },
	{ "NODE_OPTIONS", "--require=/tmp/x", 0, 0, 0 },
};

/* Would have caught a check that looks at the name alone, and SSH_TTY (I6). */
START_TEST(I5_I6_session_values)
{
	struct envrule_facts facts = { .uid = getuid(), .own = 1 };
	const char *name = values[_i].name, *value = values[_i].value;
	const char *reason = NULL;

	ck_assert_msg(in_session(name, value, &facts, &reason) ==
	    values[_i].without_tty, "%s=%s without a tty: %s", name, value,
	    reason);
	ck_assert_msg(reason != NULL && *reason != '\0', "%s: no reason",
	    name);
	facts.tty = 1;
	ck_assert_msg(in_session(name, value, &facts, &reason) ==
	    values[_i].with_tty, "%s=%s with a tty: %s", name, value, reason);
	facts.own = 0;
	reason = NULL;
	ck_assert_msg(in_session(name, value, &facts, &reason) ==
	    values[_i].foreign, "%s=%s in shape B: %s", name, value, reason);
	ck_assert_msg(reason != NULL && *reason != '\0', "%s: no reason",
	    name);
}
END_TEST

/* One of each kind of file, made once, in a directory of our own. */
static char directory[] = "/tmp/check_envrule.XXXXXX";
static char socket_path[128], file_path[128], link_path[128];

static void
make_files(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	FILE *fp;
	int fd;

	ck_assert_ptr_nonnull(mkdtemp(directory));
	(void)snprintf(socket_path, sizeof(socket_path), "%s/s", directory);
	(void)snprintf(file_path, sizeof(file_path), "%s/f", directory);
	(void)snprintf(link_path, sizeof(link_path), "%s/no", directory);
	(void)snprintf(sun.sun_path, sizeof(sun.sun_path), "%.100s",
	    socket_path);
	ck_assert_int_ne(fd = socket(AF_UNIX, SOCK_STREAM, 0), -1);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	(void)close(fd);
	ck_assert_ptr_nonnull(fp = fopen(file_path, "w"));
	(void)fclose(fp);
}

static void
remove_files(void)
{
	(void)unlink(socket_path);
	(void)unlink(file_path);
	(void)rmdir(directory);
}

static int
stays(const char *name, const char *value, uid_t uid, int own)
{
	const struct envrule_facts facts = { .uid = uid, .own = own };
	const char *reason = NULL;
	int r = in_session(name, value, &facts, &reason);

	ck_assert_ptr_nonnull(reason);
	return r;
}

static void
only_own(const char *name, const char *good, const char *bad1,
    const char *bad2)
{
	char dotted[256];

	ck_assert_int_eq(stays(name, good, getuid(), 1), 1);
	/* somebody else's session; root's, in shape B */
	ck_assert_int_eq(stays(name, good, getuid() + 1, 1), 0);
	ck_assert_int_eq(stays(name, good, getuid(), 0), 0);
	ck_assert_int_eq(stays(name, bad1, getuid(), 1), 0);
	ck_assert_int_eq(stays(name, bad2, getuid(), 1), 0);
	ck_assert_int_eq(stays(name, link_path, getuid(), 1), 0);
	ck_assert_int_eq(stays(name, "", getuid(), 1), 0);
	/* relative: it would be another one after chdir(2) */
	ck_assert_int_eq(chdir(directory), 0);
	ck_assert_int_eq(stays(name, "s", getuid(), 1), 0);
	ck_assert_int_eq(stays(name, "f", getuid(), 1), 0);
	ck_assert_int_eq(stays(name, ".", getuid(), 1), 0);
	(void)snprintf(dotted, sizeof(dotted), "%s/../%s", directory,
	    strrchr(good, '/') + 1);
	ck_assert_int_eq(stays(name, dotted, getuid(), 1), 0);
}

/* Would have caught a socket, file or directory of the client's choice. */
START_TEST(I5_paths_are_the_users_own)
{
	only_own("SSH_AUTH_SOCK", socket_path, file_path, directory);
	only_own("SSH_USER_AUTH", file_path, socket_path, directory);
	only_own("XDG_RUNTIME_DIR", directory, file_path, socket_path);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("envrule");
	TCase *tables = tcase_create("tables"), *files = tcase_create("files");

	tcase_add_loop_test(tables, I5_floor_refuses, 0, NROWS(below));
	tcase_add_loop_test(tables, I5_floor_lets_pass, 0, NROWS(above));
	tcase_add_loop_test(tables, I5_I6_session_values, 0, NROWS(values));
	suite_add_tcase(s, tables);
	tcase_add_unchecked_fixture(files, make_files, remove_files);
	tcase_add_test(files, I5_paths_are_the_users_own);
	suite_add_tcase(s, files);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
