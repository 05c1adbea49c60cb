/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces the client, whose bytes these are.  One table is read in both
 * directions; what it does not have (VDSUSP, VFLUSH, VSWTCH, VSTATUS: no such
 * thing on Linux) is skipped like every opcode that nobody knows.
 */

#include "config.h"
#include "ttymode.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "bigendian.h"

enum {
	OP_END = 0,
	OP_ISPEED = 128,
	OP_OSPEED = 129,
	OP_UNDEFINED = 160,	/* from here on nobody knows what follows */
};

#define ARGUMENT_SIZE ((size_t)4)

/* A character that is switched off. */
#define DISABLED 255

/* What is assumed of a rate that is none of those below. */
#define USUAL_SPEED B9600
#define USUAL_BAUD 9600

/*
 * CHAR(opcode, index into c_cc), FLAG(opcode, field, bits): all of RFC 4254's
 * that there is here, in the order in which it is sent.
 */
#define TTYMODE_TABLE(CHAR, FLAG) \
	CHAR(1, VINTR) \
	CHAR(2, VQUIT) \
	CHAR(3, VERASE) \
	CHAR(4, VKILL) \
	CHAR(5, VEOF) \
	CHAR(6, VEOL) \
	CHAR(7, VEOL2) \
	CHAR(8, VSTART) \
	CHAR(9, VSTOP) \
	CHAR(10, VSUSP) \
	CHAR(12, VREPRINT) \
	CHAR(13, VWERASE) \
	CHAR(14, VLNEXT) \
	CHAR(18, VDISCARD) \
	FLAG(30, c_iflag, IGNPAR) \
	FLAG(31, c_iflag, PARMRK) \
	FLAG(32, c_iflag, INPCK) \
	FLAG(33, c_iflag, ISTRIP) \
	FLAG(34, c_iflag, INLCR) \
	FLAG(35, c_iflag, IGNCR) \
	FLAG(36, c_iflag, ICRNL) \
	FLAG(37, c_iflag, IUCLC) \
	FLAG(38, c_iflag, IXON) \
	FLAG(39, c_iflag, IXANY) \
	FLAG(40, c_iflag, IXOFF) \
	FLAG(41, c_iflag, IMAXBEL) \
	FLAG(42, c_iflag, IUTF8) \
	FLAG(50, c_lflag, ISIG) \
	FLAG(51, c_lflag, ICANON) \
	FLAG(52, c_lflag, XCASE) \
	FLAG(53, c_lflag, ECHO) \
	FLAG(54, c_lflag, ECHOE) \
	FLAG(55, c_lflag, ECHOK) \
	FLAG(56, c_lflag, ECHONL) \
	FLAG(57, c_lflag, NOFLSH) \
	FLAG(58, c_lflag, TOSTOP) \
	FLAG(59, c_lflag, IEXTEN) \
	FLAG(60, c_lflag, ECHOCTL) \
	FLAG(61, c_lflag, ECHOKE) \
	FLAG(62, c_lflag, PENDIN) \
	FLAG(70, c_oflag, OPOST) \
	FLAG(71, c_oflag, OLCUC) \
	FLAG(72, c_oflag, ONLCR) \
	FLAG(73, c_oflag, OCRNL) \
	FLAG(74, c_oflag, ONOCR) \
	FLAG(75, c_oflag, ONLRET) \
	FLAG(90, c_cflag, CS7) \
	FLAG(91, c_cflag, CS8) \
	FLAG(92, c_cflag, PARENB) \
	FLAG(93, c_cflag, PARODD)

/* The rates that an SSH peer can name and a terminal here can have. */
static const struct {
	unsigned int baud;
	speed_t speed;
} rates[] = {
	{ 0, B0 }, { 50, B50 }, { 75, B75 }, { 110, B110 }, { 134, B134 },
	{ 150, B150 }, { 200, B200 }, { 300, B300 }, { 600, B600 },
	{ 1200, B1200 }, { 1800, B1800 }, { 2400, B2400 }, { 4800, B4800 },
	{ 9600, B9600 }, { 19200, B19200 }, { 38400, B38400 },
	{ 57600, B57600 }, { 115200, B115200 }, { 230400, B230400 },
};
#define NRATES (sizeof(rates) / sizeof(rates[0]))

