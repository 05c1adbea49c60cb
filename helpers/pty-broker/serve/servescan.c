/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Stands between a client and the JSON library, which, as this suite uses it,
 * has no bound for the memory that a text of a given length may cost, cuts a
 * member's name at a NUL (so that "data\u0000x" would be "data"), and takes
 * control characters in strings, quotes that are none, and UTF-8 of forms that
 * RFC 3629 forbids.  Whether the text is JSON is still the library's to say.
 */

#include "config.h"
#include "servescan.h"

#include <string.h>

static const char too_long[] = "longer than 1 MiB";
static const char too_many[] = "too many members or elements";
static const char too_deep[] = "nested too deep";
static const char no_match[] = "brackets that do not match";
static const char no_object[] = "not an object";
static const char not_here[] = "unexpected character";
static const char control[] = "a control character in a string";
static const char not_utf8[] = "not UTF-8";
static const char nul_name[] = "a NUL in the name of a member";

/* The table of RFC 3629 §4.  Returns why the byte is wrong, or NULL. */
static const char *
first_byte(struct servescan *scan, unsigned char c)
{
	if (c < 0xc2 || c > 0xf4)
		return not_utf8;
	scan->more = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
	scan->low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
	scan->high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
	return NULL;
}

static const char *
next_byte(struct servescan *scan, unsigned char c)
{
	if (c < scan->low || c > scan->high)
		return not_utf8;
	scan->more--;
	scan->low = 0x80;
	scan->high = 0xbf;
	return NULL;
}

/* Behind a backslash: 1 is its first byte, 2 to 5 the digits behind "u". */
static const char *
escaped(struct servescan *scan, unsigned char c)
{
	if (c < 0x20)
		return control;
	if (scan->escape == 1) {
		scan->escape = c == 'u' ? 2 : 0;
		scan->zeros = 1;
		return NULL;
	}
	scan->zeros = scan->zeros && c == '0';
	if (++scan->escape <= 5)
		return NULL;
	scan->escape = 0;
	return scan->zeros && scan->in_name ? nul_name : NULL;
}

static const char *
in_string(struct servescan *scan, unsigned char c)
{
	if (scan->more > 0)
		return next_byte(scan, c);
	if (scan->escape > 0)
		return escaped(scan, c);
	if (c < 0x20)
		return control;
	if (c >= 0x80)
		return first_byte(scan, c);
	if (c == '\\')
		scan->escape = 1;
	else if (c == '"')
		scan->in_string = 0;
	return NULL;
}

/* Only the names of the object's own members are ever looked at. */
static const char *
open_bracket(struct servescan *scan, int brace)
{
	if (scan->depth == SERVESCAN_DEPTH)
		return too_deep;
	scan->in_name = scan->depth++ == 0;
	scan->braces = scan->braces << 1 | (brace ? 1 : 0);
	return NULL;
}

static const char *
close_bracket(struct servescan *scan, int brace)
{
	if ((scan->braces & 1) != (brace ? 1 : 0))
		return no_match;
	scan->depth--;
	scan->braces >>= 1;
	scan->in_name = 0;
	return NULL;
}

static const char *
outside(struct servescan *scan, unsigned char c)
{
	if (c != '\0' && strchr("{[,", c) != NULL &&
	    ++scan->marks > SERVESCAN_MARKS)
		return too_many;
	switch (c) {
	case '"':
		scan->in_string = 1;
		return NULL;
	case '{':
	case '[':
		return open_bracket(scan, c == '{');
	case '}':
	case ']':
		return close_bracket(scan, c == '}');
	case ',':
		scan->in_name = scan->depth == 1;
		return NULL;
	case ':':
		scan->in_name = 0;
		return NULL;
	default:
		/* blanks, numbers, and the letters of true, false and null */
		return c != '\0' &&
		    strchr(" \t\r\n+-.0123456789Eaeflnrstu", c) != NULL ?
		    NULL : not_here;
	}
}

static const char *
look_at(struct servescan *scan, unsigned char c)
{
	if (scan->size == 0 && c != '{')
		return no_object;
	if (scan->size == SERVESCAN_MAX)
		return too_long;
	scan->size++;
	return scan->in_string ? in_string(scan, c) : outside(scan, c);
}

int
servescan_bytes(struct servescan *scan, const char *bytes, size_t len,
    size_t *used, const char **why)
{
	size_t i;

	for (i = 0; i < len; i++) {
		*why = look_at(scan, (unsigned char)bytes[i]);
		if (*why != NULL) {
			*used = i;
			return -1;
		}
		if (scan->depth == 0) {
			memset(scan, 0, sizeof(*scan));
			*used = i + 1;
			return 1;
		}
	}
	*used = len;
	return 0;
}
