/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Which of PAM's calls are made, in which order and with what.  The real
 * library runs with service files of our own, in a mount namespace, and with
 * pam_witness.c as its module.
 */

#include "config.h"
#include "login_session.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/* Would have caught pam_start(3)'s way to "other", and a path for a name. */
START_TEST(services_that_are_none)
{
	static const char *const names[] = { "no-such-service-here", "",
	    ".", "..", "../passwd", "/etc/passwd", "/etc/pam.d/other" };

	ck_assert_msg(!login_session_service_exists(names[_i]), "\"%s\"",
	    names[_i]);
}
END_TEST

/* Root from here on. */

/* Holds the module, and what it writes. */
static char directory[] = "/tmp/check_login_session.XXXXXX";
static char module[64], records[64];

static char witness[] = "witness", root_dir[] = "/", sh[] = "/bin/sh";
static gid_t groups[] = { 64902 };
static const struct account account = {
	.name = witness, .uid = 64901, .gid = 64902, .home = root_dir,
	.shell = sh, .groups = groups, .ngroups = 1,
};

static char told[256];

static void
message(void *ctx, const char *text)
{
	ck_assert_ptr_eq(ctx, told);
	(void)snprintf(told, sizeof(told), "%s", text);
}

static struct login_session_facts facts;
static struct login_session *session;

/* Build the module.  Returns 1, or 0 where it cannot be. */
static int
make_module(void)
{
	const char *top = getenv("TOP_SRCDIR"), *cc = getenv("TEST_CC");
	char command[1024];
	int wstatus;
	pid_t pid;

	if (mkdtemp(directory) == NULL)
		return 0;
	(void)snprintf(module, sizeof(module), "%s/pam_witness.so",
	    directory);
	(void)snprintf(records, sizeof(records), "%s/records", directory);
	(void)snprintf(command, sizeof(command), "exec %s -shared -fPIC -o %s "
	    "%s/tests/unit/pam_witness.c -lpam >/dev/null 2>&1",
	    cc != NULL ? cc : "cc", module, top != NULL ? top : ".");
	if ((pid = fork()) == 0) {
		(void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	return waitpid(pid, &wstatus, 0) == pid && wstatus == 0;
}

static void
remove_module(void)
{
	(void)unlink(module);
	(void)unlink(records);
	(void)rmdir(directory);
}

/* Write a service file with the module in every stack. */
static void
write_service(const char *name, const char *arguments)
{
	static const char *const stacks[] = { "auth", "account", "session",
	    "password" };
	char path[64];
	FILE *fp;
	int i;

	(void)snprintf(path, sizeof(path), "/etc/pam.d/%s", name);
	ck_assert_ptr_nonnull(fp = fopen(path, "w"));
	for (i = 0; i < 4; i++)
		(void)fprintf(fp, "%s required %s file=%s %s\n", stacks[i],
		    module, records, arguments);
	ck_assert_int_eq(fclose(fp), 0);
}

static void
setup(void)
{
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL),
	    0);
	ck_assert_int_eq(mount("none", "/etc/pam.d", "tmpfs", 0, NULL), 0);
	(void)unlink(records);
	/* what root was before, to be seen by the first module */
	ck_assert_int_eq(setgroups(0, NULL), 0);
	ck_assert_int_eq(setgid(0), 0);
	facts.service = "t-witness";
	facts.tty = "/dev/pts/7";
	facts.rhost = "192.0.2.1";
	facts.ruser = "caller";
	facts.class = NULL;
	facts.message = message;
	facts.ctx = told;
	ck_assert_ptr_nonnull(session = login_session_new(&account, &facts));
}

static void
teardown(void)
{
	login_session_free(session);
}

/* The calls so far, one word each, with all that was said of one of them. */
static const char *
calls(const char *of, char *line, size_t size)
{
	static char words[256];
	char buf[512];
	FILE *fp;

	words[0] = line[0] = '\0';
	if ((fp = fopen(records, "r")) == NULL)
		return words;
	while (fgets(buf, sizeof(buf), fp) != NULL) {
		char *blank = strchr(buf, ' ');

		ck_assert_ptr_nonnull(blank);
		*blank = '\0';
		if (strcmp(buf, of) == 0)
			(void)snprintf(line, size, "%s", blank + 1);
		(void)snprintf(words + strlen(words),
		    sizeof(words) - strlen(words), "%.20s ", buf);
	}
	(void)fclose(fp);
	return words;
}

