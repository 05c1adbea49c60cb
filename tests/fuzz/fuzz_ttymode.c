/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* Input: the modes of a terminal, as a client sends them. */

#include "config.h"
#include "ttymode.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* What a client without a terminal of its own would have it be. */
static void
start(struct termios *t)
{
	memset(t, 0, sizeof(*t));
	t->c_cflag = CS8 | CREAD;
	t->c_lflag = ICANON | ECHO;
	(void)cfsetispeed(t, B38400);
	(void)cfsetospeed(t, B38400);
}

static int
is_untouched(const struct termios *t, const struct termios *before)
{
	return t->c_iflag == before->c_iflag &&
	    t->c_oflag == before->c_oflag && t->c_cflag == before->c_cflag &&
	    t->c_lflag == before->c_lflag && t->c_line == before->c_line &&
	    memcmp(t->c_cc, before->c_cc, sizeof(t->c_cc)) == 0 &&
	    cfgetispeed(t) == cfgetispeed(before) &&
	    cfgetospeed(t) == cfgetospeed(before);
}

/*
 * Is it said a second time as it was the first time?  But for the size of a
 * character, which is two modes: bits of CS8 alone are told as all of it.
 */
static int
same(const unsigned char *first, const unsigned char *second, ssize_t len)
{
	ssize_t i;

	for (i = 0; i + 5 <= len; i += 5)
		if (first[i] != 90 && first[i] != 91 &&
		    memcmp(first + i, second + i, 5) != 0)
			return 0;
	return 1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char first[TTYMODE_SIZE], second[TTYMODE_SIZE];
	struct termios before, t, again;
	ssize_t len;

	start(&before);
	t = before;
	if (ttymode_apply(data, size, &t) != TTYMODE_APPLIED &&
	    !is_untouched(&t, &before))
		abort();
	/* What became of it can be told, and is understood as it was meant. */
	if ((len = ttymode_encode(&t, first, sizeof(first))) == -1)
		abort();
	start(&again);
	if (ttymode_apply(first, (size_t)len, &again) != TTYMODE_APPLIED ||
	    ttymode_encode(&again, second, sizeof(second)) != len ||
	    !same(first, second, len))
		abort();
	return 0;
}
