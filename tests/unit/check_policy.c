/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* Words of a policy, what it is as a text, and what it lets through. */

#include "config.h"
#include "policy.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agentblob.h"
#include "agentreal.h"
#include "judge.h"
#include "policyrules.h"
#include "policyvalue.h"
#include "run.h"
#include "sshblob.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

#define OTHER_KEY "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/* A policy of a text without a mistake. */
static struct policy *
make(const char *text)
{
	struct policy *policy = policy_new();
	char why[1024] = "";

	ck_assert_ptr_nonnull(policy);
	ck_assert_msg(policy_read(policy, "t", text, strlen(text), why,
	    sizeof(why)) == 0, "%s", why);
	return policy;
}

static const struct {
	const char *text;
	const char *why;
} wrong[] = {
	{ "AllowKeys x", "t line 1: AllowKeys: unknown keyword" },
	{ "AllowKey", "t line 1: AllowKey: missing argument" },
	{ "AllowKey \"x", "t line 1: AllowKey: invalid quotes" },
	{ "# one\n\nallowkey MD5:00", "t line 3: allowkey: MD5:00: not a "
	    "SHA256 fingerprint as ssh-keygen -l prints it" },
	{ "DenyKey " OTHER_KEY "=", "t line 1: DenyKey: " OTHER_KEY "=: not "
	    "a SHA256 fingerprint as ssh-keygen -l prints it" },
	{ "AllowCA SHA256:*", "t line 1: AllowCA: SHA256:*: not a "
	    "SHA256 fingerprint as ssh-keygen -l prints it" },
	{ "AllowUser a,b", "t line 1: AllowUser: a,b: one pattern a word, "
	    "without a comma" },
	{ "AllowUser *\nAllowNamespace git !file", "t line 2: "
	    "AllowNamespace: !file: '!' has no meaning here" },
	{ "AllowPrincipal \"\"", "t line 1: AllowPrincipal: \"\": an empty "
	    "pattern" },
	{ "AllowPrincipal \"a\x01\"", "t line 1: AllowPrincipal: a\x01: a "
	    "control character" },
	{ "DenyOperation session-bind", "t line 1: DenyOperation: "
	    "session-bind: it always passes" },
	{ "DenyOperation extension:session-bind@openssh.com", "t line 1: "
	    "DenyOperation: extension:session-bind@openssh.com: it always "
	    "passes" },
	{ "AllowOperation unknown", "t line 1: AllowOperation: unknown: not "
	    "an operation" },
	{ "AllowOperation extension:", "t line 1: AllowOperation: "
	    "extension:: an empty pattern" },
	{ "AllowClass login", "t line 1: AllowClass: login: neither userauth "
	    "nor sshsig nor other" },
	{ "Rate 5", "t line 1: Rate: 5: not a number up to 1000, '/', and a "
	    "time" },
	{ "Rate 0/1", "t line 1: Rate: 0/1: not a number up to 1000, '/', "
	    "and a time" },
	{ "Rate 1001/1", "t line 1: Rate: 1001/1: not a number up to 1000, "
	    "'/', and a time" },
	{ "Rate 1/0", "t line 1: Rate: 1/0: not a number up to 1000, '/', "
	    "and a time" },
	{ "Rate 1/1 1/2 1/3 1/4 1/5 1/6 1/7 1/8 1/9", "t line 1: Rate: 1/9: "
	    "more than eight rates" },
	{ "MaxSignatures 0", "t line 1: MaxSignatures: 0: not a number from "
	    "1 to 1000000000" },
	{ "MaxSignaturesPerKey -1", "t line 1: MaxSignaturesPerKey: -1: not "
	    "a number from 1 to 1000000000" },
	{ "MaxSignatures 1 2", "t line 1: MaxSignatures: more than one "
	    "argument" },
	{ "Expire soon", "t line 1: Expire: soon: neither a time nor "
	    "YYYYMMDD[HHMM[SS]][Z]" },
	{ "Expire 20260230", "t line 1: Expire: 20260230: no such date" },
	{ "Expire 20261301Z", "t line 1: Expire: 20261301Z: no such date" },
	{ "Expire 202601012460", "t line 1: Expire: 202601012460: no such "
	    "date" },
	/* all of them, those that are whole */
	{ "X\nY 1\nAllowClass other\nZ", "t line 1: X: unknown keyword\n"
	    "t line 2: Y: unknown keyword\nt line 4: Z: unknown keyword" },
};