static void
expect_calls(const char *want)
{
	char line[512];

	ck_assert_str_eq(calls("", line, sizeof(line)), want);
}

static void
expect_call(const char *of, const char *want)
{
	char line[512];

	(void)calls(of, line, sizeof(line));
	ck_assert_str_eq(line, want);
}

/* Would have caught a directory, and a file that is there, missed. */
START_TEST(services_that_are_there)
{
	ck_assert_int_eq(mkdir("/etc/pam.d/t-directory", 0755), 0);
	ck_assert_int_eq(login_session_service_exists("t-directory"), 0);
	ck_assert_int_eq(login_session_service_exists("t-witness"), 0);
	write_service("t-witness", "");
	ck_assert_int_eq(login_session_service_exists("t-witness"), 1);
}
END_TEST

#define ALL "account establish open reinitialize "

/*
 * The order on which sshd, login and systemd agree.  Would have caught an
 * acct_mgmt left out (CVE-2006-7108), credentials before the groups that
 * they add to, and a session that is not closed as it was opened.
 */
START_TEST(the_order_of_calls)
{
	const gid_t *list;
	size_t n;

	write_service("t-witness", "");
	ck_assert_msg(login_session_open(session) == 0, "%s",
	    login_session_error(session));
	expect_calls(ALL);
	/* nothing is given up before the account is known to be good */
	expect_call("account", "user=witness tty=/dev/pts/7 "
	    "rhost=192.0.2.1 ruser=caller uid=0 gid=0 groups=0\n");
	expect_call("establish", "user=witness tty=/dev/pts/7 "
	    "rhost=192.0.2.1 ruser=caller uid=0 gid=64902 groups=1\n");
	/* afterwards the process has gid and groups, and is still root */
	ck_assert_uint_eq(getgid(), 64902);
	ck_assert_uint_eq(geteuid(), 0);
	list = login_session_groups(session, &n);
	ck_assert_int_eq(account_groups_equal(list, n, groups, 1), 1);
	ck_assert_ptr_null(login_session_env(session)[0]);
	ck_assert_int_eq(login_session_close(session), 0);
	expect_calls(ALL "close delete ");
	/* and only once */
	ck_assert_int_eq(login_session_close(session), 0);
	expect_calls(ALL "close delete ");
}
END_TEST

/* Would have caught an item of the last user's, or the text "(null)". */
START_TEST(items_that_are_not_known_are_not_set)
{
	facts.tty = NULL;
	facts.rhost = facts.ruser = NULL;
	write_service("t-witness", "");
	ck_assert_int_eq(login_session_open(session), 0);
	expect_call("open", "user=witness tty=ssh rhost=- ruser=- uid=0 "
	    "gid=64902 groups=1\n");
}
END_TEST

/*
 * Where pam_systemd(8) looks for it, before it does, and with a PAM_TTY by
 * which it does.  Would have caught a class that comes after the session, one
 * that an earlier module overrules, and one in our own environment.
 */
START_TEST(the_class_of_the_session)
{
	char *const *env;

	facts.tty = _i ? "/dev/pts/7" : NULL;
	facts.class = "background";
	write_service("t-witness", "env=establish:XDG_SESSION_CLASS=greeter "
	    "want=open:XDG_SESSION_CLASS=background");
	ck_assert_msg(login_session_open(session) == 0, "%s",
	    login_session_error(session));
	expect_call("open", _i ? "user=witness tty=/dev/pts/7 "
	    "rhost=192.0.2.1 ruser=caller uid=0 gid=64902 groups=1\n" :
	    "user=witness tty=- "
	    "rhost=192.0.2.1 ruser=caller uid=0 gid=64902 groups=1\n");
	ck_assert_ptr_nonnull(env = login_session_env(session));
	ck_assert_str_eq(env[0], "XDG_SESSION_CLASS=background");
	ck_assert_ptr_null(env[1]);
	ck_assert_ptr_null(getenv("XDG_SESSION_CLASS"));
}
END_TEST

/* Would have caught a name that is cut off, and is another's. */
START_TEST(a_class_that_is_none)
{
	char class[256];

	memset(class, 'x', sizeof(class));
	class[sizeof(class) - 1] = '\0';
	facts.class = class;
	write_service("t-witness", "");
	ck_assert_int_eq(login_session_open(session), -1);
	expect_calls("account establish delete ");
	ck_assert_ptr_nonnull(strstr(login_session_error(session), "class"));
}
END_TEST

