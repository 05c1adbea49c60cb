/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Who gets what.  What is not known from root matches nothing (invariant I1),
 * however the question is put.
 */

#include "config.h"
#include "confmatch.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "conflex.h"
#include "run.h"

#define FPR_A "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define FPR_B "SHA256:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"
#define FPR_CA "SHA256:CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC"

static char alice[] = "alice", root[] = "root", both[] = "alice,root";
static char id[] = "alice's laptop", host[] = "host.example.org";
static char *one_principal[] = { alice }, *two_principals[] = { alice, root };
static char *comma_principal[] = { both }, *host_principal[] = { host };

/* The keys that somebody may have come with. */
static struct sshkey_cert cert_one = { .role = SSHKEY_USER, .key_id = id,
    .principals = one_principal, .nprincipals = 1, .ca = FPR_CA };
static struct sshkey_cert cert_two = { .role = SSHKEY_USER, .key_id = id,
    .principals = two_principals, .nprincipals = 2, .ca = FPR_CA };
static struct sshkey_cert cert_none = { .role = SSHKEY_USER, .key_id = id,
    .ca = FPR_CA };
static struct sshkey_cert cert_comma = { .role = SSHKEY_USER, .key_id = id,
    .principals = comma_principal, .nprincipals = 1, .ca = FPR_CA };
static struct sshkey_cert cert_host = { .role = SSHKEY_HOST, .key_id = id,
    .principals = host_principal, .nprincipals = 1, .ca = FPR_CA };

static struct sshkey plain_a = { .known = 1, .fingerprint = FPR_A };
static struct sshkey plain_b = { .known = 1, .fingerprint = FPR_B };
static struct sshkey unknown_cert = { .known = 0 };
static struct sshkey with_one = { .known = 1, .fingerprint = FPR_A,
    .cert = &cert_one };
static struct sshkey with_two = { .known = 1, .fingerprint = FPR_A,
    .cert = &cert_two };
static struct sshkey with_none = { .known = 1, .fingerprint = FPR_A,
    .cert = &cert_none };
static struct sshkey with_comma = { .known = 1, .fingerprint = FPR_A,
    .cert = &cert_comma };
static struct sshkey with_host = { .known = 1, .fingerprint = FPR_A,
    .cert = &cert_host };

/* Everything is known; the keys are the row's. */
static const struct confmatch_facts everything = { .fact = {
	[CONFMATCH_CALLER] = { "gateway", NULL },
	[CONFMATCH_REMOTE_USER] = { "alice@example.org", NULL },
	[CONFMATCH_ADDRESS] = { "192.0.2.7", NULL },
	[CONFMATCH_LOCAL_USER] = { "alice", NULL },
	[CONFMATCH_SERVICE] = { "exec", NULL },
	[CONFMATCH_TTY] = { "no", NULL },
} };

static void
parse(const char *line, struct confmatch *match)
{
	struct conflex lex;
	char why[256];

	ck_assert_int_eq(conflex_split(line, &lex), 1);
	ck_assert_msg(confmatch_parse(lex.argv, lex.argc, match, why,
	    sizeof(why)) == 0, "%s: %s", line, why);
	conflex_free(&lex);
}

static enum confmatch_result
eval(const char *line, const struct confmatch_facts *facts,
    enum confmatch_criterion *missing)
{
	enum confmatch_result result;
	struct confmatch match;

	parse(line, &match);
	result = confmatch_eval(&match, facts, missing);
	confmatch_free(&match);
	return result;
}

