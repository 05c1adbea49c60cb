/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "conninfo.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "run.h"

static const struct {
	const char *text, *address;
} good[] = {
	{ "192.0.2.7 50022 192.0.2.1 22", "192.0.2.7" },
	{ "0.0.0.0 0 0.0.0.0 65535", "0.0.0.0" },
	{ "2001:db8::7 1 2001:db8::1 22", "2001:db8::7" },
	{ "::ffff:192.0.2.7 1 ::1 22", "::ffff:192.0.2.7" },
	{ "fe80::1%eth0 1 fe80::2%eth0.7 22", "fe80::1%eth0" },
	{ "fe80::1%br-lan_0 1 ::1 22", "fe80::1%br-lan_0" },
};

START_TEST(as_sshd_writes_it)
{
	struct conninfo conn;

	ck_assert_int_eq(conninfo_parse(good[_i].text, &conn), 0);
	ck_assert_str_eq(conn.address, good[_i].address);
	ck_assert_str_eq(conn.text, good[_i].text);
}
END_TEST

/*
 * Would have caught each way for a word that is no address to become the
 * fact of a Match, or to put more words into a session's SSH_CONNECTION.
 */
static const char *const bad[] = {
	"", " ", "192.0.2.7", "192.0.2.7 1", "192.0.2.7 1 192.0.2.1",
	"192.0.2.7 1 192.0.2.1 ", "192.0.2.7 1 192.0.2.1 22 ",
	"192.0.2.7 1 192.0.2.1 22 x", " 192.0.2.7 1 192.0.2.1 22",
	"192.0.2.7  1 192.0.2.1 22", "192.0.2.7\t1 192.0.2.1 22",
	"192.0.2.7 1 192.0.2.1 22\n", "192.0.2.7 65536 192.0.2.1 22",
	"192.0.2.7 -1 192.0.2.1 22", "192.0.2.7 1 192.0.2.1 0x16",
	"192.0.2.7 1 UNKNOWN 22", "1 1 1 1", "192.0.2 1 192.0.2.1 22",
	"192.0.2.007 1 192.0.2.1 22", "localhost 1 192.0.2.1 22",
	"192.0.2.7%eth0 1 192.0.2.1 22", "fe80::1% 1 ::1 22",
	"fe80::1%eth0\n 1 ::1 22", "fe80::1%a\"b 1 ::1 22",
	"fe80::1%eth0%eth1 1 ::1 22", "192.0.2.0/24 1 192.0.2.1 22",
	"UNKNOWN", "unknown 65535 UNKNOWN 65535", "UNKNOWNX 1 ::1 22",
	"fe80::1%aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1 ::1 1",
};

START_TEST(as_nobody_should_write_it)
{
	struct conninfo conn, before;

	memset(&conn, 'x', sizeof(conn));
	before = conn;
	ck_assert_int_eq(conninfo_parse(bad[_i], &conn), -1);
	ck_assert_int_eq(memcmp(&conn, &before, sizeof(conn)), 0);
}
END_TEST

/*
 * Over a unix socket sshd writes the path where the address should be.  Would
 * have caught it in a session's environment, and a login refused for it.
 */
START_TEST(no_address_at_all)
{
	static const char *const texts[] = { CONNINFO_UNKNOWN,
	    "UNKNOWN 65535 /run/a path/socket 65535", "UNKNOWN 65535  65535",
	    "UNKNOWN " };
	struct conninfo conn;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		memset(&conn, 'x', sizeof(conn));
		ck_assert_int_eq(conninfo_parse(texts[i], &conn), 0);
		ck_assert_str_eq(conn.address, "");
		ck_assert_str_eq(conn.text, CONNINFO_UNKNOWN);
	}
}
END_TEST

/* The longest that sshd prints; one byte more of either is not sshd's. */
START_TEST(the_longest_fits)
{
	char scope[64], text[CONNINFO_SIZE + 8];
	struct conninfo conn;
	int room = CONNINFO_ADDRESS_SIZE - 1 - (int)strlen("fe80::1%");

	memset(scope, 'e', sizeof(scope));
	(void)snprintf(text, sizeof(text), "fe80::1%%%.*s 65535 "
	    "fe80::1%%%.*s 65535", room, scope, room, scope);
	ck_assert_uint_eq(strlen(text), CONNINFO_SIZE - 1);
	ck_assert_int_eq(conninfo_parse(text, &conn), 0);
	ck_assert_str_eq(conn.text, text);
	(void)snprintf(text, sizeof(text), "fe80::1%%%.*s 1 ::1 22", room + 1,
	    scope);
	ck_assert_int_eq(conninfo_parse(text, &conn), -1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("conninfo");
	TCase *tc = tcase_create("conninfo");

	tcase_add_loop_test(tc, as_sshd_writes_it, 0,
	    (int)(sizeof(good) / sizeof(good[0])));
	tcase_add_loop_test(tc, as_nobody_should_write_it, 0,
	    (int)(sizeof(bad) / sizeof(bad[0])));
	tcase_add_test(tc, no_address_at_all);
	tcase_add_test(tc, the_longest_fits);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