/* Would have caught what pam_env and pam_group gave, lost. */
START_TEST(what_modules_give)
{
	static const gid_t want[] = { 64902, 64910 };
	char *const *env;
	const gid_t *list;
	size_t n;

	write_service("t-witness", "group=establish:64910 env=open:A=1 "
	    "env=reinitialize:B=x=y say=open:hello");
	ck_assert_int_eq(login_session_open(session), 0);
	list = login_session_groups(session, &n);
	ck_assert_int_eq(account_groups_equal(list, n, want, 2), 1);
	ck_assert_ptr_nonnull(env = login_session_env(session));
	ck_assert_str_eq(env[0], "A=1");
	ck_assert_str_eq(env[1], "B=x=y");
	ck_assert_ptr_null(env[2]);
	ck_assert_str_eq(told, "hello");
}
END_TEST

/* Would have caught a message without a receiver, and an answer (I2). */
START_TEST(nobody_answers)
{
	facts.message = NULL;
	write_service("t-witness", "say=account:hello ask=account:Password: "
	    "ask=open:Password: ask=close:Password: say=close:bye");
	ck_assert_int_eq(login_session_open(session), 0);
	ck_assert_int_eq(login_session_close(session), 0);
	ck_assert_str_eq(told, "");
}
END_TEST

static const struct {
	const char *arguments;
	const char *calls;
	const char *word;	/* that the error must have */
} refusals[] = {
	/* 6 is PAM_PERM_DENIED, 7 AUTH_ERR, 12 NEW_AUTHTOK_REQD ... */
	{ "fail=account:6", "account ", "account" },
	{ "fail=account:7", "account ", "account" },
	{ "fail=account:12", "account ", "password" },	/* and no chauthtok */
	{ "fail=account:13", "account ", "account" },	/* expired */
	{ "fail=account:25", "account ", "account" },	/* PAM_IGNORE */
	{ "fail=establish:17", "account establish ", "credentials" },
	{ "fail=open:14", "account establish open delete ", "session" },
	{ "fail=reinitialize:17", ALL "close delete ", "credentials" },
	/* pam_nologin(8) returns no more than AUTH_ERR, and says the rest */
	{ "complain=account:maintenance fail=account:7", "account ",
	    "maintenance" },
	{ "complain=open:quota fail=open:14",
	    "account establish open delete ", "quota" },
	/* I2: sshd ignored this one up to 10.2 */
	{ "user=account:root", "account ", "user" },
	{ "user=establish:root", ALL "close delete ", "user" },
	{ "user=open:root", ALL "close delete ", "user" },
	{ "user=reinitialize:root", ALL "close delete ", "user" },
	/* the first error is the one that is told */
	{ "fail=open:14 fail=delete:17", "account establish open delete ",
	    "session" },
	{ "fail=reinitialize:17 fail=close:14", ALL "close delete ",
	    "credentials" },
};

/* Would have caught what was opened left open, and a module not heard. */
START_TEST(I2_refusals_close_what_was_opened)
{
	const char *error;

	write_service("t-witness", refusals[_i].arguments);
	ck_assert_int_eq(login_session_open(session), -1);
	expect_calls(refusals[_i].calls);
	error = login_session_error(session);
	ck_assert_ptr_nonnull(strstr(error, ": "));
	ck_assert_msg(strstr(error, refusals[_i].word) != NULL, "%s", error);
	/* nothing is left for these */
	(void)login_session_close(session);
	expect_calls(refusals[_i].calls);
}
END_TEST

/* Would have caught a stack that says nothing taken for consent. */
START_TEST(an_account_stack_must_speak)
{
	FILE *fp = fopen("/etc/pam.d/t-witness", "w");

	ck_assert_ptr_nonnull(fp);
	(void)fputs(_i ? "account required pam_deny.so\n"
	    "auth required pam_permit.so\nsession required pam_permit.so\n" :
	    "# no module at all\n", fp);
	ck_assert_int_eq(fclose(fp), 0);
	ck_assert_int_eq(login_session_open(session), -1);
	ck_assert_ptr_nonnull(strstr(login_session_error(session),
	    "account"));
}
END_TEST

