/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* What a connection says, and what comes back, held against a policy. */

#include "config.h"
#include "dialog.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agentblob.h"
#include "agentproto.h"
#include "agentreal.h"
#include "policy.h"
#include "run.h"
#include "usage.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/* One connection, and the message that is being made. */
static struct policy *policy;
static struct usage *usage;
static struct dialog *dialog;
static struct agentblob body;
static struct deed deed;

static void
begin(const char *text)
{
	char why[256] = "";

	policy = policy_new();
	usage = usage_new();
	ck_assert_msg(policy_read(policy, "t", text, strlen(text), why,
	    sizeof(why)) == 0, "%s", why);
	dialog = dialog_new(policy, usage);
	ck_assert_ptr_nonnull(dialog);
}

static void
end(void)
{
	dialog_free(dialog);
	usage_free(usage);
	policy_free(policy);
	agentblob_free(&body);
}

/* Says what is in body, which stays as it was. */
static enum dialog_verdict
say(void)
{
	struct agentblob copy = { .bytes = NULL };
	enum dialog_verdict verdict;

	agentblob_raw(&copy, body.bytes, body.len);
	memset(&deed, 0xff, sizeof(deed));
	verdict = dialog_request(dialog, body.bytes, body.len, 0, 1000,
	    &deed);
	ck_assert_int_eq(memcmp(copy.bytes, body.bytes, copy.len), 0);
	agentblob_free(&copy);
	agentblob_free(&body);
	ck_assert_str_eq(deed.result, "");
	/* a refusal has its reason, and nothing else has one */
	ck_assert_int_eq(verdict != DIALOG_PASS, deed.reason[0] != '\0');
	return verdict;
}

static enum dialog_verdict
say_real(enum agentreal what)
{
	agentreal_get(&body, what);
	return say();
}

static enum dialog_verdict
say_type(int type)
{
	agentblob_byte(&body, (unsigned int)type);
	return say();
}

/* The agent says what is in body: what the client hears is left there. */
static void
hear(void)
{
	const size_t len = dialog_reply(dialog, body.bytes, body.len, &deed);

	ck_assert_uint_ge(len, 1);
	agentblob_cut(&body, len);
}

/* The same with one byte, and nothing left. */
static void
hear_type(int type, int expected)
{
	agentblob_byte(&body, (unsigned int)type);
	hear();
	ck_assert_uint_eq(body.len, 1);
	ck_assert_int_eq(body.bytes[0], expected);
	agentblob_free(&body);
}

static void
hear_signature(void)
{
	struct agentblob copy = { .bytes = NULL };

	agentreal_get(&body, AGENTREAL_SIGNATURE);
	agentreal_get(&copy, AGENTREAL_SIGNATURE);
	hear();
	ck_assert_uint_eq(body.len, copy.len);
	ck_assert_int_eq(memcmp(body.bytes, copy.bytes, copy.len), 0);
	agentblob_free(&copy);
	agentblob_free(&body);
}

/* ssh's bind and login, and ssh-keygen's signature, as they come. */
START_TEST(a_login)
{
	begin("");
	ck_assert_int_eq(say_real(AGENTREAL_BIND), DIALOG_PASS);
	ck_assert_str_eq(deed.operation, "session-bind");
	ck_assert_str_eq(deed.extension, "session-bind@openssh.com");
	hear_type(AGENTPROTO_SUCCESS, AGENTPROTO_SUCCESS);
	ck_assert_str_eq(deed.result, "success");
	ck_assert_int_eq(say_type(AGENTPROTO_LIST), DIALOG_PASS);
	ck_assert_int_eq(deed.forwarded, DEED_LOCAL);
	agentreal_get(&body, AGENTREAL_LIST);
	hear();
	ck_assert_uint_eq(body.len, 867);
	ck_assert_uint_eq(deed.shown, 4);
	ck_assert_uint_eq(deed.hidden, 0);
	agentblob_free(&body);
	ck_assert_int_eq(say_real(AGENTREAL_USERAUTH), DIALOG_PASS);
	ck_assert_str_eq(deed.operation, "sign");
	ck_assert_str_eq(deed.key, AGENTREAL_KEY1);
	ck_assert_int_eq(deed.class, DEED_USERAUTH);
	ck_assert_str_eq(deed.user, "root");
	ck_assert_str_eq(deed.service, "ssh-connection");
	ck_assert_str_eq(deed.host, AGENTREAL_HOST);
	hear_signature();
	ck_assert_str_eq(deed.result, "success");
	ck_assert_int_eq(say_real(AGENTREAL_SSHSIG), DIALOG_PASS);
	ck_assert_int_eq(deed.class, DEED_SSHSIG);
	ck_assert_str_eq(deed.namespace, "git");
	ck_assert_str_eq(deed.host, "");
	hear_type(AGENTPROTO_FAILURE, AGENTPROTO_FAILURE);
	ck_assert_str_eq(deed.result, "failure");
	ck_assert_str_eq(deed.reason, "");
	ck_assert_uint_eq(usage_total(usage), 1);
	end();
}
END_TEST

