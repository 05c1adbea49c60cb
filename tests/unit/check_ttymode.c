/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What OpenSSH makes of a client's modes was measured at a stock sshd 9.2p1,
 * by a client that sends any bytes; the expectations here are what came out.
 */

#include "config.h"
#include "ttymode.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pty.h"
#include "run.h"

static struct termios usual;

/* A terminal as the kernel makes it, or much the same. */
static void
setup(void)
{
	memset(&usual, 0, sizeof(usual));
	usual.c_iflag = ICRNL | IXON;
	usual.c_oflag = OPOST | ONLCR;
	usual.c_cflag = CS8 | CREAD;
	usual.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL |
	    ECHOKE | IEXTEN;
	usual.c_cc[VINTR] = 3;
	usual.c_cc[VEOF] = 4;
	usual.c_cc[VMIN] = 1;
	ck_assert_int_eq(cfsetispeed(&usual, B38400), 0);
	ck_assert_int_eq(cfsetospeed(&usual, B38400), 0);
}

/*
 * The table for a second time, with the numbers of RFC 4254 and of Linux, so
 * that a wrong line in the first does not agree with itself in both
 * directions: 'c' is an index into c_cc, the others are bits of a field.
 */
static const struct row {
	unsigned char op;
	char field;
	unsigned int value;
} table[] = {
	{ 1, 'c', 0 }, { 2, 'c', 1 }, { 3, 'c', 2 }, { 4, 'c', 3 },
	{ 5, 'c', 4 }, { 6, 'c', 11 }, { 7, 'c', 16 }, { 8, 'c', 8 },
	{ 9, 'c', 9 }, { 10, 'c', 10 }, { 12, 'c', 12 }, { 13, 'c', 14 },
	{ 14, 'c', 15 }, { 18, 'c', 13 },
	{ 30, 'i', 04 }, { 31, 'i', 010 }, { 32, 'i', 020 },
	{ 33, 'i', 040 }, { 34, 'i', 0100 }, { 35, 'i', 0200 },
	{ 36, 'i', 0400 }, { 37, 'i', 01000 }, { 38, 'i', 02000 },
	{ 39, 'i', 04000 }, { 40, 'i', 010000 }, { 41, 'i', 020000 },
	{ 42, 'i', 040000 },
	{ 50, 'l', 01 }, { 51, 'l', 02 }, { 52, 'l', 04 }, { 53, 'l', 010 },
	{ 54, 'l', 020 }, { 55, 'l', 040 }, { 56, 'l', 0100 },
	{ 57, 'l', 0200 }, { 58, 'l', 0400 }, { 59, 'l', 0100000 },
	{ 60, 'l', 01000 }, { 61, 'l', 04000 }, { 62, 'l', 040000 },
	{ 70, 'o', 01 }, { 71, 'o', 02 }, { 72, 'o', 04 }, { 73, 'o', 010 },
	{ 74, 'o', 020 }, { 75, 'o', 040 },
	{ 90, 'f', 040 }, { 91, 'f', 060 }, { 92, 'f', 0400 },
	{ 93, 'f', 01000 },
};
#define NROWS (sizeof(table) / sizeof(table[0]))

static tcflag_t *
field_of(struct termios *t, char field)
{
	switch (field) {
	case 'i':
		return &t->c_iflag;
	case 'o':
		return &t->c_oflag;
	case 'f':
		return &t->c_cflag;
	default:
		return &t->c_lflag;
	}
}

static void
expect_same(const struct termios *got, const struct termios *want)
{
	ck_assert_uint_eq(got->c_iflag, want->c_iflag);
	ck_assert_uint_eq(got->c_oflag, want->c_oflag);
	ck_assert_uint_eq(got->c_cflag, want->c_cflag);
	ck_assert_uint_eq(got->c_lflag, want->c_lflag);
	ck_assert_int_eq(memcmp(got->c_cc, want->c_cc, sizeof(got->c_cc)), 0);
	ck_assert_uint_eq(cfgetispeed(got), cfgetispeed(want));
	ck_assert_uint_eq(cfgetospeed(got), cfgetospeed(want));
}

/* Apply a string literal with NULs in it. */
#define APPLY(t, bytes) \
	ttymode_apply((bytes), sizeof(bytes) - 1, (t))

