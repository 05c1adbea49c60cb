/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * SGR, in and out.  libvterm's own pen knows neither dim nor overline nor
 * the colour of an underline, and in its older versions no hidden text.
 */

#include "config.h"
#include "pen.h"

#include <stdio.h>
#include <string.h>

#define COLON_MAX 8

/* Take a colour's numbers.  Returns the colour, or "old" if they are none. */
static uint32_t
colour_of(const int *number, int n, uint32_t old)
{
	int i;

	if (n >= 2 && number[0] == 5)
		return number[1] < 0 || number[1] > 255 ? 0 :
		    PEN_INDEXED | (uint32_t)number[1];
	if (n < 4 || number[0] != 2)
		return old;
	for (i = 1; i < 4; i++) {
		if (number[i] < 0 || number[i] > 255)
			return old;
	}
	return PEN_RGB | (uint32_t)number[1] << 16 |
	    (uint32_t)number[2] << 8 | (uint32_t)number[3];
}

static uint32_t *
colour_at(struct pen *pen, int which)
{
	if (which == 38)
		return &pen->fg;
	return which == 48 ? &pen->bg : &pen->line;
}

static void
set_underline(struct pen *pen, int style)
{
	if (style < 0 || style > 5)
		return;
	pen->attr &= (uint16_t)~PEN_UNDER;
	pen->attr |= (uint16_t)(style << PEN_UNDER_SHIFT);
}

/* One number with others behind colons. */
static void
apply_colons(struct pen *pen, const struct param *param, int n)
{
	int number[COLON_MAX], i;
	uint32_t *colour;

	if (n > COLON_MAX)
		return;
	for (i = 0; i < n; i++)
		number[i] = param[i].value;
	switch (number[0]) {
	case 4:
		if (n == 2)
			set_underline(pen, number[1]);
		break;
	case 38: case 48: case 58:
		colour = colour_at(pen, number[0]);
		if (number[1] == 2 && n >= 6) {
			/* with a colour space, which nobody has */
			number[2] = 2;
			*colour = colour_of(number + 2, 4, *colour);
		} else {
			*colour = colour_of(number + 1, n - 1, *colour);
		}
		break;
	}
}

/* 38;5;N and 38;2;R;G;B.  Returns how many numbers that were. */
static int
apply_colour(struct pen *pen, const struct param *param, int n)
{
	int number[4] = { -1, -1, -1, -1 }, i, want;
	uint32_t *colour = colour_at(pen, param[0].value);

	for (i = 1; i < n && i <= 4; i++)
		number[i - 1] = param[i].value;
	if (number[0] != 2 && number[0] != 5)
		return 2;
	want = number[0] == 5 ? 2 : 4;
	*colour = colour_of(number, want, *colour);
	return 1 + want;
}

static void
set(struct pen *pen, unsigned int on, unsigned int off)
{
	pen->attr = (uint16_t)((pen->attr & ~off) | on);
}

static void
apply_attribute(struct pen *pen, int n)
{
	static const struct {
		unsigned int on, off;
	} table[] = {
		[1] = { PEN_BOLD, 0 }, [2] = { PEN_DIM, 0 },
		[3] = { PEN_ITALIC, 0 },
		[4] = { 1u << PEN_UNDER_SHIFT, PEN_UNDER },
		[5] = { PEN_BLINK, 0 }, [6] = { PEN_BLINK, 0 },
		[7] = { PEN_REVERSE, 0 }, [8] = { PEN_HIDDEN, 0 },
		[9] = { PEN_STRIKE, 0 },
		[21] = { 2u << PEN_UNDER_SHIFT, PEN_UNDER },
		[22] = { 0, PEN_BOLD | PEN_DIM }, [23] = { 0, PEN_ITALIC },
		[24] = { 0, PEN_UNDER }, [25] = { 0, PEN_BLINK },
		[27] = { 0, PEN_REVERSE }, [28] = { 0, PEN_HIDDEN },
		[29] = { 0, PEN_STRIKE }, [53] = { PEN_OVERLINE, 0 },
		[55] = { 0, PEN_OVERLINE },
	};

	if (n >= 0 && (size_t)n < sizeof(table) / sizeof(table[0]))
		set(pen, table[n].on, table[n].off);
	if (n >= 30 && n <= 37)
		pen->fg = PEN_BASIC | (uint32_t)(n - 30);
	else if (n >= 90 && n <= 97)
		pen->fg = PEN_BASIC | (uint32_t)(n - 90 + 8);
	else if (n >= 40 && n <= 47)
		pen->bg = PEN_BASIC | (uint32_t)(n - 40);
	else if (n >= 100 && n <= 107)
		pen->bg = PEN_BASIC | (uint32_t)(n - 100 + 8);
	else if (n == 39)
		pen->fg = 0;
	else if (n == 49)
		pen->bg = 0;
	else if (n == 59)
		pen->line = 0;
}