/* Would have caught a word that means something else than it seems to. */
START_TEST(mistakes)
{
	struct policy *policy = policy_new();
	char why[1024] = "?";

	ck_assert_int_eq(policy_read(policy, "t", wrong[_i].text,
	    strlen(wrong[_i].text), why, sizeof(why)), -1);
	ck_assert_str_eq(why, wrong[_i].why);
	policy_free(policy);
}
END_TEST

/* Would have caught mistakes that are cut, or that overrun what they fit in. */
START_TEST(mistakes_that_do_not_fit)
{
	const char text[] = "X\nY\nZ", nul[] = "AllowUser a\0b\n";
	struct policy *policy = policy_new();
	char why[sizeof("t line 1: X: unknown keyword\n"
	    "t line 2: Y: unknown keyword") + 10];

	ck_assert_int_eq(policy_read(policy, "t", text, strlen(text), why,
	    sizeof(why)), -1);
	ck_assert_str_eq(why, "t line 1: X: unknown keyword\n"
	    "t line 2: Y: unknown keyword");
	/* the first one is told in any case */
	ck_assert_int_eq(policy_read(policy, "t", text, strlen(text), why,
	    12), -1);
	ck_assert_str_eq(why, "t line 1: X");
	ck_assert_int_eq(policy_read(policy, "t", nul, sizeof(nul) - 1, why,
	    sizeof(why)), -1);
	ck_assert_str_eq(why, "t line 1: NUL: not a character");
	policy_free(policy);
}
END_TEST

/* Would have caught a wrong line of which half is in force. */
START_TEST(all_or_none)
{
	static char git[] = "git", bad[] = "a,b", rate[] = "1/1", no[] = "x";
	char *const words[] = { git, bad }, *const rates[] = { rate, no };
	struct policy *policy = policy_new();
	char why[128], *text;

	ck_assert_int_eq(policy_add(policy, "AllowUser", words, 2, why,
	    sizeof(why)), -1);
	ck_assert_int_eq(policy_add(policy, "Rate", rates, 2, why,
	    sizeof(why)), -1);
	text = policy_print(policy);
	ck_assert_str_eq(text, "");
	free(text);
	policy_free(policy);
}
END_TEST

static const char everything[] =
    "AllowKey " AGENTREAL_KEY1 " " AGENTREAL_KEY2 "\n"
    "DenyKey " OTHER_KEY "\n"
    "AllowCA " AGENTREAL_CA "\n"
    "AllowPrincipal alice \"b *\"\n"
    "AllowOperation add extension:*@example.org\n"
    "DenyOperation query\n"
    "AllowClass userauth sshsig\n"
    "AllowUser git\n"
    "AllowHost " AGENTREAL_HOST "\n"
    "AllowNamespace git file?\n"
    "Rate 5/60\n"
    "Rate 50/86400\n"
    "MaxSignatures 100\n"
    "MaxSignaturesPerKey 10\n"
    "Expire 20301231235959Z\n";

/*
 * It goes to another process as a text.  Would have caught a directive that is
 * lost on the way, or is another one there.
 */
START_TEST(prints_itself)
{
	struct policy *policy = make(everything), *again;
	char *text, *second;

	text = policy_print(policy);
	ck_assert_str_eq(text, everything);
	again = make(text);
	second = policy_print(again);
	ck_assert_str_eq(second, everything);
	free(second);
	free(text);
	policy_free(again);
	policy_free(policy);
}
END_TEST

