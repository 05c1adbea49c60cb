/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "message.h"

#include <check.h>
#include <string.h>

#include "agentblob.h"
#include "agentproto.h"
#include "agentreal.h"
#include "deed.h"
#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

static const struct {
	int type;
	const char *operation;
} types[] = {
	{ 0, "unknown" }, { 1, "unknown" }, { 2, "unknown" },
	{ 3, "unknown" }, { 4, "unknown" }, { 5, "unknown" },
	{ 6, "unknown" }, { 7, "unknown" }, { 8, "unknown" },
	{ 9, "remove-all" }, { 10, "unknown" }, { 11, "list" },
	{ 12, "unknown" }, { 14, "unknown" }, { 15, "unknown" },
	{ 16, "unknown" }, { 17, "add" }, { 19, "remove-all" },
	{ 20, "add-smartcard" }, { 21, "remove-smartcard" }, { 22, "lock" },
	{ 23, "unlock" }, { 24, "unknown" }, { 25, "add" },
	{ 26, "add-smartcard" }, { 28, "unknown" }, { 29, "unknown" },
	{ 30, "unknown" }, { 102, "unknown" }, { 240, "unknown" },
	{ 255, "unknown" },
};

/*
 * Would have caught a number that is taken for another's, above all 9, which
 * empties OpenSSH's agent, for nothing.
 */
START_TEST(every_type)
{
	struct agentblob body = { .bytes = NULL };
	struct message message;

	agentblob_byte(&body, (unsigned int)types[_i].type);
	message_read(&message, body.bytes, body.len);
	ck_assert_str_eq(message.operation, types[_i].operation);
	ck_assert_int_eq(message.type, types[_i].type);
	ck_assert_int_eq(message.malformed, 0);
	agentblob_free(&body);
}
END_TEST

/* Every field, and not a byte more or less. */
static void
check_cuts(const struct agentblob *whole)
{
	struct agentblob part;
	struct message message;
	size_t len;

	message_read(&message, whole->bytes, whole->len);
	ck_assert_int_eq(message.malformed, 0);
	for (len = 1; len < whole->len; len++) {
		memset(&part, 0, sizeof(part));
		agentblob_raw(&part, whole->bytes, len);
		message_read(&message, part.bytes, part.len);
		ck_assert_msg(message.malformed, "%zu bytes", len);
		agentblob_free(&part);
	}
	memset(&part, 0, sizeof(part));
	agentblob_raw(&part, whole->bytes, whole->len);
	agentblob_byte(&part, 0);
	message_read(&message, part.bytes, part.len);
	ck_assert_int_ne(message.malformed, 0);
	agentblob_free(&part);
}

/*
 * agent 15, the part within a frame.  Would have caught a field that is read
 * behind the end, and a request that the agent reads further than we do.
 */
START_TEST(cut_anywhere)
{
	struct agentblob body = { .bytes = NULL };
	struct message message;

	agentreal_get(&body, AGENTREAL_SSHSIG);
	check_cuts(&body);
	message_read(&message, body.bytes, body.len);
	ck_assert_str_eq(message.operation, "sign");
	ck_assert_uint_eq(message.key.left, 51);
	ck_assert_int_eq(memcmp(message.data.at, "SSHSIG", 6), 0);
	agentblob_free(&body);

	agentblob_byte(&body, AGENTPROTO_REMOVE);
	agentblob_key(&body, 1);
	check_cuts(&body);
	agentblob_free(&body);
}
END_TEST

/* Would have caught an agent's ListRequest with something behind it lost. */
START_TEST(list_with_more)
{
	struct agentblob body = { .bytes = NULL };
	struct message message;

	agentblob_byte(&body, AGENTPROTO_LIST);
	agentblob_text(&body, "more");
	message_read(&message, body.bytes, body.len);
	ck_assert_int_eq(message.malformed, 0);
	agentblob_free(&body);
}
END_TEST

/* Bodies whose first string claims more than there is. */
START_TEST(claims)
{
	static const unsigned int claimed[] = { 1, 0x7fffffff, 0xffffffff };
	struct agentblob body = { .bytes = NULL };
	struct message message;

	agentblob_byte(&body, (unsigned int)(_i % 2 == 0 ? AGENTPROTO_SIGN :
	    AGENTPROTO_EXTENSION));
	agentblob_u32(&body, claimed[_i / 2]);
	message_read(&message, body.bytes, body.len);
	ck_assert_int_ne(message.malformed, 0);
	agentblob_free(&body);
}
END_TEST

static void
extension(struct message *message, struct agentblob *body, const void *name,
    size_t len)
{
	agentblob_free(body);
	agentblob_byte(body, AGENTPROTO_EXTENSION);
	agentblob_string(body, name, len);
	agentblob_text(body, "its own");
	message_read(message, body->bytes, body->len);
}

