/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Messages of whoever speaks to "serve".  Each stream is read in one piece,
 * in pieces of three bytes and byte by byte, and must be the same.
 */

#include "config.h"
#include "servejson.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"
#include "servescan.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/* What a stream came to: all that was typed, and each size as HxW. */
struct heard {
	char typed[256];
	size_t len;
	char sizes[128];
	unsigned int messages;
	int right;		/* it was, up to its end */
	char why[256];
};

static void
hear(struct heard *heard, const struct servejson_message *message)
{
	heard->messages++;
	ck_assert_uint_le(heard->len + message->len, sizeof(heard->typed));
	memcpy(heard->typed + heard->len, message->data, message->len);
	heard->len += message->len;
	if (message->rows != 0)
		(void)snprintf(heard->sizes + strlen(heard->sizes),
		    sizeof(heard->sizes) - strlen(heard->sizes), "%ux%u ",
		    message->rows, message->cols);
}

static void
read_stream(struct heard *heard, const char *stream, size_t len, size_t piece)
{
	struct servejson *reader = servejson_new();
	enum servejson_result result = SERVEJSON_NONE;
	struct servejson_message message;
	size_t at, n, used;
	char *part;

	memset(heard, 0, sizeof(*heard));
	ck_assert_ptr_nonnull(reader);
	for (at = 0; at < len && result != SERVEJSON_WRONG; at += n) {
		n = len - at < piece ? len - at : piece;
		/* a block of its own, for ASan to see a read past its end */
		part = malloc(n);
		ck_assert_ptr_nonnull(part);
		memcpy(part, stream + at, n);
		n = 0;
		do {
			result = servejson_read(reader, part + n, (len - at <
			    piece ? len - at : piece) - n, &used, &message);
			n += used;
			if (result == SERVEJSON_MESSAGE)
				hear(heard, &message);
		} while (result == SERVEJSON_MESSAGE);
		free(part);
	}
	heard->right = servejson_end(reader) == 0;
	ck_assert_int_eq(heard->right && result == SERVEJSON_WRONG, 0);
	if (!heard->right)
		(void)snprintf(heard->why, sizeof(heard->why), "%s",
		    servejson_why(reader));
	servejson_free(reader);
}