/* Lists add up, of limits the stricter one counts; case and '=' are sshd's. */
START_TEST(adds_up)
{
	struct policy *policy = make("allowuser=git\nALLOWUSER root\r\n"
	    "MaxSignatures 5\nMaxSignatures 3\nMaxSignatures 4\n"
	    "Expire 20300101Z\nExpire 20290101Z\nExpire 20310101Z\n"
	    "Rate 1/1m 10/1h\n");
	char *text = policy_print(policy);

	ck_assert_str_eq(text, "AllowUser git root\nRate 1/60\n"
	    "Rate 10/3600\nMaxSignatures 3\nExpire 20290101000000Z\n");
	free(text);
	policy_free(policy);
}
END_TEST

/* Would have caught an option without a directive. */
START_TEST(words)
{
	const struct policy_word *word;
	static char one[] = "1";
	char *const argv[] = { one };
	struct policy *policy = policy_new();
	char why[128];
	size_t i;

	for (i = 0; (word = policy_word(i)) != NULL; i++) {
		ck_assert_str_ne(word->option, "");
		ck_assert_str_ne(word->argument, "");
		(void)policy_add(policy, word->keyword, argv, 1, why,
		    sizeof(why));
		ck_assert_str_ne(why, "unknown keyword");
	}
	ck_assert_uint_eq(i, 14);
	policy_free(policy);
}
END_TEST

static const struct {
	const char *word;
	time_t value;		/* at 1000; -1 for a mistake */
} times[] = {
	{ "0", 1000 }, { "90", 1090 }, { "+90", 1090 }, { "8h", 29800 },
	{ "1h30m", 6400 }, { "19700102Z", 86400 },
	{ "197001020001Z", 86460 }, { "19700102000102Z", 86462 },
	{ "20000229Z", 951782400 }, { "20010229Z", -1 },
	{ "19691231Z", -1 }, { "123456789", 123457789 },
	{ "+19700102", 19701102 }, { "", -1 }, { "+", -1 }, { "Z", -1 },
	{ "1970010Z", -1 }, { "-1", -1 },
};

START_TEST(expiry)
{
	time_t value = -1;
	const char *reason;

	reason = policyvalue_time(times[_i].word, 1000, &value);
	ck_assert_msg((reason != NULL) == (times[_i].value == -1),
	    "%s: %s", times[_i].word, reason != NULL ? reason : "taken");
	if (reason == NULL)
		ck_assert_int_eq(value, times[_i].value);
}
END_TEST

/* A policy is over in the second that it names. */
START_TEST(expires)
{
	struct policy *policy = make("Expire 19700102Z");

	ck_assert_ptr_null(judge_time(policy, 86399));
	ck_assert_str_eq(judge_time(policy, 86400), "the policy has expired");
	policy_free(policy);
	policy = policy_new();
	ck_assert_ptr_null(judge_time(policy, 86400));
	policy_free(policy);
}
END_TEST

static const struct {
	const char *policy;
	const char *operation, *extension;
	int passes;
} operations[] = {
	{ "", "list", "", 1 }, { "", "sign", "", 1 }, { "", "query", "query",
	    1 },
	{ "", "session-bind", "session-bind@openssh.com", 1 },
	{ "", "add", "", 0 }, { "", "remove", "", 0 },
	{ "", "remove-all", "", 0 }, { "", "lock", "", 0 },
	{ "", "unlock", "", 0 }, { "", "add-smartcard", "", 0 },
	{ "", "remove-smartcard", "", 0 }, { "", "unknown", "", 0 },
	{ "", "extension", "x@example.org", 0 },
	{ "AllowOperation add", "add", "", 1 },
	{ "AllowOperation add", "list", "", 1 },
	{ "AllowOperation add", "remove", "", 0 },
	{ "AllowOperation add", "add-smartcard", "", 0 },
	{ "AllowOperation lock", "unlock", "", 0 },
	{ "AllowOperation smartcard", "add-smartcard", "", 1 },
	{ "AllowOperation smartcard", "remove-smartcard", "", 1 },
	{ "AllowOperation smartcard", "add", "", 0 },
	{ "AllowOperation extension:*", "extension", "x@example.org", 1 },
	{ "AllowOperation extension:*", "unknown", "", 0 },
	{ "AllowOperation extension:*.org", "extension", "x@example.com",
	    0 },
	/* a list that denies wins wherever it stands */
	{ "DenyOperation add\nAllowOperation add", "add", "", 0 },
	{ "AllowOperation smartcard\nDenyOperation add-smartcard",
	    "remove-smartcard", "", 1 },
	{ "AllowOperation smartcard\nDenyOperation add-smartcard",
	    "add-smartcard", "", 0 },
	{ "DenyOperation sign", "sign", "", 0 },
	{ "DenyOperation sign", "list", "", 1 },
	{ "DenyOperation extension:*", "query", "query", 0 },
	{ "DenyOperation query", "query", "query", 0 },
	{ "DenyOperation extension:*", "session-bind",
	    "session-bind@openssh.com", 1 },
};

