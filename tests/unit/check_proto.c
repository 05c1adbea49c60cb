/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* What goes over the wire, to the byte: versions of different age meet. */

#include "config.h"
#include "proto.h"

#include <sys/socket.h>

#include <check.h>
#include <string.h>
#include <unistd.h>

#include "packet.h"
#include "run.h"

/* Would have caught another order of bytes, or of members. */
START_TEST(attach)
{
	static const unsigned char want[PROTO_ATTACH_LEN] = {
		0x01, 0x02, 0x03, 0x04,
		0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18,
		0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x31, 0x32,
	};
	const struct proto_attach in = {
		.flags = 0x01020304, .offset = 0x1112131415161718,
		.size = { 0x2122, 0x2324, 0x2526, 0x2728 },
		.key = 0x31, .policy = 0x32,
	};
	unsigned char buf[PROTO_ATTACH_LEN + 4] = { 0 };
	struct proto_attach out;
	size_t n;

	proto_put_attach(buf, &in);
	ck_assert_int_eq(memcmp(buf, want, sizeof(want)), 0);
	for (n = 0; n < PROTO_ATTACH_LEN; n++)
		ck_assert_int_eq(proto_get_attach(&out, buf, n), -1);
	/* a newer version says more */
	ck_assert_int_eq(proto_get_attach(&out, buf, sizeof(buf)), 0);
	ck_assert_uint_eq(out.flags, in.flags);
	ck_assert_uint_eq(out.offset, in.offset);
	ck_assert_int_eq(memcmp(&out.size, &in.size, sizeof(in.size)), 0);
	ck_assert_uint_eq(out.key, in.key);
	ck_assert_uint_eq(out.policy, in.policy);
}
END_TEST

/* Would have caught a read behind a message that is too short. */
START_TEST(too_short)
{
	const unsigned char buf[8] = { 0xff, 0xfe, 3, 4, 5, 6, 7, 8 };
	struct proto_size size;
	uint64_t offset;
	uint32_t number;
	size_t n;

	for (n = 0; n < 8; n++) {
		ck_assert_int_eq(proto_get_size(&size, buf, n), -1);
		ck_assert_int_eq(proto_get_offset(&offset, buf, n), -1);
		ck_assert_int_eq(proto_get_number(&number, buf, n),
		    n < 4 ? -1 : 0);
	}
	ck_assert_int_eq(proto_get_size(&size, buf, n), 0);
	ck_assert_uint_eq(size.rows, 0xfffe);
	ck_assert_uint_eq(size.ypixel, 0x0708);
	ck_assert_int_eq(proto_get_offset(&offset, buf, n), 0);
	ck_assert_uint_eq(offset, 0xfffe030405060708);
	ck_assert_int_eq(proto_get_number(&number, buf, n), 0);
	ck_assert_uint_eq(number, 0xfffe0304);
}
END_TEST

/*
 * Would have caught a type that has become another one: what is on the wire
 * is of version 1 for ever.
 */
START_TEST(types)
{
	static const struct {
		int type, want;
	} rows[] = {
		{ PROTO_HELLO, 1 }, { PROTO_ATTACH, 10 }, { PROTO_INPUT, 11 },
		{ PROTO_RESIZE, 12 }, { PROTO_DETACH, 13 },
		{ PROTO_ENVIRON, 14 }, { PROTO_KILL, 15 }, { PROTO_PEEK, 16 },
		{ PROTO_WAIT, 17 }, { PROTO_PAUSE, 18 }, { PROTO_RESUME, 19 },
		{ PROTO_DUMP_HEAD, 20 }, { PROTO_DUMP, 21 },
		{ PROTO_REFUSED, 50 }, { PROTO_ATTACHED, 51 },
		{ PROTO_PAINT, 52 }, { PROTO_OUTPUT, 53 }, { PROTO_GAP, 54 },
		{ PROTO_SIZE, 55 }, { PROTO_EXIT, 56 }, { PROTO_DETACHED, 57 },
		{ PROTO_DUMP_WANTED, 58 }, { PROTO_PAUSED, 59 },
		{ PROTO_ASKED, 1 }, { PROTO_OTHER, 2 }, { PROTO_LOST, 3 },
		{ PROTO_PAINTED, 4 },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_int_eq(rows[i].type, rows[i].want);
	ck_assert_uint_eq(PROTO_VERSION, 1);
	for (i = 0; i < PROTO_POLICIES; i++)
		ck_assert_ptr_nonnull(proto_policy_names[i]);
}
END_TEST

/* Would have caught a number that is sent as it stands in memory. */
START_TEST(sent)
{
	unsigned char buf[PACKET_BUFFER];
	struct packet packet;
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	ck_assert_int_eq(proto_send_number(pair[0], PROTO_EXIT, 0x0a0b), 0);
	ck_assert_int_eq(packet_receive(pair[1], buf, &packet), 1);
	ck_assert_int_eq(packet.type, PROTO_EXIT);
	ck_assert_uint_eq(packet.len, 4);
	ck_assert_int_eq(memcmp(packet.data, "\0\0\012\013", 4), 0);
	ck_assert_int_eq(proto_send_word(pair[0], PROTO_KILL), 0);
	ck_assert_int_eq(packet_receive(pair[1], buf, &packet), 1);
	ck_assert_int_eq(packet.type, PROTO_KILL);
	ck_assert_uint_eq(packet.len, 0);
	(void)close(pair[0]);
	(void)close(pair[1]);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("proto");
	TCase *tc = tcase_create("proto");

	tcase_add_test(tc, attach);
	tcase_add_test(tc, too_short);
	tcase_add_test(tc, types);
	tcase_add_test(tc, sent);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