static const struct {
	const char *line;
	struct sshkey *keys[2];
	int matches;
} rows[] = {
	{ "Match all", { NULL }, 1 },
	{ "Match ALL", { NULL }, 1 },
	{ "Match all # really", { NULL }, 1 },
	{ "Match Caller gateway", { NULL }, 1 },
	{ "Match caller=gateway", { NULL }, 1 },
	{ "Match Caller root,gate*", { NULL }, 1 },
	{ "Match Caller *,!gateway", { NULL }, 0 },
	{ "Match Caller !root,*", { NULL }, 1 },
	{ "Match Caller Gateway", { NULL }, 0 },
	{ "Match Caller gatewa", { NULL }, 0 },
	{ "Match RemoteUser *@example.org", { NULL }, 1 },
	{ "Match RemoteUser *@example.com", { NULL }, 0 },
	{ "Match LocalUser alice", { NULL }, 1 },
	{ "Match LocalUser *,!alice", { NULL }, 0 },
	{ "Match Service exec", { NULL }, 1 },
	{ "Match Service shell,sftp", { NULL }, 0 },
	{ "Match Service *,!sftp", { NULL }, 1 },
	{ "Match Tty no", { NULL }, 1 },
	{ "Match Tty yes", { NULL }, 0 },
	{ "Match Address 192.0.2.0/24", { NULL }, 1 },
	{ "Match Address 192.0.2.0/24,!192.0.2.7", { NULL }, 0 },
	{ "Match Address !192.0.2.7,*", { NULL }, 0 },
	{ "Match Address 2001:db8::/32", { NULL }, 0 },
	/* all of them must match */
	{ "Match Caller gateway Tty no", { NULL }, 1 },
	{ "Match Caller gateway Tty yes", { NULL }, 0 },
	{ "Match Tty yes Caller gateway", { NULL }, 0 },
	{ "Match Caller g* Caller *y", { NULL }, 1 },
	{ "Match Caller g* Caller *x", { NULL }, 0 },
	/* keys: without one nothing matches */
	{ "Match Key *", { NULL }, 0 },
	{ "Match Key !" FPR_B ",*", { NULL }, 0 },
	{ "Match Key " FPR_A, { &plain_a }, 1 },
	{ "Match Key " FPR_A, { &plain_b }, 0 },
	{ "Match Key " FPR_B "," FPR_A, { &plain_a }, 1 },
	{ "Match Key *,!" FPR_A, { &plain_a }, 0 },
	{ "Match Key " FPR_A, { &plain_b, &plain_a }, 1 },
	{ "Match Key *,!" FPR_A, { &plain_b, &plain_a }, 0 },
	{ "Match Key *", { &unknown_cert }, 0 },
	{ "Match KeyId *", { &unknown_cert }, 0 },
	/* it could be the one that is kept out */
	{ "Match Key *,!" FPR_B, { &plain_a, &unknown_cert }, 0 },
	{ "Match Key " FPR_A, { &plain_a, &unknown_cert }, 1 },
	{ "Match CA *", { &plain_a }, 0 },
	{ "Match KeyId *", { &plain_a }, 0 },
	{ "Match Principal *", { &plain_a }, 0 },
	{ "Match Key " FPR_A, { &with_one }, 1 },
	{ "Match CA " FPR_CA, { &with_one }, 1 },
	{ "Match CA " FPR_A, { &with_one }, 0 },
	{ "Match KeyId alice*", { &with_one }, 1 },
	{ "Match KeyId \"alice's laptop\"", { &with_one }, 1 },
	{ "Match KeyId bob*", { &with_one }, 0 },
	/* principals: any for it, none against it */
	{ "Match Principal *", { &with_none }, 0 },
	{ "Match Principal !root,*", { &with_none }, 0 },
	{ "Match CA *", { &with_none }, 1 },
	{ "Match Principal alice", { &with_one }, 1 },
	{ "Match Principal root", { &with_one }, 0 },
	{ "Match Principal alice", { &with_two }, 1 },
	{ "Match Principal root", { &with_two }, 1 },
	{ "Match Principal bob", { &with_two }, 0 },
	{ "Match Principal alice,!root", { &with_two }, 0 },
	{ "Match Principal alice,!root", { &with_one }, 1 },
	{ "Match Principal alice", { &with_comma }, 0 },
	{ "Match Principal root", { &with_comma }, 0 },
	{ "Match Principal alice,root", { &with_comma }, 0 },
	{ "Match Principal alice?root", { &with_comma }, 1 },
	/* a host's certificate says nothing about a user */
	{ "Match Principal *", { &with_host }, 0 },
	{ "Match CA *", { &with_host }, 0 },
	{ "Match Key *", { &with_host }, 1 },
	/* all of one and the same key */
	{ "Match CA " FPR_CA " Principal alice", { &with_one }, 1 },
	{ "Match Key " FPR_A " Principal alice", { &with_one }, 1 },
	{ "Match Key " FPR_B " Principal alice", { &with_one }, 0 },
	{ "Match Key " FPR_B " CA *", { &plain_b, &with_one }, 0 },
	{ "Match Key " FPR_A " CA *", { &plain_b, &with_one }, 1 },
	{ "Match Caller gateway Key " FPR_A, { &plain_a }, 1 },
	{ "Match Caller other Key " FPR_A, { &plain_a }, 0 },
};