/*
 * agent 19 and 20.  Would have caught a request that changes an agent, or that
 * none knows, and is passed on; and a connection that is of no use then.
 */
START_TEST(refused_by_default)
{
	int type;

	begin("");
	for (type = 0; type < 256; type++) {
		/* of one byte only this is whole and allowed */
		if (type == AGENTPROTO_LIST)
			continue;
		ck_assert_int_eq(say_type(type), DIALOG_REFUSE);
	}
	ck_assert_int_eq(say_type(AGENTPROTO_LIST), DIALOG_PASS);
	hear_type(AGENTPROTO_FAILURE, AGENTPROTO_FAILURE);
	agentblob_byte(&body, AGENTPROTO_REMOVE);
	agentblob_key(&body, 1);
	ck_assert_int_eq(say(), DIALOG_REFUSE);
	ck_assert_str_eq(deed.reason, "the operation is not allowed");
	ck_assert_int_eq(strncmp(deed.key, "SHA256:", 7), 0);
	agentblob_byte(&body, AGENTPROTO_EXTENSION);
	agentblob_text(&body, "x@example.org");
	ck_assert_int_eq(say(), DIALOG_REFUSE);
	ck_assert_str_eq(deed.extension, "x@example.org");
	end();
}
END_TEST

static const struct {
	const char *operation;
	int type;
} changes[] = {
	{ "remove-all", 9 }, { "remove-all", 19 }, { "add", 17 },
	{ "add", 25 }, { "lock", 22 }, { "unlock", 23 },
	{ "add-smartcard", 20 }, { "add-smartcard", 26 },
	{ "remove-smartcard", 21 },
};

/* What policy allows passes, and its reply; agent 20 for 9 in its pair. */
START_TEST(allowed_changes)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "AllowOperation %s",
	    changes[_i].operation);
	begin(text);
	ck_assert_int_eq(say_type(changes[_i].type), DIALOG_PASS);
	ck_assert_str_eq(deed.operation, changes[_i].operation);
	hear_type(AGENTPROTO_SUCCESS, AGENTPROTO_SUCCESS);
	ck_assert_str_eq(deed.result, "success");
	end();
	(void)snprintf(text, sizeof(text), "DenyOperation %s\n"
	    "AllowOperation %s", changes[_i].operation,
	    changes[_i].operation);
	begin(text);
	ck_assert_int_eq(say_type(changes[_i].type), DIALOG_REFUSE);
	ck_assert_str_eq(deed.reason, "the operation is denied");
	end();
}
END_TEST

/* agent 13, the part of the order: what is refused is so in its turn. */
START_TEST(refusals_between)
{
	int i;

	begin("");
	for (i = 0; i < 64; i++) {
		ck_assert_int_eq(say_real(AGENTREAL_SSHSIG), DIALOG_PASS);
		hear_signature();
		ck_assert_int_eq(say_type(i % 2 != 0 ? 9 : 240),
		    DIALOG_REFUSE);
	}
	ck_assert_uint_eq(usage_total(usage), 64);
	end();
}
END_TEST