/* Each mode, on and off, and that nothing else moves with it. */
START_TEST(each_mode)
{
	const struct row *row = &table[_i];
	unsigned char modes[] = { row->op, 0, 0, 0, 0, 0 };
	struct termios t, want;

	for (modes[4] = 0; modes[4] < 3; modes[4]++) {
		t = want = usual;
		if (row->field == 'c')
			want.c_cc[row->value] = modes[4];
		else if (modes[4] != 0)
			*field_of(&want, row->field) |= row->value;
		else
			*field_of(&want, row->field) &= ~row->value;
		ck_assert_int_eq(ttymode_apply(modes, sizeof(modes), &t),
		    TTYMODE_APPLIED);
		expect_same(&t, &want);
	}
}
END_TEST

/* "On" is any number that is not 0, in whichever byte of it. */
START_TEST(on_is_any_number)
{
	struct termios t = usual;

	ck_assert_int_eq(APPLY(&t, "\x38\x01\x00\x00\x00\x00"),
	    TTYMODE_APPLIED);
	ck_assert_uint_eq(t.c_lflag, usual.c_lflag | ECHONL);
}
END_TEST

/* One behind the other; where two say something, the last one is right. */
START_TEST(several)
{
	struct termios t = usual, want = usual;

	want.c_lflag &= ~(tcflag_t)ECHO;
	want.c_cc[VINTR] = 'y';
	want.c_iflag |= IUTF8;
	ck_assert_int_eq(APPLY(&t, "\x01\0\0\0x" "\x35\0\0\0\1"
	    "\x2a\0\0\0\1" "\x35\0\0\0\0" "\x01\0\0\0y" "\0"),
	    TTYMODE_APPLIED);
	expect_same(&t, &want);
}
END_TEST

/* How a string of modes may end, and what it is then. */
static const struct {
	const char *bytes;
	size_t len;
	enum ttymode_result result;
	int echo_off;
} ends[] = {
#define END(bytes, result, off) { bytes, sizeof(bytes) - 1, result, off }
	END("", TTYMODE_APPLIED, 0),
	END("\0", TTYMODE_APPLIED, 0),
	END("\x35\0\0\0\0\0", TTYMODE_APPLIED, 1),
	/* the end is optional */
	END("\x35\0\0\0\0", TTYMODE_APPLIED, 1),
	/* behind it there is nothing, or there was nothing at all */
	END("\x35\0\0\0\0\0\x99", TTYMODE_VOID, 0),
	END("\x35\0\0\0\0\0\0", TTYMODE_VOID, 0),
	END("\0\x35\0\0\0\0", TTYMODE_VOID, 0),
	/* 160 and above have no argument, and end it */
	END("\x35\0\0\0\0\xa0", TTYMODE_APPLIED, 1),
	END("\x35\0\0\0\0\xc8", TTYMODE_APPLIED, 1),
	END("\x35\0\0\0\0\xff", TTYMODE_APPLIED, 1),
	END("\x35\0\0\0\0\xa0\0\0\0\0", TTYMODE_VOID, 0),
	END("\x35\0\0\0\0\xc8\0", TTYMODE_VOID, 0),
	END("\xa0", TTYMODE_APPLIED, 0),
	/* 159 has one, as unknown as it is */
	END("\x35\0\0\0\0\x9f\0\0\0\0\0", TTYMODE_APPLIED, 1),
	END("\x35\0\0\0\0\x9f", TTYMODE_TRUNCATED, 0),
	/* sshd ends the connection */
	END("\x35", TTYMODE_TRUNCATED, 0),
	END("\x35\0", TTYMODE_TRUNCATED, 0),
	END("\x35\0\0", TTYMODE_TRUNCATED, 0),
	END("\x35\0\0\0", TTYMODE_TRUNCATED, 0),
	END("\x35\0\0\0\0\x01\0\0\0", TTYMODE_TRUNCATED, 0),
	END("\x35\0\0\0\0\x80\0\0", TTYMODE_TRUNCATED, 0),
};

START_TEST(the_end)
{
	struct termios t = usual, want = usual;

	if (ends[_i].echo_off)
		want.c_lflag &= ~(tcflag_t)ECHO;
	ck_assert_int_eq(ttymode_apply(ends[_i].bytes, ends[_i].len, &t),
	    ends[_i].result);
	expect_same(&t, &want);
}
END_TEST

/* No bytes at all may have no address. */
START_TEST(nothing)
{
	struct termios t = usual;

	ck_assert_int_eq(ttymode_apply(NULL, 0, &t), TTYMODE_APPLIED);
	expect_same(&t, &usual);
}
END_TEST

