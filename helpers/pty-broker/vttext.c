/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Nearly all output is text, so this is what following it costs.
 */

#include "config.h"
#include "vttext.h"

#include <stdint.h>
#include <string.h>

#define ENQ 0x05
#define BEL 0x07
#define SO 0x0e		/* but for one bit, SI */
#define ESC 0x1b

/* One register of every machine that has such; of others a loop. */
typedef unsigned char block __attribute__((vector_size(16)));
typedef uint64_t halves __attribute__((vector_size(16)));

static int
is_special(unsigned char c)
{
	return c == ESC || (c & 0xfe) == SO;
}

/* Not returned: how would depend on whether there is such a register. */
static inline void
add_special16(halves *found, const unsigned char *p)
{
	block b;

	memcpy(&b, p, sizeof(b));
	*found |= (halves)(b == ESC) | (halves)((b & 0xfe) == SO);
}

/* Which byte of the eight is the first that is not 0? */
static inline size_t
first_of(uint64_t half)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return (size_t)__builtin_ctzll(half) / 8;
#else
	return (size_t)__builtin_clzll(half) / 8;
#endif
}

const unsigned char *
vttext_skip(const unsigned char *p, const unsigned char *end)
{
	const halves none = { 0, 0 };
	halves found;

	/* Where there are colours, the next one is near. */
	for (; end - p >= 16; p += 16) {
		found = none;
		add_special16(&found, p);
		if (found[0] != 0)
			return p + first_of(found[0]);
		if (found[1] != 0)
			return p + 8 + first_of(found[1]);
		for (; end - p >= 16 + 64; p += 64) {
			found = none;
			add_special16(&found, p + 16);
			add_special16(&found, p + 32);
			add_special16(&found, p + 48);
			add_special16(&found, p + 64);
			if ((found[0] | found[1]) != 0)
				break;
		}
	}
	while (p < end && !is_special(*p))
		p++;
	return p;
}

int
vttext_is_c1(const unsigned char *p, const unsigned char *end)
{
	return *p == 0xc2 && end - p >= 2 && p[1] >= 0x80 && p[1] < 0xa0;
}

const unsigned char *
vttext_skip_quiet(const unsigned char *p, const unsigned char *end)
{
	while (p < end && !is_special(*p) && *p != ENQ && *p != BEL &&
	    !vttext_is_c1(p, end))
		p++;
	return p;
}

size_t
vttext_half(const unsigned char *p, const unsigned char *end,
    unsigned char *missing)
{
	int have, need;

	*missing = 0;
	for (have = 1; have <= 3 && end - p >= have; have++) {
		if ((end[-have] & 0xc0) == 0x80)
			continue;
		if (end[-have] < 0xc2 || end[-have] > 0xf4)
			return 0;
		need = 2 + (end[-have] >= 0xe0) + (end[-have] >= 0xf0);
		if (need <= have)
			return 0;
		*missing = (unsigned char)(need - have);
		return (size_t)have;
	}
	return 0;
}