/* agent 14, the part of the length.  Would have caught an empty one read. */
START_TEST(no_length)
{
	uint8_t *none = malloc(1);

	begin("");
	ck_assert_int_eq(dialog_request(dialog, none, 0, 0, 0, &deed),
	    DIALOG_BREAK);
	ck_assert_str_ne(deed.reason, "");
	free(none);
	end();
}
END_TEST

/*
 * agent 16.  Would have caught a key that is hidden but signs, and one that is
 * shown but does not.
 */
START_TEST(hidden_key)
{
	begin("DenyKey " AGENTREAL_KEY1);
	ck_assert_int_eq(say_type(AGENTPROTO_LIST), DIALOG_PASS);
	agentreal_get(&body, AGENTREAL_LIST);
	hear();
	ck_assert_uint_eq(body.len, 867 - 51 - 9 - 8);
	ck_assert_uint_eq(deed.shown, 3);
	ck_assert_uint_eq(deed.hidden, 1);
	agentblob_free(&body);
	ck_assert_int_eq(say_real(AGENTREAL_SSHSIG), DIALOG_REFUSE);
	ck_assert_str_eq(deed.reason, "the key is denied");
	ck_assert_str_eq(deed.key, AGENTREAL_KEY1);
	/* refused, it still is in the record what it was for */
	ck_assert_str_eq(deed.namespace, "git");
	ck_assert_uint_eq(usage_total(usage), 0);
	end();
	begin("AllowKey " AGENTREAL_KEY1 "\nAllowOperation remove");
	ck_assert_int_eq(say_real(AGENTREAL_SSHSIG), DIALOG_PASS);
	hear_signature();
	/* nor is a hidden one removed */
	agentblob_byte(&body, AGENTPROTO_REMOVE);
	agentblob_key(&body, 1);
	ck_assert_int_eq(say(), DIALOG_REFUSE);
	ck_assert_str_eq(deed.reason, "the key is not allowed");
	end();
}
END_TEST

/* agent 17.  A malformed list is no list, and the next request is served. */
START_TEST(malformed_reply)
{
	begin("");
	ck_assert_int_eq(say_type(AGENTPROTO_LIST), DIALOG_PASS);
	agentreal_get(&body, AGENTREAL_LIST);
	agentblob_cut(&body, body.len - 1);
	hear();
	ck_assert_uint_eq(body.len, 1);
	ck_assert_int_eq(body.bytes[0], AGENTPROTO_FAILURE);
	ck_assert_str_eq(deed.result, "failure");
	ck_assert_str_eq(deed.reason, "the agent's reply is malformed");
	agentblob_free(&body);
	ck_assert_int_eq(say_real(AGENTREAL_SSHSIG), DIALOG_PASS);
	agentblob_byte(&body, AGENTPROTO_SIGNATURE);
	agentblob_u32(&body, 1);
	hear();
	ck_assert_int_eq(body.bytes[0], AGENTPROTO_FAILURE);
	ck_assert_str_eq(deed.reason, "the agent's reply is malformed");
	agentblob_free(&body);
	ck_assert_int_eq(say_type(AGENTPROTO_LIST), DIALOG_PASS);
	end();
}
END_TEST

/*
 * agent 18.  A reply that was not asked for, as of the agent that answers
 * "query" twice.  Would have caught it taken for the next request's.
 */
START_TEST(surplus_reply)
{
	begin("");
	agentblob_byte(&body, AGENTPROTO_EXTENSION);
	agentblob_text(&body, AGENTPROTO_QUERY);
	ck_assert_int_eq(say(), DIALOG_PASS);
	agentblob_byte(&body, AGENTPROTO_EXTENSION_RESPONSE);
	agentblob_text(&body, AGENTPROTO_QUERY);
	hear();
	ck_assert_str_eq(deed.result, "success");
	agentblob_free(&body);
	if (_i == 0) {
		/* before the next one */
		hear_type(AGENTPROTO_SUCCESS, AGENTPROTO_FAILURE);
	} else {
		ck_assert_int_eq(say_real(AGENTREAL_SSHSIG), DIALOG_PASS);
		hear_type(AGENTPROTO_SUCCESS, AGENTPROTO_FAILURE);
		ck_assert_str_eq(deed.result, "failure");
		ck_assert_str_ne(deed.reason, "");
		/* upstream may yet sign */
		ck_assert_uint_eq(usage_total(usage), 1);
	}
	ck_assert_int_eq(say_type(AGENTPROTO_LIST), DIALOG_BREAK);
	ck_assert_int_eq(say_type(9), DIALOG_BREAK);
	end();
}
END_TEST