static const struct {
	const char *stream;
	unsigned int messages;
	const char *typed;
	const char *sizes;
} right[] = {
	{ "", 0, "", "" },
	{ " \t\r\n", 0, "", "" },
	{ "{}", 1, "", "" },
	{ "{\"data\":\"ls\\r\"}", 1, "ls\r", "" },
	{ "{\"height\":24,\"width\":80}", 1, "", "24x80 " },
	{ "{\"data\":\"a\",\"height\":24,\"width\":80}", 1, "a", "24x80 " },
	/* one stream: no blank, some, and each by itself on a line */
	{ "{\"data\":\"a\"}{\"data\":\"b\"}", 2, "ab", "" },
	{ "\n{\"data\":\"a\"} \r\n\t{\"data\":\"b\"}\n", 2, "ab", "" },
	{ "{ \"data\" : \"a\" , \"height\" : 1 , \"width\" : 2 }", 1, "a",
	    "1x2 " },
	/* as programs in Go and in browsers write it */
	{ "{\"data\":\"\\u003c\\u003e\\u0026\\u2028\"}\n", 1,
	    "<>&\342\200\250", "" },
	{ "{\"data\":\"\",\"height\":0,\"width\":0}\n", 1, "", "" },
	{ "{\"data\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u001b[A\"}", 1,
	    "\"\\/\b\f\n\r\t\033[A", "" },
	{ "{\"data\":\"h\303\251\360\237\230\200z\"}", 1,
	    "h\303\251\360\237\230\200z", "" },
	{ "{\"data\":\"\302\200\337\277\340\240\200\357\277\277\"}", 1,
	    "\302\200\337\277\340\240\200\357\277\277", "" },
	{ "{\"data\":\"\360\220\200\200\364\217\277\277\"}", 1,
	    "\360\220\200\200\364\217\277\277", "" },
	{ "{\"data\":\"\\ud83d\\ude00\\u00e9\"}", 1,
	    "\360\237\230\200\303\251", "" },
	{ "{\"data\":\"\177\"}", 1, "\177", "" },
	/* half of a pair, which no UTF-8 can hold: a mark in its place */
	{ "{\"data\":\"\\ud83dx\"}", 1, "\357\277\275x", "" },
	/* one number alone, or one that is 0, says nothing */
	{ "{\"height\":24}{\"width\":80}", 2, "", "" },
	{ "{\"height\":0,\"width\":80}{\"height\":24,\"width\":0}", 2, "",
	    "" },
	{ "{\"height\":65535,\"width\":65535}", 1, "", "65535x65535 " },
	/* a value of one message is none of the next one's */
	{ "{\"data\":\"a\",\"height\":24,\"width\":80}{}{\"height\":25}", 3,
	    "a", "24x80 " },
	{ "{\"data_b64\":\"YQ==\"}{}{\"data\":\"b\"}", 3, "ab", "" },
	/* null is as if it were not there */
	{ "{\"data\":null,\"data_b64\":null,\"height\":null,\"width\":null}",
	    1, "", "" },
	{ "{\"data_b64\":\"/w==\"}", 1, "\377", "" },
	{ "{\"data\":\"\",\"data_b64\":\"gIE=\"}", 1, "\200\201", "" },
	{ "{\"data\":\"a\",\"data_b64\":\"\"}", 1, "a", "" },
	/* what nobody knows, whatever is in it */
	{ "{\"x\":[1,-2.5e+3,true,false,null,\"}\",{\"data\":\"no\"}],"
	    "\"data\":\"a\",\"Data\":\"no\",\"\":7}", 1, "a", "" },
	{ "{\"x\":\"\\\\\\\"}{\",\"data\":\"a\"}", 1, "a", "" },
	/* a name may be written in another way, the last one counts */
	{ "{\"d\\u0061ta\":\"a\"}", 1, "a", "" },
	{ "{\"data\":\"no\",\"data\":\"a\"}", 1, "a", "" },
	{ "{\"x\":{\"a\\u0000\":1},\"y\":[\"\\u0000\"]}", 1, "", "" },
};

/* Would have caught a character, an escape or a number cut by a read. */
START_TEST(takes)
{
	static const size_t pieces[] = { 1, 3, 10000 };
	struct heard heard;
	size_t i;

	for (i = 0; i < 3; i++) {
		read_stream(&heard, right[_i].stream, strlen(right[_i].stream),
		    pieces[i]);
		ck_assert_str_eq(heard.why, "");
		ck_assert_int_eq(heard.right, 1);
		ck_assert_uint_eq(heard.messages, right[_i].messages);
		ck_assert_uint_eq(heard.len, strlen(right[_i].typed));
		ck_assert_int_eq(memcmp(heard.typed, right[_i].typed,
		    heard.len), 0);
		ck_assert_str_eq(heard.sizes, right[_i].sizes);
	}
}
END_TEST

/* Every byte there is, in both ways.  A NUL is what Ctrl-Space sends. */
START_TEST(eight_bits)
{
	static const char stream[] = "{\"data\":\"a\\u0000b\"}"
	    "{\"data_b64\":\"AIAAgf8A\"}";
	struct heard heard;

	read_stream(&heard, stream, sizeof(stream) - 1, 10000);
	ck_assert_int_eq(heard.right, 1);
	ck_assert_uint_eq(heard.len, 9);
	ck_assert_int_eq(memcmp(heard.typed, "a\0b\0\200\0\201\377\0", 9), 0);
}
END_TEST