/* Would have caught each that changes an agent by default. */
START_TEST(every_operation)
{
	struct policy *policy = make(operations[_i].policy);
	const char *reason = judge_operation(policy, operations[_i].operation,
	    operations[_i].extension);

	ck_assert_msg((reason == NULL) == operations[_i].passes, "%s",
	    reason != NULL ? reason : "passes");
	policy_free(policy);
}
END_TEST

/* Which of the four keys of the real list pass: one letter for each. */
static const struct {
	const char *policy;
	const char *passes;
} keys[] = {
	{ "", "1234" },
	{ "AllowKey " AGENTREAL_KEY1, "1" },
	{ "AllowKey " AGENTREAL_KEY1 " " AGENTREAL_KEY2, "12" },
	{ "AllowKey " OTHER_KEY, "" },
	/* a certificate is its key's */
	{ "AllowKey " AGENTREAL_KEY3, "34" },
	{ "DenyKey " AGENTREAL_KEY3, "12" },
	{ "DenyKey " AGENTREAL_KEY1 "\nAllowKey " AGENTREAL_KEY1 " "
	    AGENTREAL_KEY2, "2" },
	/* the CA is for the certificate, not for what is in it */
	{ "AllowCA " AGENTREAL_CA, "4" },
	{ "AllowCA " OTHER_KEY, "" },
	{ "AllowCA " AGENTREAL_KEY3, "" },
	{ "AllowCA " AGENTREAL_CA "\nAllowKey " AGENTREAL_KEY1, "14" },
	{ "AllowCA " AGENTREAL_CA "\nDenyKey " AGENTREAL_KEY3, "" },
	{ "AllowPrincipal alice", "4" },
	{ "AllowPrincipal b?b carol", "4" },
	{ "AllowPrincipal carol", "" },
	/* both */
	{ "AllowPrincipal alice\nAllowCA " AGENTREAL_CA, "4" },
	{ "AllowPrincipal alice\nAllowCA " OTHER_KEY, "" },
	{ "AllowPrincipal carol\nAllowCA " AGENTREAL_CA, "" },
};

START_TEST(every_key)
{
	struct agentblob list = { .bytes = NULL };
	struct policy *policy = make(keys[_i].policy);
	struct sshblob entries, key, comment;
	char passes[8] = "", which;
	struct sshkey *parsed;
	size_t n = 0;

	agentreal_get(&list, AGENTREAL_LIST);
	entries.at = list.bytes + 5;
	entries.left = list.len - 5;
	for (which = '1'; entries.left > 0; which++) {
		ck_assert_int_eq(sshblob_string(&entries, &key), 0);
		ck_assert_int_eq(sshblob_string(&entries, &comment), 0);
		parsed = sshkey_parse(key.at, key.left);
		ck_assert_ptr_nonnull(parsed);
		if (judge_key(policy, parsed) == NULL)
			passes[n++] = which;
		sshkey_free(parsed);
	}
	ck_assert_str_eq(passes, keys[_i].passes);
	ck_assert_int_eq(judge_wants_keys(policy), _i != 0);
	agentblob_free(&list);
	policy_free(policy);
}
END_TEST