/* The names in the answer to "query" are those that will pass. */
START_TEST(query)
{
	begin("AllowOperation extension:yes@*");
	agentblob_byte(&body, AGENTPROTO_EXTENSION);
	agentblob_text(&body, AGENTPROTO_QUERY);
	ck_assert_int_eq(say(), DIALOG_PASS);
	agentblob_byte(&body, AGENTPROTO_EXTENSION_RESPONSE);
	agentblob_text(&body, AGENTPROTO_QUERY);
	agentblob_text(&body, AGENTPROTO_QUERY);
	agentblob_text(&body, "no@example.org");
	agentblob_text(&body, AGENTPROTO_BIND);
	agentblob_text(&body, "");
	agentblob_string(&body, "yes@\0", 5);
	agentblob_text(&body, "yes@example.org");
	hear();
	ck_assert_uint_eq(body.len, 1 + 9 + 9 + 28 + 19);
	ck_assert_int_eq(memcmp(body.bytes + body.len - 15,
	    "yes@example.org", 15), 0);
	agentblob_free(&body);
	/* the reply to another extension is its own */
	agentblob_byte(&body, AGENTPROTO_EXTENSION);
	agentblob_text(&body, "yes@example.org");
	ck_assert_int_eq(say(), DIALOG_PASS);
	agentblob_byte(&body, AGENTPROTO_EXTENSION_RESPONSE);
	agentblob_raw(&body, "anything", 8);
	hear();
	ck_assert_uint_eq(body.len, 9);
	agentblob_free(&body);
	end();
}
END_TEST

/*
 * agent 27, the part of one connection.  Would have caught a policy about
 * hosts that believes a bind which the agent refused, and the next one then.
 */
START_TEST(failed_bind)
{
	struct dialog *first;

	begin("AllowHost " AGENTREAL_HOST);
	ck_assert_int_eq(say_real(AGENTREAL_USERAUTH), DIALOG_REFUSE);
	ck_assert_str_eq(deed.reason, "the host is not proven");
	ck_assert_int_eq(deed.forwarded, DEED_UNKNOWN);
	ck_assert_int_eq(say_real(AGENTREAL_BIND), DIALOG_PASS);
	hear_type(AGENTPROTO_FAILURE, AGENTPROTO_FAILURE);
	ck_assert_int_eq(say_real(AGENTREAL_USERAUTH), DIALOG_REFUSE);
	ck_assert_str_eq(deed.reason, "the host is not proven");
	ck_assert_int_eq(say_real(AGENTREAL_BIND), DIALOG_PASS);
	hear_type(AGENTPROTO_SUCCESS, AGENTPROTO_SUCCESS);
	ck_assert_int_eq(say_real(AGENTREAL_USERAUTH), DIALOG_REFUSE);
	ck_assert_str_eq(deed.reason, "the host is not proven");
	ck_assert_str_eq(deed.host, "");
	/* and another connection is none the worse */
	first = dialog;
	dialog = dialog_new(policy, usage);
	ck_assert_int_eq(say_real(AGENTREAL_BIND), DIALOG_PASS);
	hear_type(AGENTPROTO_SUCCESS, AGENTPROTO_SUCCESS);
	ck_assert_int_eq(say_real(AGENTREAL_USERAUTH), DIALOG_PASS);
	ck_assert_str_eq(deed.host, AGENTREAL_HOST);
	hear_signature();
	dialog_free(first);
	end();
}
END_TEST

