/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* Messages of a stream, however they come in, and what stays of them. */

#include "config.h"
#include "agentframe.h"

#include <sys/socket.h>

#include <check.h>
#include <string.h>
#include <unistd.h>

#include "agentproto.h"
#include "bigendian.h"
#include "run.h"
#include "scene.h"

#define WHOLE ((size_t)AGENTPROTO_LENGTH + AGENTPROTO_BODY_MAX)

static int pair[2], before;
static struct agentframe frame;
static uint8_t big[WHOLE];

static void
setup(void)
{
	before = scene_descriptors();
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	memset(&frame, 0, sizeof(frame));
}

static void
teardown(void)
{
	agentframe_clear(&frame);
	(void)close(pair[0]);
	if (pair[1] != -1)
		(void)close(pair[1]);
	ck_assert_int_eq(scene_descriptors(), before);
}

static void
put(const void *data, size_t len)
{
	ck_assert_int_eq((int)send(pair[1], data, len, 0), (int)len);
}

static void
expect(const char *body)
{
	size_t len;
	const uint8_t *got;

	ck_assert_int_eq(agentframe_look(&frame), AGENTFRAME_WHOLE);
	got = agentframe_body(&frame, &len);
	ck_assert_uint_eq(len, strlen(body));
	ck_assert_int_eq(memcmp(got, body, len), 0);
	got = agentframe_whole(&frame, &len);
	ck_assert_uint_eq(len, 4 + strlen(body));
	ck_assert_uint_eq(bigendian_get(got), strlen(body));
}

/* agent 11: would have caught a length that is taken before it is there. */
START_TEST(byte_by_byte)
{
	static const char text[] = "\0\0\0\3abc\0\0\0\1d";
	size_t i;

	for (i = 0; i < sizeof(text) - 1; i++) {
		put(text + i, 1);
		ck_assert_int_eq(agentframe_read(&frame, pair[0]),
		    i == 6 || i == 11 ? AGENTFRAME_WHOLE : AGENTFRAME_PART);
		if (i == 6) {
			expect("abc");
			ck_assert(!agentframe_has_more(&frame));
			agentframe_drop(&frame);
			ck_assert_ptr_null(frame.data);
		}
	}
	expect("d");
}
END_TEST

/* agent 13: would have caught messages lost that came in one piece. */
START_TEST(many_at_once)
{
	int i;

	for (i = 0; i < 64; i++)
		put("\0\0\0\3abc\0\0\0\1d", 12);
	for (i = 0; i < 64; i++) {
		ck_assert_int_eq(agentframe_read(&frame, pair[0]),
		    AGENTFRAME_WHOLE);
		expect("abc");
		ck_assert(agentframe_has_more(&frame));
		agentframe_drop(&frame);
		/* what was dropped is gone from behind the rest, too */
		ck_assert_int_eq(frame.data[frame.have], 0);
		expect("d");
		agentframe_drop(&frame);
	}
	ck_assert_int_eq(agentframe_read(&frame, pair[0]), AGENTFRAME_PART);
	/* with nothing here there is no memory */
	ck_assert_ptr_null(frame.data);
}
END_TEST

static void
claim(uint32_t len)
{
	unsigned char head[4];

	bigendian_put(head, len);
	put(head, 4);
}

/*
 * agent 14: would have caught a limit that is off by one, a sum that wraps,
 * and memory that is taken for the word of a length.
 */
START_TEST(limits)
{
	static const uint32_t bad[] = {
		0, AGENTPROTO_BODY_MAX + 1, 0x7fffffff, 0x80000000, 0xfffffffb,
		0xfffffffc, 0xffffffff,
	};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		claim(bad[i]);
		ck_assert_int_eq(agentframe_read(&frame, pair[0]),
		    AGENTFRAME_BAD);
		/* and stays so */
		ck_assert_int_eq(agentframe_read(&frame, pair[0]),
		    AGENTFRAME_BAD);
		agentframe_clear(&frame);
	}
	claim(AGENTPROTO_BODY_MAX);
	ck_assert_int_eq(agentframe_read(&frame, pair[0]), AGENTFRAME_PART);
	ck_assert_uint_le(frame.size, 4096);
}
END_TEST