static const struct {
	const char *stream;
	unsigned int messages;	/* that were right, in front of it */
	const char *why;
} wrong[] = {
	/* no object */
	{ "x", 0, "message 1: byte 1: not an object" },
	{ "null", 0, "not an object" },
	{ "[]", 0, "not an object" },
	{ "\"data\"", 0, "not an object" },
	{ "{},{}", 1, "message 2: byte 1: not an object" },
	{ "{}}", 1, "not an object" },
	{ "{}\v{}", 1, "not an object" },
	{ "{\"data\":\"a\"}x{\"data\":\"b\"}", 1, "not an object" },
	{ "\357\273\277{}", 0, "not an object" },
	/* no JSON */
	{ "{x}", 0, "byte 2: unexpected character" },
	{ "{'data':\"a\"}", 0, "unexpected character" },
	{ "{\"data\":'a'}", 0, "unexpected character" },
	{ "{/**/}", 0, "byte 2" },
	{ "{\"a\":NaN}", 0, "unexpected character" },
	{ "{\"a\":-Infinity}", 0, "unexpected character" },
	{ "{\"a\":tru}", 0, "byte 9: boolean expected" },
	{ "{\"a\":01}", 0, "number" },
	{ "{\"a\":-}", 0, "number" },
	{ "{\"a\":1,}", 0, "byte 8" },
	{ "{\"a\":[1,]}", 0, "byte 9" },
	{ "{\"a\" 1}", 0, "byte 6" },
	{ "{\"a\":1 \"b\":2}", 0, "byte 8" },
	{ "{a:1}", 0, "byte 2" },
	{ "{1:1}", 0, "byte 2" },
	{ "{\"a\":1-2}", 0, "number" },
	{ "{]", 0, "byte 2: brackets" },
	{ "{\"a\":[}", 0, "byte 7: brackets" },
	{ "{\"a\":[1}]", 0, "byte 8: brackets" },
	{ "{\"a\":[{]}}", 0, "byte 8: brackets" },
	{ "{\"data\":\"\\x\"}", 0, "invalid string" },
	{ "{\"data\":\"\\u12g4\"}", 0, "invalid string" },
	{ "{\"data\":\"a\nb\"}", 0, "byte 11: a control character" },
	{ "{\"data\":\"\\\n\"}", 0, "a control character" },
	/* UTF-8: alone, cut, longer than it may be, a surrogate, beyond */
	{ "{\"data\":\"\377\"}", 0, "byte 10: not UTF-8" },
	{ "{\"data\":\"\200\"}", 0, "not UTF-8" },
	{ "{\"data\":\"\303\"}", 0, "not UTF-8" },
	{ "{\"data\":\"\342\202\"}", 0, "not UTF-8" },
	{ "{\"data\":\"\300\200\"}", 0, "not UTF-8" },
	{ "{\"data\":\"\340\200\200\"}", 0, "not UTF-8" },
	{ "{\"data\":\"\360\200\200\200\"}", 0, "not UTF-8" },
	{ "{\"data\":\"\355\240\200\"}", 0, "not UTF-8" },
	{ "{\"data\":\"\364\220\200\200\"}", 0, "not UTF-8" },
	{ "{\"data\":\"\365\200\200\200\"}", 0, "not UTF-8" },
	{ "{\"x\":\"\377\"}", 0, "not UTF-8" },
	{ "{\"data\":\"\\\303\251\"}", 0, "message 1: byte 1" },
	{ "{\303\251}", 0, "unexpected character" },
	/* types */
	{ "{\"data\":1}", 0, "message 1: data is not a string" },
	{ "{\"data\":[\"a\"]}", 0, "data is not a string" },
	{ "{\"data\":{}}", 0, "data is not a string" },
	{ "{\"data\":true}", 0, "data is not a string" },
	{ "{\"data\":\"a\",\"data_b64\":7}", 0, "data_b64 is not a string" },
	{ "{\"height\":\"24\",\"width\":80}", 0, "height is not a whole" },
	{ "{\"height\":24,\"width\":true}", 0, "width is not a whole" },
	{ "{\"data\":\"a\",\"height\":24.0}", 0, "height is not a whole" },
	{ "{\"height\":1e2}", 0, "height is not a whole" },
	/* numbers beyond 16, 32 and 64 bits */
	{ "{\"height\":65536,\"width\":80}", 0, "height is not a whole" },
	{ "{\"height\":24,\"width\":65616}", 0, "width is not a whole" },
	{ "{\"height\":4294967320}", 0, "height is not a whole" },
	{ "{\"height\":-1}", 0, "height is not a whole" },
	/* json-c 0.18 says it itself */
	{ "{\"height\":18446744073709551640}", 0, "message 1: " },
	{ "{\"height\":-99999999999999999999999}", 0, "message 1: " },
	/* the byte is the client's own, behind what is not ASCII */
	{ "{\"x\":\"h\303\251\360\237\230\200z\",\"a\":tru}", 0,
	    "byte 24: boolean expected" },
	/* base64 */
	{ "{\"data_b64\":\"YQ\"}", 0, "data_b64 is not base64" },
	{ "{\"data_b64\":\"YQ==\\n\"}", 0, "data_b64 is not base64" },
	{ "{\"data_b64\":\"YWJj\\u0000YWJj\"}", 0, "data_b64 is not base64" },
	{ "{\"data\":\"a\",\"data_b64\":\"YQ==\"}", 0, "both data" },
	/* a name that the library would cut */
	{ "{\"data\\u0000x\":\"a\"}", 0, "a NUL in the name" },
	{ "{\"a\":1,\"data\\u0000\":\"a\"}", 0, "a NUL in the name" },
	/* cut */
	{ "{\"data\":\"a\"", 0, "message 1: the input ends" },
	{ "{\"data\":\"a\"}\n{", 1, "message 2: the input ends" },
	{ "{\"data\":\"\303", 0, "the input ends" },
};