/* Would have caught a hop that is forgotten once the next bind is seen. */
START_TEST(forwarded)
{
	begin("");
	ck_assert_int_eq(say_real(AGENTREAL_FORWARD), DIALOG_PASS);
	hear_type(AGENTPROTO_SUCCESS, AGENTPROTO_SUCCESS);
	ck_assert_int_eq(say_real(AGENTREAL_BIND), DIALOG_PASS);
	ck_assert_int_eq(deed.forwarded, DEED_FORWARDED);
	hear_type(AGENTPROTO_SUCCESS, AGENTPROTO_SUCCESS);
	ck_assert_int_eq(say_real(AGENTREAL_USERAUTH), DIALOG_PASS);
	ck_assert_int_eq(deed.forwarded, DEED_FORWARDED);
	ck_assert_str_eq(deed.host, AGENTREAL_HOST);
	hear_signature();
	end();
}
END_TEST

/*
 * A bind goes upstream whatever it is like and whatever is denied: without it
 * the agent would take what follows for a request of its own host.
 */
START_TEST(bind_always)
{
	begin("DenyOperation extension:* list sign query\n"
	    "Expire 19700101Z");
	agentblob_byte(&body, AGENTPROTO_EXTENSION);
	agentblob_text(&body, AGENTPROTO_BIND);
	agentblob_text(&body, "malformed");
	ck_assert_int_eq(say(), DIALOG_PASS);
	hear_type(AGENTPROTO_EXTENSION_FAILURE, AGENTPROTO_EXTENSION_FAILURE);
	ck_assert_int_eq(say_real(AGENTREAL_BIND), DIALOG_PASS);
	hear_type(AGENTPROTO_SUCCESS, AGENTPROTO_SUCCESS);
	ck_assert_int_eq(say_type(AGENTPROTO_LIST), DIALOG_REFUSE);
	ck_assert_str_eq(deed.reason, "the policy has expired");
	ck_assert_int_eq(say_real(AGENTREAL_SSHSIG), DIALOG_REFUSE);
	end();
}
END_TEST

/* A signature that the agent refuses is none; nor is one that we refuse. */
START_TEST(limits)
{
	begin("MaxSignatures 1\nAllowClass sshsig");
	ck_assert_int_eq(say_real(AGENTREAL_USERAUTH), DIALOG_REFUSE);
	ck_assert_str_eq(deed.reason, "this class of data is not allowed");
	ck_assert_int_eq(say_real(AGENTREAL_SSHSIG), DIALOG_PASS);
	hear_type(AGENTPROTO_FAILURE_SSH2, AGENTPROTO_FAILURE_SSH2);
	ck_assert_int_eq(say_real(AGENTREAL_SSHSIG), DIALOG_PASS);
	hear_signature();
	ck_assert_int_eq(say_real(AGENTREAL_SSHSIG), DIALOG_REFUSE);
	ck_assert_str_eq(deed.reason,
	    "there have been as many signatures as may be");
	end();
}
END_TEST

/* A request with key 1 for a login of git's, in which there is another one. */
static void
put_lookalike(void)
{
	struct agentblob data = { .bytes = NULL };

	agentblob_text(&data, "session");
	agentblob_byte(&data, 50);
	agentblob_text(&data, "git");
	agentblob_text(&data, "ssh-connection");
	agentblob_text(&data, "publickey");
	agentblob_byte(&data, 1);
	agentblob_text(&data, "ssh-ed25519");
	agentblob_key(&data, 2);
	agentblob_byte(&body, AGENTPROTO_SIGN);
	agentblob_key(&body, 1);
	agentblob_string(&body, data.bytes, data.len);
	agentblob_u32(&body, 0);
	agentblob_free(&data);
}

/*
 * Would have caught a login that is not allowed and goes as something else,
 * because its key stands there in a form that only the server knows.
 */
START_TEST(lookalike)
{
	static const struct {
		const char *policy;
		enum dialog_verdict verdict;
	} rows[] = {
		{ "", DIALOG_PASS },
		{ "AllowClass userauth other", DIALOG_PASS },
		{ "AllowClass sshsig other", DIALOG_REFUSE },
		{ "AllowClass userauth", DIALOG_REFUSE },
		{ "AllowClass userauth other\nAllowUser git",
		    DIALOG_REFUSE },
		{ "AllowClass userauth other\nAllowHost " AGENTREAL_HOST,
		    DIALOG_REFUSE },
	};

	begin(rows[_i].policy);
	put_lookalike();
	ck_assert_int_eq(say(), rows[_i].verdict);
	ck_assert_int_eq(deed.class, DEED_OTHER);
	end();
}
END_TEST