/* Would have caught a rule for somebody else, or for nobody. */
START_TEST(I1_rows)
{
	struct confmatch_facts facts = everything;
	enum confmatch_criterion missing;

	facts.keys = rows[_i].keys;
	while (facts.nkeys < 2 && rows[_i].keys[facts.nkeys] != NULL)
		facts.nkeys++;
	ck_assert_msg(eval(rows[_i].line, &facts, &missing) ==
	    (rows[_i].matches ? CONFMATCH_YES : CONFMATCH_NO), "%s",
	    rows[_i].line);
}
END_TEST

/* Each criterion, asked for in the three ways there are. */
static const struct {
	const char *name;
	const char *lists[3];
} asked[CONFMATCH_ALL] = {
	[CONFMATCH_CALLER] = { "Caller", { "gateway", "*", "!x,*" } },
	[CONFMATCH_REMOTE_USER] = { "RemoteUser", { "a*", "*", "!x,*" } },
	[CONFMATCH_ADDRESS] = { "Address", { "192.0.2.7", "*",
	    "!10.0.0.1,*" } },
	[CONFMATCH_LOCAL_USER] = { "LocalUser", { "alice", "*", "!x,*" } },
	[CONFMATCH_SERVICE] = { "Service", { "exec", "*", "!sftp,*" } },
	[CONFMATCH_TTY] = { "Tty", { "no", "*", "!yes,*" } },
	[CONFMATCH_KEY] = { "Key", { FPR_A, "*", "!" FPR_B ",*" } },
	[CONFMATCH_CA] = { "CA", { FPR_CA, "*", "!" FPR_B ",*" } },
	[CONFMATCH_KEY_ID] = { "KeyId", { "alice*", "*", "!x,*" } },
	[CONFMATCH_PRINCIPAL] = { "Principal", { "alice", "*", "!x,*" } },
};

/*
 * Would have caught a rule by a fact that anybody could have written, and a
 * negated one that takes what is unknown for something else.
 */
START_TEST(I1_what_is_unknown_never_matches)
{
	const enum confmatch_criterion criterion =
	    (enum confmatch_criterion)_i;
	struct confmatch_facts known = everything, unknown, absent;
	struct sshkey *keys[] = { &with_one };
	enum confmatch_criterion missing;
	char line[256];
	size_t i;

	known.keys = keys;
	known.nkeys = 1;
	unknown = absent = known;
	if (criterion < CONFMATCH_FACTS) {
		unknown.fact[criterion].unknown = "nobody said it";
		absent.fact[criterion].value = NULL;
	} else {
		unknown.keys_unknown = "nobody said it";
		absent.nkeys = 0;
	}
	for (i = 0; i < 3; i++) {
		(void)snprintf(line, sizeof(line), "Match %s %s",
		    asked[criterion].name, asked[criterion].lists[i]);
		ck_assert_int_eq(eval(line, &known, &missing),
		    CONFMATCH_YES);
		ck_assert_int_eq(eval(line, &absent, &missing),
		    CONFMATCH_NO);
		ck_assert_int_eq(eval(line, &unknown, &missing),
		    CONFMATCH_UNKNOWN);
		ck_assert_int_eq(missing, criterion);
	}
	ck_assert_str_eq(confmatch_why_unknown(&unknown, criterion),
	    "nobody said it");
	ck_assert_ptr_null(confmatch_why_unknown(&known, criterion));
}
END_TEST

/* What is known and does not match decides; nobody need be told. */
START_TEST(I1_known_before_unknown)
{
	static const struct confmatch not_understood;
	struct confmatch_facts facts = everything;
	enum confmatch_criterion missing;

	ck_assert_int_eq(confmatch_eval(&not_understood, &facts, &missing),
	    CONFMATCH_NO);
	facts.keys_unknown = "nobody said it";
	facts.fact[CONFMATCH_ADDRESS].unknown = "nor this";
	ck_assert_int_eq(eval("Match Key * Caller other", &facts, &missing),
	    CONFMATCH_NO);
	ck_assert_int_eq(eval("Match Caller other Key *", &facts, &missing),
	    CONFMATCH_NO);
	ck_assert_int_eq(eval("Match Caller gateway Address * Key *", &facts,
	    &missing), CONFMATCH_UNKNOWN);
	ck_assert_int_eq(missing, CONFMATCH_ADDRESS);
	ck_assert_int_eq(eval("Match all", &facts, &missing), CONFMATCH_YES);
}
END_TEST

