/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What is kept here is written to other terminals later: only text goes in,
 * never a control that would end the sequence it stands in.
 */

#include "config.h"
#include "vttitle.h"

#include <string.h>

#include "vtout.h"
#include "vtscan.h"

/*
 * The bytes of one character that may be shown: no control, no surrogate,
 * nothing spelled longer than it has to be.  Returns 0 if there is none.
 */
static size_t
character(const unsigned char *p, size_t n)
{
	size_t i, len;
	unsigned int value;

	if (*p < 0x80)
		return *p >= 0x20 && *p != 0x7f ? 1 : 0;
	len = *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : 2;
	if (*p < 0xc2 || *p > 0xf4 || n < len)
		return 0;
	value = *p & (0x7fu >> len);
	for (i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (p[i] & 0x3fu);
	}
	if (value < 0xa0 || (len == 3 && value < 0x800) ||
	    (value >= 0xd800 && value < 0xe000) ||
	    (len == 4 && value < 0x10000) || value > 0x10ffff)
		return 0;
	return len;
}

/* A title that is no text is not shown by all terminals: none is known. */
static void
set_title(struct vttitle *title, int kind, const unsigned char *p, size_t n,
    int cut)
{
	size_t i, len;

	title->known = 0;
	title->text[0] = '\0';
	for (i = 0; i < n; i += len) {
		if ((len = character(p + i, n - i)) == 0) {
			if (!cut || n - i > 3)
				return;
			break;
		}
		if (i + len > VTTITLE_MAX)
			break;
	}
	memcpy(title->text, p, i);
	title->text[i] = '\0';
	title->known = (uint8_t)kind;
}

static int
in_colour(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || (c != '\0' && strchr("#:/ .,%-", c) !=
	    NULL);
}

/* OSC 10 with two values sets 10 and 11, and so on. */
static void
set_colours(struct vttitle *title, size_t which, const unsigned char *p,
    size_t n)
{
	size_t i, len;

	for (; which < 3; which++) {
		for (len = 0; len < n && p[len] != ';'; len++)
			;
		for (i = 0; i < len && in_colour(p[i]); i++)
			;
		if (i == len && len > 0 && len <= VTTITLE_COLOUR_MAX) {
			memcpy(title->colour[which], p, len);
			title->colour[which][len] = '\0';
		}
		if (len == n)
			return;
		p += len + 1;
		n -= len + 1;
	}
}

void
vttitle_osc(struct vttitle *title, const struct vtscan *sc)
{
	const unsigned char *p = sc->text;
	size_t n = sc->len, digits = 0;
	int number = 0;

	for (; n > 0 && *p >= '0' && *p <= '9' && digits < 4; p++, n--) {
		number = number * 10 + (*p - '0');
		digits++;
	}
	if (digits == 0 || (n > 0 && *p != ';'))
		return;
	if (n > 0) {
		p++;
		n--;
	}
	if (number == 0 || number == 2)
		set_title(title, number == 0 ? '0' : '2', p, n, sc->cut);
	else if (number >= 10 && number <= 12)
		set_colours(title, (size_t)(number - 10), p, n);
	else if (number >= 110 && number <= 112)
		title->colour[number - 110][0] = '\0';
	else if (number == 4)
		title->palette |= memchr(p, '?', n) == NULL;
	else if (number == 104 && n == 0)
		title->palette = 0;
}

/* As much of it as there is room for. */
static void
keep_title(struct vttitle *title)
{
	const unsigned char *p = (const unsigned char *)title->text;
	const size_t n = strlen(title->text);
	size_t i, len;

	title->kept_known = title->known;
	for (i = 0; i < n; i += len) {
		len = character(p + i, n - i);
		if (len == 0 || i + len > VTTITLE_KEPT_MAX)
			break;
	}
	memcpy(title->kept, p, i);
	title->kept[i] = '\0';
}

void
vttitle_window(struct vttitle *title, const struct vtscan *sc)
{
	struct vtscan_param params[VTSCAN_PARAMS];
	const size_t n = vtscan_params(sc, params);

	/* 1 is the icon's alone */
	if (n == 0 || (n > 1 && params[1].value == 1))
		return;
	if (params[0].value == 22 && title->pushed < VTTITLE_PUSHED_MAX) {
		if (title->pushed++ == 0)
			keep_title(title);
	} else if (params[0].value == 23 && title->pushed > 0) {
		if (--title->pushed > 0)
			title->known = 0;
		else {
			title->known = title->kept_known;
			memcpy(title->text, title->kept,
			    sizeof(title->kept));
		}
	}
}

static void
paint(int known, const char *text, struct vtout *out)
{
	if (known != 0)
		vtout_add(out, "\033]%c;%s\033\\", known, text);
}

void
vttitle_set(const struct vttitle *title, struct vtout *out)
{
	int i;

	/* so that the program's own pop does not take a title of others */
	if (title->pushed > 0)
		paint(title->kept_known, title->kept, out);
	for (i = 0; i < title->pushed; i++)
		vtout_add(out, "\033[22;2t");
	if (title->pushed == 0 || title->known != title->kept_known ||
	    strcmp(title->text, title->kept) != 0)
		paint(title->known, title->text, out);
	for (i = 0; i < 3; i++)
		if (title->colour[i][0] != '\0')
			vtout_add(out, "\033]%d;%s\033\\", 10 + i,
			    title->colour[i]);
}

void
vttitle_undo(const struct vttitle *title, struct vtout *out)
{
	int i;

	for (i = 0; i < title->pushed; i++)
		vtout_add(out, "\033[23;2t");
	for (i = 0; i < 3; i++)
		if (title->colour[i][0] != '\0')
			vtout_add(out, "\033]%d\033\\", 110 + i);
	if (title->palette)
		vtout_add(out, "\033]104\033\\");
}
