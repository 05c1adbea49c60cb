/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* Whose window decides how large the pty is. */

#include "config.h"
#include "sizing.h"

#include <sys/ioctl.h>

#include <check.h>
#include <string.h>
#include <unistd.h>

#include "pty.h"
#include "run.h"
#include "salon.h"

static struct salon salon;

static void
setup(void)
{
	salon_open_pty(&salon, 4096);
}

static void
teardown(void)
{
	salon_close(&salon);
}

static int
arrive(uint32_t flags, uint16_t rows, uint16_t cols, uint8_t policy)
{
	const struct proto_attach attach = {
		.flags = flags | PROTO_HAVE,
		.size = { rows, cols, 10, 20 }, .policy = policy,
	};
	const int end = salon_visitor(&salon);

	salon_say_attach(&salon, end, &attach, -1);
	return end;
}

static void
resize(int end, uint16_t rows, uint16_t cols)
{
	const struct proto_size size = { rows, cols, 0, 0 };
	unsigned char buf[PROTO_SIZE_LEN];

	proto_put_size(buf, &size);
	salon_say(&salon, end, PROTO_RESIZE, buf, sizeof(buf));
}

static void
leave(int end)
{
	(void)close(end);
	salon_settle(&salon);
}

static void
expect(int rows, int cols)
{
	struct winsize ws;

	ck_assert_int_eq(pty_get_size(salon.program, &ws), 0);
	ck_assert_int_eq(ws.ws_row, rows);
	ck_assert_int_eq(ws.ws_col, cols);
}

/* Would have caught one who only reads, or has no window, being the latest. */
START_TEST(latest)
{
	const int a = arrive(0, 30, 100, 0), b = arrive(0, 40, 90, 0);
	int c, d, e;

	expect(40, 90);
	salon_say(&salon, a, PROTO_INPUT, "x", 1);
	expect(30, 100);
	resize(b, 41, 91);
	expect(41, 91);
	c = arrive(PROTO_READONLY, 5, 5, 0);
	d = arrive(PROTO_NO_SIZE, 6, 6, 0);
	e = arrive(0, 0, 0, 0);
	resize(c, 7, 7);
	resize(d, 8, 8);
	salon_say(&salon, d, PROTO_INPUT, "x", 1);
	salon_say(&salon, e, PROTO_INPUT, "x", 1);
	expect(41, 91);
	leave(b);
	expect(30, 100);
	leave(a);
	/* nobody counts: as it was */
	expect(30, 100);
	leave(c);
	leave(d);
	leave(e);
}
END_TEST

START_TEST(smallest)
{
	const int a = arrive(0, 30, 100, PROTO_SMALLEST);
	const int b = arrive(0, 40, 90, 0);
	const int c = arrive(PROTO_READONLY, 2, 2, 0);

	expect(30, 90);
	ck_assert_int_eq(salon.session.sizing.size.xpixel, 0);
	salon_say(&salon, b, PROTO_INPUT, "x", 1);
	expect(30, 90);
	resize(b, 20, 200);
	expect(20, 100);
	leave(b);
	expect(30, 100);
	ck_assert_int_eq(salon.session.sizing.size.xpixel, 10);
	leave(a);
	leave(c);
}
END_TEST

START_TEST(largest)
{
	const int a = arrive(0, 30, 100, PROTO_LARGEST);
	const int b = arrive(0, 40, 90, 0);

	expect(40, 100);
	leave(a);
	expect(40, 90);
	leave(b);
}
END_TEST

START_TEST(first)
{
	const int a = arrive(0, 30, 100, PROTO_FIRST);
	const int b = arrive(0, 40, 90, 0);

	expect(30, 100);
	resize(b, 41, 91);
	salon_say(&salon, b, PROTO_INPUT, "x", 1);
	expect(30, 100);
	resize(a, 31, 101);
	expect(31, 101);
	leave(a);
	expect(41, 91);
	leave(b);
}
END_TEST

START_TEST(fixed)
{
	const int a = arrive(0, 30, 100, PROTO_FIXED);

	resize(a, 31, 101);
	expect(24, 80);
	/* another one has another wish */
	leave(arrive(0, 50, 60, PROTO_LATEST));
	expect(31, 101);
	leave(a);
}
END_TEST

/* Would have caught a policy of a newer version becoming one of ours. */
START_TEST(unknown_policy)
{
	const int a = arrive(0, 30, 100, PROTO_POLICIES);
	const int b = arrive(0, 31, 101, 255);

	ck_assert_int_eq(salon.session.sizing.policy, PROTO_LATEST);
	expect(31, 101);
	leave(a);
	leave(b);
}
END_TEST

/*
 * Would have caught a program that does not paint for who returns at the same
 * size, a row that is lost for ever, and one that is put back over a size that
 * came meanwhile.
 */
START_TEST(repaint)
{
	const struct proto_attach attach = { .size = { 24, 80, 0, 0 } };
	int a, b;

	salon_puts(&salon, "text");
	/* it was of that size all the time, so nothing is missing */
	a = salon_viewer(&salon, 0, 0);
	expect(24, 80);
	resize(a, 25, 80);
	salon_puts(&salon, "text");
	resize(a, 24, 80);
	b = salon_visitor(&salon);
	salon_say_attach(&salon, b, &attach, -1);
	expect(23, 80);
	ck_assert_int_eq(salon.session.sizing.size.rows, 24);
	salon_pass(&salon, 50);
	expect(24, 80);
	leave(b);
	b = salon_viewer(&salon, 0, 0);
	expect(23, 80);
	resize(b, 50, 60);
	expect(50, 60);
	salon_pass(&salon, 50);
	expect(50, 60);
	leave(a);
	leave(b);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("sizing");
	TCase *tc = tcase_create("sizing");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, latest);
	tcase_add_test(tc, smallest);
	tcase_add_test(tc, largest);
	tcase_add_test(tc, first);
	tcase_add_test(tc, fixed);
	tcase_add_test(tc, unknown_policy);
	tcase_add_test(tc, repaint);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