void
pen_apply(struct pen *pen, const struct param *param, int n)
{
	int i, group, value;

	if (n == 0)
		memset(pen, 0, sizeof(*pen));
	for (i = 0; i < n; i += group) {
		for (group = 1; i + group < n && param[i + group - 1].more;)
			group++;
		value = param[i].value;
		if (group > 1)
			apply_colons(pen, param + i, group);
		else if (value <= 0)
			memset(pen, 0, sizeof(*pen));
		else if (value == 38 || value == 48 || value == 58)
			group = apply_colour(pen, param + i, n - i);
		else
			apply_attribute(pen, value);
	}
}

int
pen_equal(const struct pen *a, const struct pen *b)
{
	return a->fg == b->fg && a->bg == b->bg && a->line == b->line &&
	    a->attr == b->attr;
}

/* "base" is 30 or 40, the first of the basic colours. */
static size_t
colour_text(char *buf, size_t size, uint32_t colour, unsigned int base)
{
	unsigned int value = colour & PEN_VALUE;

	switch (colour & PEN_KIND) {
	case PEN_BASIC:
		return (size_t)snprintf(buf, size, ";%u",
		    value < 8 ? base + value : base + 60 + value - 8);
	case PEN_INDEXED:
		return (size_t)snprintf(buf, size, ";%u;5;%u", base + 8,
		    value);
	case PEN_RGB:
		return (size_t)snprintf(buf, size, ";%u;2;%u;%u;%u", base + 8,
		    value >> 16, value >> 8 & 0xff, value & 0xff);
	}
	return 0;
}

/* With colons: who does not know 58 passes over all of it. */
static size_t
line_text(char *buf, size_t size, uint32_t colour)
{
	unsigned int value = colour & PEN_VALUE;

	if ((colour & PEN_KIND) == PEN_INDEXED)
		return (size_t)snprintf(buf, size, ";58:5:%u", value);
	if ((colour & PEN_KIND) == PEN_RGB)
		return (size_t)snprintf(buf, size, ";58:2::%u:%u:%u",
		    value >> 16, value >> 8 & 0xff, value & 0xff);
	return 0;
}

/* All of it together is at most 90 bytes. */
size_t
pen_text(const struct pen *pen, char buf[PEN_TEXT])
{
	static const struct {
		unsigned int attr;
		char text[4];
	} table[] = {
		{ PEN_BOLD, ";1" }, { PEN_DIM, ";2" }, { PEN_ITALIC, ";3" },
		{ PEN_BLINK, ";5" }, { PEN_REVERSE, ";7" },
		{ PEN_HIDDEN, ";8" }, { PEN_STRIKE, ";9" },
		{ PEN_OVERLINE, ";53" },
	};
	unsigned int style = (pen->attr & PEN_UNDER) >> PEN_UNDER_SHIFT;
	size_t i, n;

	n = (size_t)snprintf(buf, PEN_TEXT, "\033[0");
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (pen->attr & table[i].attr)
			n += (size_t)snprintf(buf + n, PEN_TEXT - n, "%s",
			    table[i].text);
	}
	if (style == 1)
		n += (size_t)snprintf(buf + n, PEN_TEXT - n, ";4");
	else if (style > 1)
		n += (size_t)snprintf(buf + n, PEN_TEXT - n, ";4:%u", style);
	n += colour_text(buf + n, PEN_TEXT - n, pen->fg, 30);
	n += colour_text(buf + n, PEN_TEXT - n, pen->bg, 40);
	n += line_text(buf + n, PEN_TEXT - n, pen->line);
	buf[n++] = 'm';
	return n;
}
