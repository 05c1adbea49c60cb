/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* Who may come from where is decided here, so every row is a rule. */

#include "config.h"
#include "addrlist.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "run.h"

static const struct {
	const char *address;
	const char *list;
	int result;
} rows[] = {
	{ "192.0.2.1", "192.0.2.1", 1 },
	{ "192.0.2.1", "192.0.2.2", 0 },
	{ "192.0.2.1", "192.0.2.0/24", 1 },
	{ "192.0.3.1", "192.0.2.0/24", 0 },
	{ "192.0.2.129", "192.0.2.128/25", 1 },
	{ "192.0.2.127", "192.0.2.128/25", 0 },
	{ "192.0.2.1", "0.0.0.0/0", 1 },
	{ "2001:db8::1", "0.0.0.0/0", 0 },
	{ "192.0.2.1", "::/0", 0 },
	{ "2001:db8::1", "::/0", 1 },
	{ "2001:db8::1", "2001:db8::/32", 1 },
	{ "2001:db9::1", "2001:db8::/32", 0 },
	{ "2001:DB8:0::1", "2001:db8::1", 1 },
	{ "2001:db8::1", "2001:db8::1/128", 1 },
	{ "2001:db8::2", "2001:db8::1/128", 0 },
	{ "2001:db8:8000::", "2001:db8:8000::/33", 1 },
	{ "2001:db8:7fff::", "2001:db8:8000::/33", 0 },
	/* negation decides, wherever it stands; alone it matches nothing */
	{ "10.1.1.1", "10.0.0.0/8,!10.1.0.0/16", -1 },
	{ "10.1.1.1", "!10.1.0.0/16,10.0.0.0/8", -1 },
	{ "10.2.1.1", "!10.1.0.0/16,10.0.0.0/8", 1 },
	{ "10.2.1.1", "!10.1.0.0/16", 0 },
	{ "10.2.1.1", "!10.1.0.0/16,*", 1 },
	/* patterns see the address as it is usually written */
	{ "192.0.2.1", "192.0.2.*", 1 },
	{ "192.0.2.1", "192.0.?.1", 1 },
	{ "192.0.22.1", "192.0.?.1", 0 },
	{ "2001:DB8::1", "2001:db8:*", 1 },
	{ "192.0.2.1", "!192.0.2.*,*", -1 },
	/* sshd unfolds these before it says who is there */
	{ "::ffff:192.0.2.1", "192.0.2.0/24", 1 },
	{ "::ffff:10.0.0.1", "*,!10.*", -1 },
	/* and so they are in the list, or their '!' would be for nobody */
	{ "192.0.2.1", "::ffff:192.0.2.1", 1 },
	{ "::ffff:192.0.2.1", "::ffff:192.0.2.1", 1 },
	{ "192.0.2.1", "*,!::ffff:192.0.2.1", -1 },
	{ "192.0.2.1", "*,!::ffff:c000:200/120", -1 },
	{ "192.0.3.1", "*,!::ffff:192.0.2.0/120", 1 },
	{ "192.0.2.1", "::ffff:0:0/96", 1 },
	{ "2001:db8::1", "::ffff:0:0/96", 0 },
	{ "192.0.2.1", "::fffe:192.0.2.1", 0 },
	{ "2001:db8::1", "*,!2001:DB8:*", -1 },
	/* a scope in the list is one link, none is all of them */
	{ "fe80::1%eth0", "fe80::/10", 1 },
	{ "fe80::1%eth0", "fe80::1%eth0", 1 },
	{ "fe80::1%eth1", "fe80::1%eth0", 0 },
	{ "fe80::1", "fe80::1%eth0", 0 },
	/* what is no address is nowhere */
	{ "", "*", 0 },
	{ "UNKNOWN", "*", 0 },
	{ "localhost", "*", 0 },
	{ "10.1", "*", 0 },
	{ "192.0.2.1%eth0", "*", 0 },
	{ "192.0.2.1/32", "*", 0 },
	{ "fe80::1%", "*", 0 },
	/* and what is no list matches nothing, not even its good part */
	{ "192.0.2.1", "192.0.2.1,192.0.2.1/33", 0 },
};

/* Would have caught a mask of the wrong width, order, family or sign. */
START_TEST(match_rows)
{
	ck_assert_msg(addrlist_match(rows[_i].address, rows[_i].list) ==
	    rows[_i].result, "%s in %s", rows[_i].address, rows[_i].list);
}
END_TEST

static const struct {
	const char *list;
	const char *why;
} wrong[] = {
	{ "", "an empty element: neither" },
	{ ",", "an empty element: neither" },
	{ "!", "an empty element: neither" },
	{ "192.0.2.1,", "an empty element: neither" },
	{ "192.0.2.0/33", "192.0.2.0/33: not a mask length" },
	{ "::/129", "::/129: not a mask length" },
	{ "192.0.2.0/", "192.0.2.0/: not a mask length" },
	{ "192.0.2.0/-1", "192.0.2.0/-1: not a mask length" },
	{ "192.0.2.0/+8", "192.0.2.0/+8: not a mask length" },
	{ "192.0.2.0/ 8", "192.0.2.0/ 8: not a mask length" },
	{ "192.0.2.0/8x", "192.0.2.0/8x: not a mask length" },
	{ "192.0.2.0/255.255.255.0", "192.0.2.0/255.255.255.0: not a mask" },
	{ "192.0.2.1/24", "192.0.2.1/24: the address has bits beyond" },
	{ "2001:db8::1/64", "2001:db8::1/64: the address has bits beyond" },
	{ "192.0.2.0/24,10.0.0.1/8", "10.0.0.1/8: the address has bits" },
	{ "!10.0.0.1/8", "10.0.0.1/8: the address has bits" },
	{ "example.org", "example.org: neither" },
	{ "*.example.org", "*.example.org: neither" },
	{ "10.1", "10.1: neither" },
	{ "256.0.0.1", "256.0.0.1: neither" },
	{ "10.0.0.*/8", "10.0.0.*/8: neither" },
	{ "!!10.0.0.1", "!10.0.0.1: neither" },
	{ " 10.0.0.1", " 10.0.0.1: neither" },
};

/* Would have caught a rule that can never match and that nobody is told of. */
START_TEST(wrong_lists)
{
	char why[256] = "";

	ck_assert_int_eq(addrlist_check(wrong[_i].list, why, sizeof(why)), -1);
	ck_assert_msg(strncmp(why, wrong[_i].why, strlen(wrong[_i].why)) == 0,
	    "%s", why);
}
END_TEST

/* Would have caught a copy into less room than a word may have. */
START_TEST(long_elements)
{
	char list[4096], why[64];

	memset(list, '1', sizeof(list) - 1);
	list[sizeof(list) - 1] = '\0';
	ck_assert_int_eq(addrlist_check(list, why, sizeof(why)), -1);
	ck_assert_int_eq(addrlist_match("192.0.2.1", list), 0);
	ck_assert_int_eq(addrlist_match(list, "*"), 0);
	memcpy(list, "fe80::1%", 8);
	ck_assert_int_eq(addrlist_match(list, "*"), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("addrlist");
	TCase *tc = tcase_create("addrlist");

	tcase_add_loop_test(tc, match_rows, 0,
	    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_loop_test(tc, wrong_lists, 0,
	    (int)(sizeof(wrong) / sizeof(wrong[0])));
	tcase_add_test(tc, long_elements);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