/*
 * Would have caught each of these that is let through, and any part of the
 * message in which it stands that is typed.
 */
START_TEST(refuses)
{
	static const size_t pieces[] = { 1, 3, 10000 };
	struct heard heard;
	size_t i;

	for (i = 0; i < 3; i++) {
		read_stream(&heard, wrong[_i].stream, strlen(wrong[_i].stream),
		    pieces[i]);
		ck_assert_int_eq(heard.right, 0);
		ck_assert_msg(strstr(heard.why, wrong[_i].why) != NULL,
		    "%s: %s", wrong[_i].stream, heard.why);
		ck_assert_uint_eq(heard.messages, wrong[_i].messages);
	}
}
END_TEST

/* Would have caught a NUL at which somebody's text ends. */
START_TEST(raw_nul)
{
	static const char streams[][24] = {
		"{\"data\":\"a\0b\"}", "{\"da\0ta\":\"a\"}", "{\"a\":1\0}",
		"\0{\"data\":\"a\"}", "{\"data\":\"a\\\0\"}",
	};
	struct heard heard;

	read_stream(&heard, streams[_i], 14, 10000);
	ck_assert_int_eq(heard.right, 0);
	ck_assert_uint_eq(heard.messages, 0);
}
END_TEST

/* Why one message of so many bytes is wrong, "" if it is not. */
static const char *
fate(const char *head, const char *middle, size_t times, const char *tail)
{
	static struct heard heard;
	struct servejson_message message;
	struct servejson *reader = servejson_new();
	enum servejson_result result;
	size_t size = 0, used, i;
	char *text = NULL;
	FILE *fp = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(fp);
	ck_assert_ptr_nonnull(reader);
	(void)fputs(head, fp);
	for (i = 0; i < times; i++)
		(void)fputs(middle, fp);
	(void)fputs(tail, fp);
	ck_assert_int_eq(ferror(fp), 0);
	ck_assert_int_eq(fclose(fp), 0);
	result = servejson_read(reader, text, size, &used, &message);
	heard.why[0] = '\0';
	if (result != SERVEJSON_MESSAGE)
		(void)snprintf(heard.why, sizeof(heard.why), "%s",
		    servejson_why(reader));
	else
		ck_assert_uint_eq(used, size);
	servejson_free(reader);
	free(text);
	return heard.why;
}