/* Root's keys would be the user's to use: a session keyring is inherited. */
START_TEST(no_key_of_roots_is_left)
{
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) == -1 ||
	    syscall(SYS_add_key, "user", "t-witness", "secret", (size_t)6,
	    KEY_SPEC_SESSION_KEYRING) == -1) {
		printf("SKIP no_key_of_roots_is_left: %s\n", strerror(errno));
		return;
	}
	ck_assert_int_ne(syscall(SYS_keyctl, KEYCTL_SEARCH,
	    KEY_SPEC_SESSION_KEYRING, "user", "t-witness", 0), -1);
	write_service("t-witness", "");
	ck_assert_int_eq(login_session_open(session), 0);
	ck_assert_int_eq(syscall(SYS_keyctl, KEYCTL_SEARCH,
	    KEY_SPEC_SESSION_KEYRING, "user", "t-witness", 0), -1);
}
END_TEST

/* Would have caught the service that an administrator never wrote. */
START_TEST(a_missing_service_is_not_other)
{
	write_service("other", "");
	ck_assert_int_eq(login_session_open(session), -1);
	expect_calls("");
	ck_assert_ptr_nonnull(strstr(login_session_error(session),
	    "t-witness"));
}
END_TEST

static const struct {
	const char *arguments;
	const char *word;
} at_the_end[] = {
	{ "fail=close:14", "session" },
	{ "fail=delete:17", "credentials" },
	{ "fail=close:14 fail=delete:17", "session" },
};

/* Would have caught credentials kept because the session did not close. */
START_TEST(closing_goes_on_after_an_error)
{
	write_service("t-witness", at_the_end[_i].arguments);
	ck_assert_int_eq(login_session_open(session), 0);
	ck_assert_int_eq(login_session_close(session), -1);
	expect_calls(ALL "close delete ");
	ck_assert_msg(strstr(login_session_error(session),
	    at_the_end[_i].word) != NULL, "%s", login_session_error(session));
}
END_TEST

/* Would have caught a session that ends with its memory only. */
START_TEST(free_closes)
{
	write_service("t-witness", "");
	ck_assert_int_eq(login_session_open(session), 0);
	login_session_free(session);
	expect_calls(ALL "close delete ");
	login_session_free(NULL);
	ck_assert_ptr_nonnull(session = login_session_new(&account, &facts));
}
END_TEST

/* Root within a container may be nobody here. */
static int
have_namespaces(void)
{
	int wstatus;
	pid_t pid = fork();

	if (pid == 0)
		_exit(unshare(CLONE_NEWNS) == -1 || mount("none", "/", NULL,
		    MS_REC | MS_PRIVATE, NULL) == -1 ? 1 : 0);
	return pid != -1 && waitpid(pid, &wstatus, 0) == pid && wstatus == 0;
}

static TCase *
root_cases(void)
{
	TCase *tc = tcase_create("root");

	tcase_add_unchecked_fixture(tc, NULL, remove_module);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, services_that_are_there);
	tcase_add_test(tc, the_order_of_calls);
	tcase_add_test(tc, items_that_are_not_known_are_not_set);
	tcase_add_loop_test(tc, the_class_of_the_session, 0, 2);
	tcase_add_test(tc, a_class_that_is_none);
	tcase_add_test(tc, what_modules_give);
	tcase_add_test(tc, nobody_answers);
	tcase_add_loop_test(tc, I2_refusals_close_what_was_opened, 0,
	    NROWS(refusals));
	tcase_add_loop_test(tc, an_account_stack_must_speak, 0, 2);
	tcase_add_test(tc, no_key_of_roots_is_left);
	tcase_add_test(tc, a_missing_service_is_not_other);
	tcase_add_loop_test(tc, closing_goes_on_after_an_error, 0,
	    NROWS(at_the_end));
	tcase_add_test(tc, free_closes);
	return tc;
}

int
main(void)
{
	Suite *s = suite_create("login_session");
	TCase *tc = tcase_create("services");

	tcase_add_loop_test(tc, services_that_are_none, 0, 7);
	suite_add_tcase(s, tc);
	if (geteuid() != 0)
		printf("SKIP check_login_session root cases: not root\n");
	else if (!have_namespaces())
		printf("SKIP check_login_session root cases: no namespaces\n");
	else if (!make_module()) {
		printf("SKIP check_login_session root cases: no module\n");
		remove_module();
	} else
		suite_add_tcase(s, root_cases());
	return run_suite(s);
}