/* A secret, and is it anywhere in what a record could be made of? */
#define SECRET "correct-horse-battery"

static int
has_secret(void)
{
	return memmem(&deed, sizeof(deed), SECRET, strlen(SECRET)) != NULL ||
	    strstr(deed.reason, SECRET) != NULL;
}

/*
 * agent 43.  Would have caught a key, a PIN, a passphrase, or what is signed,
 * on its way into a record.
 */
START_TEST(no_secret_in_a_deed)
{
	static const int types[] = { 17, 20, 21, 22, 23, 25, 26, 1, 240 };
	size_t i;

	begin(_i == 0 ? "" : "AllowOperation add smartcard lock unlock "
	    "extension:*");
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		agentblob_byte(&body, (unsigned int)types[i]);
		agentblob_text(&body, SECRET);
		agentblob_text(&body, SECRET);
		if (say() == DIALOG_PASS)
			hear_type(AGENTPROTO_FAILURE, AGENTPROTO_FAILURE);
		ck_assert_int_eq(has_secret(), 0);
	}
	agentblob_byte(&body, AGENTPROTO_SIGN);
	agentblob_key(&body, 1);
	agentblob_text(&body, SECRET);
	agentblob_u32(&body, 0);
	ck_assert_int_eq(say(), DIALOG_PASS);
	ck_assert_int_eq(has_secret(), 0);
	agentblob_byte(&body, AGENTPROTO_SIGNATURE);
	agentblob_text(&body, SECRET);
	hear();
	ck_assert_int_eq(has_secret(), 0);
	agentblob_free(&body);
	agentblob_byte(&body, AGENTPROTO_EXTENSION);
	agentblob_text(&body, "x@example.org");
	agentblob_text(&body, SECRET);
	(void)say();
	ck_assert_int_eq(has_secret(), 0);
	end();
}
END_TEST

/* agent 43.  Would have caught a user's name that writes into a terminal. */
START_TEST(visible)
{
	begin("AllowOperation extension:*");
	agentblob_byte(&body, AGENTPROTO_SIGN);
	agentblob_key(&body, 1);
	agentblob_u32(&body, 6 + 4 + 7 + 4 + 4 + 4);
	agentblob_raw(&body, "SSHSIG", 6);
	agentblob_text(&body, "git\n\x1b[m");
	agentblob_text(&body, "");
	agentblob_text(&body, "");
	agentblob_text(&body, "");
	agentblob_u32(&body, 0);
	/* the data's length above is of a namespace of seven bytes */
	ck_assert_int_eq(say(), DIALOG_PASS);
	ck_assert_str_eq(deed.namespace, "git\\012\\033[m");
	hear_signature();
	agentblob_byte(&body, AGENTPROTO_EXTENSION);
	agentblob_text(&body, "x\r\x80");
	ck_assert_int_eq(say(), DIALOG_PASS);
	ck_assert_str_eq(deed.extension, "x\\015\\200");
	end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("dialog");
	TCase *tcase = tcase_create("dialog");

	tcase_add_test(tcase, a_login);
	tcase_add_test(tcase, refused_by_default);
	tcase_add_loop_test(tcase, allowed_changes, 0, NROWS(changes));
	tcase_add_test(tcase, refusals_between);
	tcase_add_test(tcase, no_length);
	tcase_add_test(tcase, hidden_key);
	tcase_add_test(tcase, malformed_reply);
	tcase_add_loop_test(tcase, surplus_reply, 0, 2);
	tcase_add_test(tcase, query);
	tcase_add_test(tcase, failed_bind);
	tcase_add_test(tcase, forwarded);
	tcase_add_test(tcase, bind_always);
	tcase_add_test(tcase, limits);
	tcase_add_loop_test(tcase, lookalike, 0, 6);
	tcase_add_loop_test(tcase, no_secret_in_a_deed, 0, 2);
	tcase_add_test(tcase, visible);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