/* 255 is "none", by the whole number; what is cut to 255 is a character. */
START_TEST(characters)
{
	struct termios t = usual;

	ck_assert_int_eq(APPLY(&t, "\x01\0\0\0\xff" "\x02\0\0\1\xff"
	    "\x03\0\0\1\0" "\x04\xff\xff\xff\x41" "\0"), TTYMODE_APPLIED);
	ck_assert_uint_eq(t.c_cc[VINTR], _POSIX_VDISABLE);
	ck_assert_uint_eq(t.c_cc[VQUIT], 0xff);
	ck_assert_uint_eq(t.c_cc[VERASE], 0);
	ck_assert_uint_eq(t.c_cc[VKILL], 'A');
}
END_TEST

/*
 * Those that Linux does not have, and those that nobody has: each of 1 to 159
 * has an argument.  Would have caught one taken for the next opcode, and VSWTCH
 * written to VSWTC, which is something else.
 */
START_TEST(unknown_is_skipped)
{
	unsigned char modes[] = { (unsigned char)_i, 0x35, 0x35, 0x35, 0x35,
		0x38, 0, 0, 0, 1, 0 };
	struct termios t = usual, want = usual;
	size_t i;

	for (i = 0; i < NROWS; i++)
		if (table[i].op == _i || _i == 128 || _i == 129)
			return;
	want.c_lflag |= ECHONL;
	ck_assert_int_eq(ttymode_apply(modes, sizeof(modes), &t),
	    TTYMODE_APPLIED);
	expect_same(&t, &want);
}
END_TEST

static const struct {
	const char *bytes;
	speed_t speed;
} speeds[] = {
	{ "\0\0\0\0", B0 }, { "\0\0\0\x32", B50 }, { "\0\0\0\x4b", B75 },
	{ "\0\0\0\x6e", B110 }, { "\0\0\0\x86", B134 },
	{ "\0\0\0\x96", B150 }, { "\0\0\0\xc8", B200 },
	{ "\0\0\x01\x2c", B300 }, { "\0\0\x02\x58", B600 },
	{ "\0\0\x04\xb0", B1200 }, { "\0\0\x07\x08", B1800 },
	{ "\0\0\x09\x60", B2400 }, { "\0\0\x12\xc0", B4800 },
	{ "\0\0\x25\x80", B9600 }, { "\0\0\x4b\0", B19200 },
	{ "\0\0\x96\0", B38400 }, { "\0\0\xe1\0", B57600 },
	{ "\0\1\xc2\0", B115200 }, { "\0\3\x84\0", B230400 },
	/* 460800, 9601, -1, 15 (Linux's B38400): not among them */
	{ "\0\x07\x08\0", B9600 }, { "\0\0\x25\x81", B9600 },
	{ "\xff\xff\xff\xff", B9600 }, { "\0\0\0\x0f", B9600 },
};
#define NSPEEDS (sizeof(speeds) / sizeof(speeds[0]))
/* Up to here the rate is told as what it is. */
#define NKNOWN (NSPEEDS - 4)

/* Would have caught a rate stored as the number that was sent. */
START_TEST(speed)
{
	unsigned char modes[] = { 129, 0, 0, 0, 0, 0 }, buf[TTYMODE_SIZE];
	struct termios t = usual;

	memcpy(modes + 1, speeds[_i].bytes, 4);
	ck_assert_int_eq(ttymode_apply(modes, sizeof(modes), &t),
	    TTYMODE_APPLIED);
	ck_assert_uint_eq(cfgetospeed(&t), speeds[_i].speed);
	modes[0] = 128;
	ck_assert_int_eq(ttymode_apply(modes, sizeof(modes), &t),
	    TTYMODE_APPLIED);
	ck_assert_uint_eq(cfgetospeed(&t), speeds[_i].speed);
	if ((size_t)_i >= NKNOWN)
		return;
	ck_assert_int_gt(ttymode_encode(&t, buf, sizeof(buf)), 10);
	ck_assert_int_eq(memcmp(buf + 1, speeds[_i].bytes, 4), 0);
}
END_TEST

/*
 * What is written, byte for byte: the rates, then the table, the end; 255 for
 * no character; CS7 for CS8, whose bits it has.
 */
START_TEST(encode)
{
	unsigned char buf[TTYMODE_SIZE], *p = buf + 10;
	struct termios t = usual;
	const struct row *row;
	unsigned int want;

	t.c_cc[VEOL2] = 0xff;
	ck_assert_int_eq(ttymode_encode(&t, buf, sizeof(buf)),
	    (int)(10 + 5 * NROWS + 1));
	ck_assert_int_eq(memcmp(buf, "\x81\0\0\x96\0\x80\0\0\x96\0", 10), 0);
	for (row = table; row < table + NROWS; row++, p += 5) {
		if (row->field != 'c')
			want = (*field_of(&t, row->field) & row->value) != 0;
		else if ((want = t.c_cc[row->value]) == 0)
			want = 255;
		ck_assert_uint_eq(p[0], row->op);
		ck_assert_int_eq(memcmp(p + 1, "\0\0\0", 3), 0);
		ck_assert_uint_eq(p[4], want);
	}
	ck_assert_uint_eq(*p, 0);
}
END_TEST

