/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Stands between servejson and the JSON library: json-c 0.18 takes what is
 * not ASCII for a control character, if it is to be strict.
 */

#include "config.h"
#include "serveascii.h"

#include <stdlib.h>

/* How many bytes the character has that begins with this one. */
static size_t
char_bytes(unsigned char first)
{
	return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* How many it has in ASCII: itself, an escape, or a pair of them. */
static size_t
ascii_bytes(size_t bytes)
{
	return bytes == 1 ? 1 : bytes == 4 ? 12 : 6;
}

/* The character of so many bytes, which servescan has found to be UTF-8. */
static unsigned int
decode(const char *text, size_t bytes)
{
	unsigned int value = (unsigned char)text[0] & (0xffu >> (bytes + 1));
	size_t i;

	for (i = 1; i < bytes; i++)
		value = value << 6 | ((unsigned char)text[i] & 0x3fu);
	return value;
}

/* Returns how much it has written. */
static size_t
escape(char *to, unsigned int unit)
{
	static const char digits[] = "0123456789abcdef";
	int i;

	to[0] = '\\';
	to[1] = 'u';
	for (i = 5; i > 1; i--, unit >>= 4)
		to[i] = digits[unit & 0xf];
	return 6;
}

char *
serveascii_text(const char *text, size_t len, size_t *size)
{
	/* Two bytes become six. */
	char *ascii = malloc(3 * len + 1);
	size_t at = 0, i, n;
	unsigned int value;

	for (i = 0; ascii != NULL && i < len; i += n) {
		if ((n = char_bytes((unsigned char)text[i])) > len - i)
			break;
		if (n == 1) {
			ascii[at++] = text[i];
			continue;
		}
		value = decode(text + i, n);
		if (value >= 0x10000) {
			value -= 0x10000;
			at += escape(ascii + at, 0xd800 | value >> 10);
			value = 0xdc00 | (value & 0x3ff);
		}
		at += escape(ascii + at, value);
	}
	*size = at;
	return ascii;
}

size_t
serveascii_place(const char *text, size_t len, size_t place)
{
	size_t at = 0, i = 0;

	while (i < len && at < place) {
		at += ascii_bytes(char_bytes((unsigned char)text[i]));
		i += char_bytes((unsigned char)text[i]);
	}
	return i;
}