#define FRAME (sizeof("{\"data\":\"\"}") - 1)

/* Would have caught memory without a bound, and a bound that is off by one. */
START_TEST(bounds)
{
	static const char *const openers[] = { "[", "{\"a\":" };
	size_t i;

	ck_assert_str_eq(fate("{\"data\":\"", "a", SERVESCAN_MAX - FRAME,
	    "\"}"), "");
	ck_assert_ptr_nonnull(strstr(fate("{\"data\":\"", "a",
	    SERVESCAN_MAX - FRAME + 1, "\"}"), "longer than 1 MiB"));
	ck_assert_ptr_nonnull(strstr(fate("{", " ", SERVESCAN_MAX, "}"),
	    "longer than 1 MiB"));
	for (i = 0; i < 2; i++) {
		/* it goes on for ever, or comes back */
		ck_assert_ptr_nonnull(strstr(fate("{\"a\":", openers[i], 1000,
		    ""), "too deep"));
		ck_assert_ptr_nonnull(strstr(fate("{\"a\":", openers[i],
		    SERVESCAN_DEPTH, "}"), "too deep"));
	}
	ck_assert_str_eq(fate("{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "1", 1,
	    "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}"), "");
	ck_assert_str_eq(fate("{\"a\":[0", ",{}", (SERVESCAN_MARKS - 2) / 2,
	    "]}"), "");
	ck_assert_ptr_nonnull(strstr(fate("{\"a\":[0", ",{}",
	    SERVESCAN_MARKS / 2, "]}"), "too many"));
}
END_TEST

/* Would have caught a reader that begins anew behind what was wrong. */
START_TEST(stays_wrong)
{
	struct servejson *reader = servejson_new();
	struct servejson_message message;
	size_t used;

	ck_assert_ptr_nonnull(reader);
	ck_assert_int_eq(servejson_read(reader, "x", 1, &used, &message),
	    SERVEJSON_WRONG);
	ck_assert_int_eq(servejson_read(reader, "{\"data\":\"a\"}", 12, &used,
	    &message), SERVEJSON_WRONG);
	ck_assert_uint_eq(message.len, 0);
	ck_assert_int_eq(servejson_end(reader), -1);
	ck_assert_ptr_nonnull(strstr(servejson_why(reader), "message 1:"));
	servejson_free(reader);
	servejson_free(NULL);
}
END_TEST

/* Would have caught what was typed in a line for the log. */
START_TEST(tells_no_secret)
{
	static const char *const streams[] = {
		"{\"data\":\"hunter2\",\"height\":-1}",
		"{\"data\":\"hunter2\\x\"}", "{\"hunter2\":\"\377\"}",
		"{\"data\":\"hunter2", "hunter2",
		"{\"data_b64\":\"hunter2\"}",
	};
	struct heard heard;

	read_stream(&heard, streams[_i], strlen(streams[_i]), 10000);
	ck_assert_int_eq(heard.right, 0);
	ck_assert_ptr_null(strstr(heard.why, "hunter"));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("servejson");
	TCase *tc = tcase_create("servejson");

	tcase_add_loop_test(tc, takes, 0, NROWS(right));
	tcase_add_test(tc, eight_bits);
	tcase_add_loop_test(tc, refuses, 0, NROWS(wrong));
	tcase_add_loop_test(tc, raw_nul, 0, 5);
	tcase_add_test(tc, bounds);
	tcase_add_test(tc, stays_wrong);
	tcase_add_loop_test(tc, tells_no_secret, 0, 6);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