/* Would have caught a write past the end, and modes without theirs. */
START_TEST(encode_without_room)
{
	unsigned char buf[TTYMODE_SIZE];
	const ssize_t len = ttymode_encode(&usual, buf, sizeof(buf));
	size_t size;

	ck_assert_int_gt(len, 0);
	for (size = 0; size < (size_t)len; size++) {
		memset(buf, 0xee, sizeof(buf));
		errno = 0;
		ck_assert_int_eq(ttymode_encode(&usual, buf, size), -1);
		ck_assert_int_eq(errno, ENOSPC);
		ck_assert_uint_eq(buf[size], 0xee);
	}
	ck_assert_int_eq(ttymode_encode(&usual, buf, size), (int)len);
}
END_TEST

/* Every bit and every character of the table, there and back. */
START_TEST(there_and_back)
{
	unsigned char buf[TTYMODE_SIZE];
	struct termios from = usual, to;
	const struct row *row;
	unsigned int i;
	ssize_t len;

	for (i = 0; i < NROWS; i++) {
		for (row = table; row < table + NROWS; row++)
			if (row->field == 'c')
				from.c_cc[row->value] ^=
				    (cc_t)(row->op + i);
		row = &table[i];
		if (row->field != 'c' && row->field != 'f')
			*field_of(&from, row->field) ^= row->value;
		ck_assert_int_gt(len = ttymode_encode(&from, buf,
		    sizeof(buf)), 0);
		to = usual;
		ck_assert_int_eq(ttymode_apply(buf, (size_t)len, &to),
		    TTYMODE_APPLIED);
		expect_same(&to, &from);
	}
}
END_TEST

/*
 * On a pty, where the kernel has its own opinion of a rate of each direction
 * and of the size of a character.
 */
START_TEST(on_a_pty)
{
	char name[PTY_NAME_SIZE];
	struct termios t, before;
	int master, slave;

	ck_assert_int_eq(pty_open(&master, &slave, name), 0);
	ck_assert_int_eq(tcgetattr(slave, &before), 0);
	t = before;
	ck_assert_int_eq(APPLY(&t, "\x81\0\1\xc2\0" "\x80\0\0\x25\x80"
	    "\x5a\0\0\0\0" "\x5b\0\0\0\0" "\x35\0\0\0\0" "\x01\0\0\0x" "\0"),
	    TTYMODE_APPLIED);
	ck_assert_int_eq(tcsetattr(slave, TCSANOW, &t), 0);
	ck_assert_int_eq(tcgetattr(slave, &t), 0);
	ck_assert_uint_eq(cfgetospeed(&t), B9600);
	ck_assert_uint_eq(cfgetispeed(&t), B9600);
	ck_assert_uint_eq(t.c_cflag & CSIZE, CS8);
	ck_assert_uint_eq(t.c_lflag, before.c_lflag & ~(tcflag_t)ECHO);
	ck_assert_uint_eq(t.c_cc[VINTR], 'x');
	/* 0 is a rate as well: the terminal lives */
	ck_assert_int_eq(APPLY(&t, "\x81\0\0\0\0"), TTYMODE_APPLIED);
	ck_assert_int_eq(tcsetattr(slave, TCSANOW, &t), 0);
	ck_assert_int_eq(tcgetattr(slave, &t), 0);
	ck_assert_uint_eq(cfgetospeed(&t), B0);
	ck_assert_int_eq(write(slave, "x", 1), 1);
	(void)close(master);
	(void)close(slave);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ttymode");
	TCase *tc = tcase_create("ttymode");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_loop_test(tc, each_mode, 0, NROWS);
	tcase_add_test(tc, on_is_any_number);
	tcase_add_test(tc, several);
	tcase_add_loop_test(tc, the_end, 0,
	    sizeof(ends) / sizeof(ends[0]));
	tcase_add_test(tc, nothing);
	tcase_add_test(tc, characters);
	tcase_add_loop_test(tc, unknown_is_skipped, 1, 160);
	tcase_add_loop_test(tc, speed, 0, NSPEEDS);
	tcase_add_test(tc, encode);
	tcase_add_test(tc, encode_without_room);
	tcase_add_test(tc, there_and_back);
	tcase_add_test(tc, on_a_pty);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