static const struct {
	const char *line;
	const char *why;
} wrong[] = {
	{ "Match", "missing criterion" },
	{ "Match # all", "missing criterion" },
	{ "Match Addres 10.0.0.1", "Addres: unknown criterion" },
	{ "Match User alice", "User: unknown criterion" },
	{ "Match !Caller alice", "!Caller: unknown criterion" },
	{ "Match \"\" alice", "\"\": unknown criterion" },
	{ "Match Caller", "Caller: missing argument" },
	{ "Match Caller=", "Caller: missing argument" },
	{ "Match Caller \"\"", "Caller: missing argument" },
	{ "Match Caller # alice", "Caller: missing argument" },
	{ "Match Caller a Tty", "Tty: missing argument" },
	{ "Match all Caller a", "all: it stands alone" },
	{ "Match Caller a all", "all: it stands alone" },
	{ "Match all all", "all: it stands alone" },
	{ "Match all=yes", "all: it stands alone" },
	{ "Match Caller a,,b", "caller: an empty element" },
	{ "Match Caller a,", "caller: an empty element" },
	{ "Match Caller !", "caller: an empty element" },
	{ "Match Caller !root", "!root: nothing matches by '!' alone" },
	{ "Match Service !exec,!sftp", "!exec,!sftp: nothing matches by" },
	{ "Match Address !10.0.0.1", "!10.0.0.1: nothing matches by" },
	{ "Match Service shel", "shel: it can never match" },
	{ "Match Service exec,subsystem", "subsystem: it can never match" },
	{ "Match Tty true", "true: it can never match" },
	{ "Match Tty !maybe,*", "maybe: it can never match" },
	{ "Match Key MD5:00:11", "MD5:00:11: it can never match" },
	{ "Match Key SHA256:AAAA", "SHA256:AAAA: it can never match" },
	{ "Match Key " FPR_A "=", FPR_A "=: it can never match" },
	{ "Match CA sha256:" FPR_A, "sha256:" FPR_A ": it can never match" },
	{ "Match Address 10.0.0.1/8", "10.0.0.1/8: the address has bits" },
	{ "Match Address 10.0.0.0/33", "10.0.0.0/33: not a mask length" },
	{ "Match Address example.org", "example.org: neither" },
};

/* Would have caught a slip that makes a rule nobody's, in silence. */
START_TEST(wrong_lines)
{
	struct conflex lex;
	struct confmatch match;
	char why[256] = "";

	ck_assert_int_eq(conflex_split(wrong[_i].line, &lex), 1);
	ck_assert_int_eq(confmatch_parse(lex.argv, lex.argc, &match, why,
	    sizeof(why)), -1);
	ck_assert_msg(strncmp(why, wrong[_i].why, strlen(wrong[_i].why)) == 0,
	    "%s: %s", wrong[_i].line, why);
	ck_assert_uint_eq(match.count, 0);
	conflex_free(&lex);
}
END_TEST

/* Would have caught the list that the matcher gives up, and a wide word. */
START_TEST(long_lists)
{
	char list[1100], caller[] = "Caller", *argv[] = { caller, list, NULL };
	struct confmatch match;
	char why[256];

	memset(list, 'a', sizeof(list));
	list[1022] = '\0';
	ck_assert_int_eq(confmatch_parse(argv, 2, &match, why, sizeof(why)),
	    0);
	confmatch_free(&match);
	list[1022] = 'a';
	list[1023] = '\0';
	ck_assert_int_eq(confmatch_parse(argv, 2, &match, why, sizeof(why)),
	    -1);
	ck_assert_str_eq(why, "caller: a pattern is too long");
}
END_TEST

START_TEST(names_of_criteria)
{
	enum confmatch_criterion criterion;
	int i;

	for (i = 0; i < CONFMATCH_CRITERIA; i++) {
		ck_assert_int_eq(confmatch_find(confmatch_name(
		    (enum confmatch_criterion)i), &criterion), 0);
		ck_assert_int_eq((int)criterion, i);
	}
	ck_assert_int_eq(confmatch_find("KeyId", &criterion), 0);
	ck_assert_int_eq(criterion, CONFMATCH_KEY_ID);
	ck_assert_int_eq(confmatch_find("", &criterion), -1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("confmatch");
	TCase *tc = tcase_create("confmatch");

	tcase_add_loop_test(tc, I1_rows, 0,
	    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_loop_test(tc, I1_what_is_unknown_never_matches, 0,
	    CONFMATCH_ALL);
	tcase_add_test(tc, I1_known_before_unknown);
	tcase_add_loop_test(tc, wrong_lines, 0,
	    (int)(sizeof(wrong) / sizeof(wrong[0])));
	tcase_add_test(tc, long_lists);
	tcase_add_test(tc, names_of_criteria);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