/*
 * Would have caught a name with a NUL in it that is one thing to a pattern and
 * another to the agent, and contents that are taken for a string.
 */
START_TEST(extensions)
{
	struct agentblob body = { .bytes = NULL };
	struct message message;
	char longest[256];

	extension(&message, &body, "session-bind@openssh.com", 24);
	ck_assert_str_eq(message.operation, "session-bind");
	ck_assert_int_eq(message.malformed, 0);
	ck_assert_uint_eq(message.rest.left, 4 + 7);
	extension(&message, &body, "query", 5);
	ck_assert_str_eq(message.operation, "query");
	extension(&message, &body, "query2", 6);
	ck_assert_str_eq(message.operation, "extension");
	ck_assert_int_eq(message.malformed, 0);
	extension(&message, &body, "session-bind@openssh.com\0", 25);
	ck_assert_str_eq(message.operation, "extension");
	ck_assert_int_ne(message.malformed, 0);
	extension(&message, &body, "", 0);
	ck_assert_int_ne(message.malformed, 0);
	memset(longest, 'x', sizeof(longest));
	extension(&message, &body, longest, 255);
	ck_assert_int_eq(message.malformed, 0);
	extension(&message, &body, longest, 256);
	ck_assert_int_ne(message.malformed, 0);
	agentblob_free(&body);
}
END_TEST

static const struct {
	int request;
	uint8_t reply;
	enum message_answer answer;
} answers[] = {
	{ AGENTPROTO_LIST, 12, MESSAGE_DONE },
	{ AGENTPROTO_LIST, 5, MESSAGE_FAILED },
	{ AGENTPROTO_LIST, 30, MESSAGE_FAILED },
	{ AGENTPROTO_LIST, 102, MESSAGE_FAILED },
	{ AGENTPROTO_LIST, 6, MESSAGE_WRONG },
	{ AGENTPROTO_LIST, 14, MESSAGE_WRONG },
	{ AGENTPROTO_LIST, 28, MESSAGE_WRONG },
	{ AGENTPROTO_SIGN, 14, MESSAGE_DONE },
	{ AGENTPROTO_SIGN, 12, MESSAGE_WRONG },
	{ AGENTPROTO_SIGN, 6, MESSAGE_WRONG },
	{ AGENTPROTO_SIGN, 5, MESSAGE_FAILED },
	{ AGENTPROTO_ADD, 6, MESSAGE_DONE },
	{ AGENTPROTO_ADD, 5, MESSAGE_FAILED },
	{ AGENTPROTO_ADD, 29, MESSAGE_WRONG },
	{ AGENTPROTO_LOCK, 6, MESSAGE_DONE },
	{ AGENTPROTO_EXTENSION, 6, MESSAGE_DONE },
	{ AGENTPROTO_EXTENSION, 29, MESSAGE_DONE },
	{ AGENTPROTO_EXTENSION, 28, MESSAGE_FAILED },
	{ AGENTPROTO_EXTENSION, 5, MESSAGE_FAILED },
	{ AGENTPROTO_EXTENSION, 12, MESSAGE_WRONG },
	{ AGENTPROTO_EXTENSION, 0, MESSAGE_WRONG },
};

/* agent 18.  Would have caught a key list that passes for a signature. */
START_TEST(every_answer)
{
	ck_assert_int_eq(message_answer(answers[_i].request,
	    answers[_i].reply), answers[_i].answer);
}
END_TEST

/* agent 43.  Would have caught a name that writes a line of its own. */
START_TEST(visible)
{
	static const uint8_t bytes[] = "a\n\\\x1b\xff b";
	char text[32];

	deed_text(text, sizeof(text), bytes, sizeof(bytes));
	ck_assert_str_eq(text, "a\\012\\\\\\033\\377 b\\000");
	/* what does not fit is not cut in its middle */
	deed_text(text, 5, bytes, sizeof(bytes));
	ck_assert_str_eq(text, "a");
	deed_text(text, 6, bytes, sizeof(bytes));
	ck_assert_str_eq(text, "a\\012");
	deed_text(text, 1, bytes, sizeof(bytes));
	ck_assert_str_eq(text, "");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("agentmessage");
	TCase *tcase = tcase_create("message");

	tcase_add_loop_test(tcase, every_type, 0, NROWS(types));
	tcase_add_test(tcase, cut_anywhere);
	tcase_add_test(tcase, list_with_more);
	tcase_add_loop_test(tcase, claims, 0, 6);
	tcase_add_test(tcase, extensions);
	tcase_add_loop_test(tcase, every_answer, 0, NROWS(answers));
	tcase_add_test(tcase, visible);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