static speed_t
speed_of(unsigned int baud)
{
	size_t i;

	for (i = 0; i < NRATES; i++)
		if (rates[i].baud == baud)
			return rates[i].speed;
	return USUAL_SPEED;
}

static unsigned int
baud_of(speed_t speed)
{
	size_t i;

	for (i = 0; i < NRATES; i++)
		if (rates[i].speed == speed)
			return rates[i].baud;
	return USUAL_BAUD;
}

static void
set_char(cc_t *c, uint32_t argument)
{
	/* Only 255 itself: 511 is the character 255. */
	*c = argument == DISABLED ? _POSIX_VDISABLE : (cc_t)argument;
}

static void
set_flag(tcflag_t *field, tcflag_t bits, uint32_t argument)
{
	if (argument != 0)
		*field |= bits;
	else
		*field &= ~bits;
}

static void
apply_one(struct termios *t, int op, uint32_t argument)
{
	switch (op) {
	case OP_ISPEED:
		(void)cfsetispeed(t, speed_of(argument));
		break;
	case OP_OSPEED:
		(void)cfsetospeed(t, speed_of(argument));
		break;
#define APPLY_CHAR(op, index) \
	case op: \
		set_char(&t->c_cc[index], argument); \
		break;
#define APPLY_FLAG(op, field, bits) \
	case op: \
		set_flag(&t->field, bits, argument); \
		break;
	TTYMODE_TABLE(APPLY_CHAR, APPLY_FLAG)
	default:
		break;
	}
}

enum ttymode_result
ttymode_apply(const void *modes, size_t len, struct termios *t)
{
	const unsigned char *p = modes;
	struct termios result = *t;
	size_t at = 0;
	int op;

	while (at < len) {
		op = p[at++];
		if (op == OP_END || op >= OP_UNDEFINED)
			break;
		if (len - at < ARGUMENT_SIZE)
			return TTYMODE_TRUNCATED;
		apply_one(&result, op, bigendian_get(p + at));
		at += ARGUMENT_SIZE;
	}
	if (at < len)
		return TTYMODE_VOID;
	*t = result;
	return TTYMODE_APPLIED;
}

/* What is being written; nothing more once there is no room. */
struct writer {
	unsigned char *buf;
	size_t size, len;
	int full;
};

static void
put(struct writer *out, int op, uint32_t argument)
{
	if (out->size - out->len < 1 + ARGUMENT_SIZE) {
		out->full = 1;
		return;
	}
	out->buf[out->len++] = (unsigned char)op;
	bigendian_put(out->buf + out->len, argument);
	out->len += ARGUMENT_SIZE;
}

static void
put_char(struct writer *out, int op, cc_t c)
{
	put(out, op, c == _POSIX_VDISABLE ? DISABLED : c);
}

ssize_t
ttymode_encode(const struct termios *t, unsigned char *buf, size_t size)
{
	struct writer out = { .buf = buf, .size = size };

	put(&out, OP_OSPEED, baud_of(cfgetospeed(t)));
	put(&out, OP_ISPEED, baud_of(cfgetispeed(t)));
	/* Some of the bits is enough: eight-bit characters are CS7, too. */
#define PUT_CHAR(op, index) put_char(&out, op, t->c_cc[index]);
#define PUT_FLAG(op, field, bits) put(&out, op, (t->field & (bits)) != 0);
	TTYMODE_TABLE(PUT_CHAR, PUT_FLAG)
	if (out.full || out.len == out.size) {
		errno = ENOSPC;
		return -1;
	}
	out.buf[out.len++] = OP_END;
	return (ssize_t)out.len;
}
