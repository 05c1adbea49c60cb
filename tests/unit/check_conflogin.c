/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What a program does with the settings of a login: who it may be, whether it
 * is refused, which rules its environment goes through.
 */

#include "config.h"
#include "conflogin.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "envfilter.h"
#include "invocation.h"
#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

static struct conf *conf;
static struct conf_settings *settings;

static void
read_text(const char *text)
{
	static const struct confmatch_facts facts = {
		.keys_unknown = "no one says",
	};
	char why[256];

	conf = conf_from_text("t", text, strlen(text));
	ck_assert_ptr_nonnull(conf);
	settings = conf_apply(conf, &facts, why, sizeof(why));
	ck_assert_msg(settings != NULL, "%s", why);
}

static void
teardown(void)
{
	conf_settings_free(settings);
	conf_free(conf);
}

static const struct {
	const char *text;
	const char *user;
	const char *why;	/* NULL: there is no objection */
} users[] = {
	{ "Umask 022\n", "bob", NULL },
	{ "LocalUser alice\n", "alice", NULL },
	{ "LocalUser alice\n", NULL, NULL },
	{ "\nLocalUser alice\n", "bob", "t line 2: LocalUser is alice, "
	    "not bob" },
	{ "LocalUser %p\n", "bob", "t line 1: LocalUser: no one says" },
	{ "LocalUser %p\n", NULL, "t line 1: LocalUser: no one says" },
};

/* Would have caught a session that goes on as somebody the file rules out. */
START_TEST(local_user)
{
	char why[256] = "";
	int r;

	read_text(users[_i].text);
	r = conflogin_check_user(settings, users[_i].user, why, sizeof(why));
	ck_assert_int_eq(r, users[_i].why != NULL ? -1 : 0);
	ck_assert_str_eq(why, users[_i].why != NULL ? users[_i].why : "");
}
END_TEST

/* Would have caught a Deny that is not obeyed, or a "none" that is one. */
START_TEST(deny)
{
	char why[256] = "";

	read_text("\nDeny \"come back on Monday\"\n");
	ck_assert_int_eq(conflogin_check_deny(settings, 0, why, sizeof(why)),
	    -1);
	ck_assert_str_eq(why, "come back on Monday");
	ck_assert_int_eq(conflogin_check_deny(settings, 1, why, sizeof(why)),
	    -1);
	ck_assert_str_eq(why, "t line 2: Deny: come back on Monday");
	teardown();
	read_text("Deny none\n");
	ck_assert_int_eq(conflogin_check_deny(settings, 0, why, sizeof(why)),
	    0);
}
END_TEST

/* Would have caught a list that is taken for another, or not counted. */
START_TEST(rules)
{
	struct envfilter_rules made;

	read_text("AcceptEnv A B*\nSetEnv X=1\nUnsetEnv C\nAcceptEnv D\n");
	ck_assert_int_eq(conflogin_make_rules(settings, &made), 0);
	ck_assert_uint_eq(made.naccept, 3);
	ck_assert_str_eq(made.accept[1], "B*");
	ck_assert_str_eq(made.accept[2], "D");
	/* no copy: by the very string a rule is found again */
	ck_assert_ptr_eq(made.accept[2],
	    settings->words[CONFTABLE_ACCEPT_ENV].values[2].text);
	ck_assert_uint_eq(made.ndeny, 1);
	ck_assert_str_eq(made.deny[0], "C");
	ck_assert_uint_eq(made.nset, 1);
	ck_assert_str_eq(made.set[0], "X=1");
	ck_assert_uint_eq(made.nunset, 0);
	ck_assert_int_eq(made.of_file, 1);
	conflogin_free_rules(&made);
}
END_TEST

static const struct {
	const char *line;
	int by_hand;
	const char *service;
} services[] = {
	{ NULL, 0, "shell" },
	{ "", 0, "shell" },
	{ NULL, 1, "exec" },
	{ "id", 0, "exec" },
	{ "internal-sftp", 0, "sftp" },
	{ "internal-sftp -l INFO", 1, "sftp" },
	{ SFTP_SERVER_PATH, 0, "sftp" },
	{ "exec " SFTP_SERVER_PATH " -e", 0, "sftp" },
	{ SFTP_SERVER_PATH "; id", 0, "exec" },
	{ SFTP_SERVER_PATH "x", 0, "exec" },
	{ "internal-sftp $(id)", 0, "exec" },
};

/*
 * Would have caught a command that says it is sftp, where Match Service sftp
 * allows more than exec does.
 */
START_TEST(service)
{
	ck_assert_str_eq(invocation_service(services[_i].line,
	    services[_i].by_hand), services[_i].service);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("conflogin");
	TCase *tc = tcase_create("conflogin"), *asked;

	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_loop_test(tc, local_user, 0, NROWS(users));
	tcase_add_test(tc, deny);
	tcase_add_test(tc, rules);
	suite_add_tcase(s, tc);
	asked = tcase_create("asked");
	tcase_add_loop_test(asked, service, 0, NROWS(services));
	suite_add_tcase(s, asked);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