/*
 * Of a certificate that nobody here can read.  Would have caught one that
 * passes for its key, though it may be the one that is denied.
 */
START_TEST(unknown_certificate)
{
	static char type[] = "ssh-new-cert-v01@openssh.com";
	const struct sshkey key = { .type = type };
	struct policy *policy = make("");

	ck_assert_ptr_null(judge_key(policy, &key));
	policy_free(policy);
	policy = make("DenyKey " OTHER_KEY);
	ck_assert_ptr_nonnull(judge_key(policy, &key));
	policy_free(policy);
	policy = make("AllowPrincipal *");
	ck_assert_ptr_nonnull(judge_key(policy, &key));
	policy_free(policy);
}
END_TEST

/* What passes: u for a login as git at that host, v for one as root at no
 * proven host, s for namespace git, t for file, o for what is neither. */
static const struct {
	const char *policy;
	const char *passes;
} datas[] = {
	{ "", "uvsto" },
	{ "AllowClass userauth", "uv" },
	{ "AllowClass sshsig other", "sto" },
	{ "AllowUser git", "u" },
	{ "AllowUser g* r*", "uv" },
	{ "AllowUser nobody", "" },
	{ "AllowHost " AGENTREAL_HOST, "u" },
	{ "AllowHost " OTHER_KEY, "" },
	{ "AllowUser root\nAllowHost " AGENTREAL_HOST, "" },
	{ "AllowNamespace git", "s" },
	{ "AllowNamespace *", "st" },
	{ "AllowNamespace git\nAllowUser root", "vs" },
	/* a limit of one class says nothing about another that is named */
	{ "AllowNamespace git\nAllowClass sshsig userauth", "uvs" },
	{ "AllowNamespace git\nAllowClass userauth", "uv" },
	{ "AllowUser git\nAllowClass other", "o" },
	{ "AllowHost " AGENTREAL_HOST "\nAllowClass userauth other", "uo" },
};

/* Would have caught data of one class that passes by another's rule. */
START_TEST(every_data)
{
	static const struct {
		char letter;
		struct signdata sign;
		const char *host;
	} all[] = {
		{ 'u', { .class = DEED_USERAUTH, .user = "git" },
		    AGENTREAL_HOST },
		{ 'v', { .class = DEED_USERAUTH, .user = "root" }, "" },
		{ 's', { .class = DEED_SSHSIG, .namespace = "git" }, "" },
		{ 't', { .class = DEED_SSHSIG, .namespace = "file" }, "" },
		{ 'o', { .class = DEED_OTHER }, "" },
	};
	struct policy *policy = make(datas[_i].policy);
	char passes[8] = "";
	size_t i, n = 0;

	for (i = 0; i < 5; i++)
		if (judge_data(policy, &all[i].sign, all[i].host) == NULL)
			passes[n++] = all[i].letter;
	ck_assert_str_eq(passes, datas[_i].passes);
	policy_free(policy);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("policy");
	TCase *tcase = tcase_create("policy");

	tcase_add_loop_test(tcase, mistakes, 0, NROWS(wrong));
	tcase_add_test(tcase, mistakes_that_do_not_fit);
	tcase_add_test(tcase, all_or_none);
	tcase_add_test(tcase, prints_itself);
	tcase_add_test(tcase, adds_up);
	tcase_add_test(tcase, words);
	tcase_add_loop_test(tcase, expiry, 0, NROWS(times));
	tcase_add_test(tcase, expires);
	tcase_add_loop_test(tcase, every_operation, 0, NROWS(operations));
	tcase_add_loop_test(tcase, every_key, 0, NROWS(keys));
	tcase_add_test(tcase, unknown_certificate);
	tcase_add_loop_test(tcase, every_data, 0, NROWS(datas));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
