/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "vtsgr.h"

#include <string.h>

#include "vtout.h"
#include "vtscan.h"

/* What turns an attribute on, and what off. */
static const struct {
	uint8_t on, off;
} attributes[] = {
	{ 1, 22 }, { 2, 22 }, { 3, 23 }, { 5, 25 }, { 6, 25 }, { 7, 27 },
	{ 8, 28 }, { 9, 29 }, { 20, 23 }, { 26, 50 }, { 51, 54 }, { 52, 54 },
	{ 53, 55 }, { 73, 75 }, { 74, 75 },
};
#define NATTRIBUTES (sizeof(attributes) / sizeof(attributes[0]))

#define ESC 0x1b

/* More than that have few. */
#define READ_PARAMS 8

static int
plain(const struct vtsgr *sgr)
{
	return sgr->on == 0 && sgr->underline == 0 && sgr->font == 0 &&
	    sgr->colour[0].kind == 0 && sgr->colour[1].kind == 0 &&
	    sgr->colour[2].kind == 0;
}

/* The font stays: the Linux console's is no attribute. */
static void
reset(struct vtsgr *sgr)
{
	const uint8_t font = sgr->font;

	memset(sgr, 0, sizeof(*sgr));
	sgr->font = font;
}

static void
attribute(struct vtsgr *sgr, int code)
{
	size_t i;

	for (i = 0; i < NATTRIBUTES; i++) {
		if (code == attributes[i].on) {
			sgr->on = (uint16_t)(sgr->on | 1u << i);
			return;
		}
		if (code == attributes[i].off)
			sgr->on = (uint16_t)(sgr->on & ~(1u << i));
	}
}

static void
basic(struct vtsgr_colour *colour, int value)
{
	colour->kind = VTSGR_BASIC;
	colour->value[0] = (uint8_t)value;
}

static int
in_byte(const struct vtscan_param *param)
{
	return param->value <= 255;
}

/*
 * A colour behind its 38, 48 or 58: 5 and an index, or 2 and three values,
 * before which a colon form may have the number of a colour space.
 * Returns how many parameters that took.
 */
static size_t
colour(struct vtsgr_colour *colour, const struct vtscan_param *params,
    size_t n)
{
	size_t i, used = 0;

	if (n == 0)
		return 0;
	if (params[0].sub)
		while (used < n && params[used].sub)
			used++;
	else
		used = params[0].value == 5 ? 2 : params[0].value == 2 ? 4 : 1;
	if (used > n)
		return n;
	if (params[0].value == 5 && used >= 2 && in_byte(&params[1])) {
		colour->kind = VTSGR_INDEX;
		colour->value[0] = (uint8_t)params[1].value;
	} else if (params[0].value == 2 && used >= 4) {
		params += used >= 5 ? 2 : 1;
		for (i = 0; i < 3; i++)
			if (!in_byte(&params[i]))
				return used;
		colour->kind = VTSGR_RGB;
		for (i = 0; i < 3; i++)
			colour->value[i] = (uint8_t)params[i].value;
	}
	return used;
}

static void
one(struct vtsgr *sgr, int code)
{
	if (code == 0)
		reset(sgr);
	else if (code == 4 || code == 21)
		sgr->underline = code == 4 ? 1 : 21;
	else if (code == 24)
		sgr->underline = 0;
	else if (code >= 10 && code <= 19)
		sgr->font = (uint8_t)(code - 10);
	else if (code >= 30 && code <= 37)
		basic(&sgr->colour[0], code - 30);
	else if (code >= 40 && code <= 47)
		basic(&sgr->colour[1], code - 40);
	else if (code >= 90 && code <= 97)
		basic(&sgr->colour[0], code - 90 + 8);
	else if (code >= 100 && code <= 107)
		basic(&sgr->colour[1], code - 100 + 8);
	else if (code == 39 || code == 49 || code == 59)
		memset(&sgr->colour[(code - 39) / 10], 0,
		    sizeof(sgr->colour[0]));
	else
		attribute(sgr, code);
}

void
vtsgr_change(struct vtsgr *sgr, const struct vtscan_param *params, size_t n)
{
	size_t i;
	int code;

	if (n == 0)
		reset(sgr);
	for (i = 0; i < n; i++) {
		code = params[i].value;
		if (code == 38 || code == 48 || code == 58)
			i += colour(&sgr->colour[(code - 38) / 10],
			    params + i + 1, n - i - 1);
		else if (code == 4 && i + 1 < n && params[i + 1].sub) {
			if (params[i + 1].value <= 5)
				sgr->underline = (uint8_t)
				    (params[i + 1].given ?
				    params[i + 1].value : 1);
		} else
			one(sgr, code);
		while (i + 1 < n && params[i + 1].sub)
			i++;
	}
}

const unsigned char *
vtsgr_read(struct vtsgr *sgr, const unsigned char *p,
    const unsigned char *end)
{
	struct vtscan_param params[READ_PARAMS];
	const unsigned char *const from = p;
	unsigned int value = 0;
	size_t n = 0;

	if (end - p < 3 || p[0] != ESC || p[1] != '[')
		return from;
	for (p += 2; p < end && n < READ_PARAMS && value <= 9999; p++) {
		if (*p >= '0' && *p <= '9') {
			value = value * 10 + *p - '0';
			continue;
		}
		params[n].value = (uint16_t)value;
		params[n].given = 1;
		params[n++].sub = 0;
		value = 0;
		if (*p == 'm') {
			vtsgr_change(sgr, params, n);
			return p + 1;
		}
		if (*p != ';')
			break;
	}
	return from;
}

/*
 * Underlines have colons: a terminal that does not know their colour would
 * take the parts of it for attributes.
 */
static void
set_colour(const struct vtsgr_colour *colour, int which, struct vtout *out)
{
	const int a = colour->value[0], b = colour->value[1],
	    c = colour->value[2];
	const int code = 38 + which * 10;

	switch ((enum vtsgr_kind)colour->kind) {
	case VTSGR_DEFAULT:
		break;
	case VTSGR_BASIC:
		vtout_add(out, "\033[%dm", a < 8 ? 30 + which * 10 + a :
		    90 + which * 10 + a - 8);
		break;
	case VTSGR_INDEX:
		vtout_add(out, which == 2 ? "\033[%d:5:%dm" :
		    "\033[%d;5;%dm", code, a);
		break;
	case VTSGR_RGB:
		vtout_add(out, which == 2 ? "\033[%d:2::%d:%d:%dm" :
		    "\033[%d;2;%d;%d;%dm", code, a, b, c);
		break;
	}
}

void
vtsgr_set(const struct vtsgr *sgr, struct vtout *out)
{
	size_t i;
	int which;

	if (plain(sgr))
		return;
	/* one at a time: some terminals take few parameters */
	for (i = 0; i < NATTRIBUTES; i++)
		if ((sgr->on & 1u << i) != 0)
			vtout_add(out, "\033[%dm", attributes[i].on);
	if (sgr->underline == 1 || sgr->underline == 21)
		vtout_add(out, "\033[%dm", sgr->underline == 1 ? 4 : 21);
	else if (sgr->underline != 0)
		vtout_add(out, "\033[4:%dm", sgr->underline);
	if (sgr->font != 0)
		vtout_add(out, "\033[%dm", 10 + sgr->font);
	for (which = 0; which < 3; which++)
		set_colour(&sgr->colour[which], which, out);
}

void
vtsgr_undo(const struct vtsgr *sgr, struct vtout *out)
{
	if (!plain(sgr))
		vtout_add(out, "\033[m");
	if (sgr->font != 0)
		vtout_add(out, "\033[10m");
}