/* agent 14: would have caught the largest one cut, or its neighbour lost. */
START_TEST(largest)
{
	size_t at = 0, n, len;
	int turns = 0;

	bigendian_put(big, AGENTPROTO_BODY_MAX);
	for (len = 4; len < WHOLE; len++)
		big[len] = (uint8_t)(len * 7);
	while (agentframe_look(&frame) == AGENTFRAME_PART) {
		n = WHOLE - at < 10000 ? WHOLE - at : 10000;
		put(big + at, n);
		at += n;
		if (at == WHOLE)
			put("\0\0\0\1d", 5);
		while (agentframe_read(&frame, pair[0]) == AGENTFRAME_PART &&
		    frame.have < at)
			;
		ck_assert_uint_le(frame.size, 2 * at + 4096);
		ck_assert_int_lt(turns++, 1000);
	}
	ck_assert_int_eq(agentframe_look(&frame), AGENTFRAME_WHOLE);
	ck_assert_int_eq(memcmp(agentframe_whole(&frame, &len), big, WHOLE),
	    0);
	ck_assert_uint_eq(len, WHOLE);
	agentframe_drop(&frame);
	ck_assert_uint_le(frame.size, 4096);
	ck_assert_int_eq(agentframe_read(&frame, pair[0]), AGENTFRAME_WHOLE);
	expect("d");
}
END_TEST

/*
 * Would have caught a large buffer that is filled with small requests, which
 * would all be answered before anybody else's turn.
 */
START_TEST(reads_little_ahead)
{
	static uint8_t small[5 * 8000];
	size_t i;

	for (i = 3; i < sizeof(small); i += 5)
		small[i] = 1;
	bigendian_put(big, 20000 - 4);
	put(big, 19999);
	while (frame.have < 19999)
		ck_assert_int_eq(agentframe_read(&frame, pair[0]),
		    AGENTFRAME_PART);
	put(big, 1);
	put(small, sizeof(small));
	ck_assert_int_eq(agentframe_read(&frame, pair[0]), AGENTFRAME_WHOLE);
	ck_assert_uint_le(frame.have, 20000 + 4096);
}
END_TEST

/* agent 15: would have caught half a message that is taken for a whole one. */
START_TEST(ends)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum agentframe_result result;
	} ways[] = {
		{ "", 0, AGENTFRAME_END },
		{ "\0\0", 2, AGENTFRAME_CUT },
		{ "\0\0\0\2", 4, AGENTFRAME_CUT },
		{ "\0\0\0\2a", 5, AGENTFRAME_CUT },
	};
	int i;

	for (i = 0; i < 4; i++) {
		(void)close(pair[0]);
		(void)close(pair[1]);
		ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
		if (ways[i].len > 0) {
			put(ways[i].bytes, ways[i].len);
			ck_assert_int_eq(agentframe_read(&frame, pair[0]),
			    AGENTFRAME_PART);
		}
		(void)shutdown(pair[1], SHUT_WR);
		ck_assert_int_eq(agentframe_read(&frame, pair[0]),
		    ways[i].result);
		agentframe_clear(&frame);
	}
}
END_TEST

/* Would have caught a reply that keeps the length, or the bytes, it had. */
START_TEST(shorter)
{
	size_t len;
	uint8_t *body;

	put("\0\0\0\5abcde\0\0\0\1d", 14);
	ck_assert_int_eq(agentframe_read(&frame, pair[0]), AGENTFRAME_WHOLE);
	body = agentframe_body(&frame, &len);
	agentframe_shorten(&frame, 2);
	expect("ab");
	ck_assert(!agentframe_has_more(&frame));
	ck_assert_int_eq(memcmp(body + 2, "\0\0\0\0\0\0\0\0", 8), 0);
	/* it is no way to make it longer, or nothing */
	agentframe_shorten(&frame, 3);
	expect("ab");
	agentframe_shorten(&frame, 0);
	expect("ab");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("agentframe");
	TCase *tc = tcase_create("agentframe");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, byte_by_byte);
	tcase_add_test(tc, many_at_once);
	tcase_add_test(tc, limits);
	tcase_add_test(tc, largest);
	tcase_add_test(tc, reads_little_ahead);
	tcase_add_test(tc, ends);
	tcase_add_test(tc, shorter);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
