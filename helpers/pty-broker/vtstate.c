/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What sequences mean, as xterm has it, which the others follow.  Whatever a
 * program says, memory stays bounded and what is kept is numbers, or text
 * that was looked at.
 */

#include "config.h"
#include "vtstate.h"

#include <string.h>

#include "vttext.h"

#define SO 0x0e
#define SI 0x0f

_Static_assert(sizeof(struct vtstate) <= 1024, "a broker has several");

/* The first parameter and the second, as numbers that are 0 if left out. */
struct two {
	struct vtscan_param params[VTSCAN_PARAMS];
	size_t n;
	int first, second;
};

void
vtstate_init(struct vtstate *st)
{
	memset(st, 0, sizeof(*st));
	vtmode_init(&st->modes);
}

int
vtstate_is_clean(const struct vtstate *st)
{
	return vtscan_is_clean(&st->scan);
}

int
vtstate_alternate(const struct vtstate *st)
{
	return st->alternate != 0;
}

static void
save_pen(struct vtstate *st)
{
	struct vtpen *saved = &st->saved[st->alternate != 0];

	*saved = st->pen;
	saved->origin = (uint8_t)vtmode_is_on(&st->modes, 1, 6);
}

static void
restore_pen(struct vtstate *st)
{
	st->pen = st->saved[st->alternate != 0];
	vtmode_change(&st->modes, 1, 6, st->pen.origin);
	st->pen.origin = 0;
}

/* Everything but where the scanner stands. */
static void
reset(struct vtstate *st)
{
	const struct vtscan scan = st->scan;

	vtstate_init(st);
	st->scan = scan;
}

/* DECSTR: what belongs to printing, and no more. */
static void
soft_reset(struct vtstate *st)
{
	vtmode_soft_reset(&st->modes);
	memset(&st->pen, 0, sizeof(st->pen));
	memset(&st->saved[st->alternate != 0], 0, sizeof(st->saved[0]));
	st->top = st->bottom = st->left = st->right = 0;
}

/* The stack of the alternate screen is gone with it. */
static void
screen(struct vtstate *st, int number, int on)
{
	if (on && number == 1049 && st->alternate == 0)
		save_pen(st);
	if (on != (st->alternate != 0))
		memset(&st->keys[1], 0, sizeof(st->keys[1]));
	if (on && st->alternate == 0)
		st->alternate = (uint16_t)number;
	else if (!on)
		st->alternate = 0;
	if (!on && number == 1049)
		restore_pen(st);
}

static void
change_mode(struct vtstate *st, int private, int number, int on)
{
	if (private && (number == 47 || number == 1047 || number == 1049))
		screen(st, number, on);
	else if (private && number == 1048) {
		if (on)
			save_pen(st);
		else
			restore_pen(st);
	} else {
		vtmode_change(&st->modes, private, number, on);
		/* the margins go with their mode */
		if (private && number == 69 && !on)
			st->left = st->right = 0;
	}
}

static void
change_modes(struct vtstate *st, const struct two *two)
{
	const int private = st->scan.prefix == '?';
	size_t i;

	for (i = 0; i < two->n; i++) {
		const int number = two->params[i].value;

		if (number == 0)
			continue;
		switch (st->scan.final) {
		case 'h':
		case 'l':
			change_mode(st, private, number,
			    st->scan.final == 'h');
			break;
		case 's':
			vtmode_save(&st->modes, number);
			break;
		case 'r':
			vtmode_restore(&st->modes, number);
			break;
		}
	}
}

/* First and last line or column; nonsense changes nothing. */
static void
margins(const struct two *two, uint16_t *from, uint16_t *to)
{
	const int first = two->first > 1 ? two->first : 1;

	if (two->second != 0 && two->second <= first)
		return;
	*from = (uint16_t)(first > 1 || two->second != 0 ? first : 0);
	*to = (uint16_t)two->second;
}

static void
csi_plain(struct vtstate *st, const struct two *two)
{
	switch (st->scan.final) {
	case 'h':
	case 'l':
		change_modes(st, two);
		break;
	case 'm':
		vtsgr_change(&st->pen.sgr, two->params, two->n);
		break;
	case 'r':
		margins(two, &st->top, &st->bottom);
		break;
	case 's':
		if (vtmode_is_on(&st->modes, 1, 69))
			margins(two, &st->left, &st->right);
		else if (two->n == 0)
			save_pen(st);
		break;
	case 't':
		vttitle_window(&st->title, &st->scan);
		break;
	case 'u':
		if (two->n == 0)
			restore_pen(st);
		break;
	}
}

static void
csi_prefixed(struct vtstate *st, const struct two *two)
{
	const struct vtscan *sc = &st->scan;

	if (sc->prefix == '?') {
		if (sc->final == 'c')
			st->shape = (uint16_t)two->first;
		else
			change_modes(st, two);
	} else if (sc->final == 'u')
		vtkeys_change(&st->keys[st->alternate != 0], sc);
	else if (sc->prefix == '>' && sc->final == 'm' &&
	    (two->first == 4 || two->n == 0))
		st->other_keys = (uint8_t)(two->second <= 255 ? two->second :
		    0);
	else if (sc->prefix == '>' && sc->final == 'n' && two->first == 4)
		st->other_keys = 0;
}

static void
csi(struct vtstate *st, struct two *two)
{
	const struct vtscan *sc = &st->scan;

	if (sc->bad)
		return;
	two->n = vtscan_params(sc, two->params);
	two->first = two->n > 0 ? two->params[0].value : 0;
	two->second = two->n > 1 ? two->params[1].value : 0;
	if (sc->inter[0] == 0) {
		if (sc->prefix == 0)
			csi_plain(st, two);
		else
			csi_prefixed(st, two);
	} else if (sc->prefix != 0 || sc->inter[1] != 0)
		return;
	else if (sc->inter[0] == ' ' && sc->final == 'q')
		st->cursor = (uint16_t)(two->first < 65535 ?
		    two->first + 1 : 0);
	else if (sc->inter[0] == '!' && sc->final == 'p')
		soft_reset(st);
}

static void
escape(struct vtstate *st)
{
	const struct vtscan *sc = &st->scan;

	if (sc->bad || vtpen_escape(&st->pen, sc))
		return;
	if (sc->inter[0] == '#' && sc->final == '8') {
		st->top = st->bottom = st->left = st->right = 0;
		vtmode_change(&st->modes, 1, 6, 0);
	}
	if (sc->inter[0] != 0)
		return;
	switch (sc->final) {
	case '=':
	case '>':
		vtmode_change(&st->modes, 1, 66, sc->final == '=');
		break;
	case '7':
		save_pen(st);
		break;
	case '8':
		restore_pen(st);
		break;
	case 'c':
		reset(st);
		break;
	}
}

/*
 * Text with colours, of which programs print more than of all else that is
 * followed here, by a short cut.  Returns where that ends.
 */
static const unsigned char *
colours(struct vtstate *st, const unsigned char *p, const unsigned char *end)
{
	const unsigned char *escape, *behind;

	if (!vtscan_is_clean(&st->scan))
		return p;
	for (;;) {
		escape = vttext_skip(p, end);
		/* a half character at the end is vtscan's to see */
		if (escape == end)
			return end - p > 3 ? end - 3 : p;
		behind = vtsgr_read(&st->pen.sgr, escape, end);
		if (behind == escape)
			return escape;
		p = behind;
	}
}

void
vtstate_scan(struct vtstate *st, const unsigned char *p, size_t n)
{
	const unsigned char *const end = p + n;
	struct two two;		/* here, or it would be cleared each time */

	for (;;) {
		p = colours(st, p, end);
		switch (vtscan_next(&st->scan, &p, end, NULL)) {
		case VTSCAN_END:
			return;
		case VTSCAN_BROKEN:
			break;
		case VTSCAN_CONTROL:
			if (st->scan.final == SO || st->scan.final == SI)
				st->pen.locked = st->scan.final == SO;
			break;
		case VTSCAN_ESCAPE:
			escape(st);
			break;
		case VTSCAN_CSI:
			csi(st, &two);
			break;
		case VTSCAN_STRING:
			if (st->scan.kind == ']')
				vttitle_osc(&st->title, &st->scan);
			break;
		}
	}
}

size_t
vtstate_clean(struct vtstate *st, const unsigned char *p, size_t n)
{
	struct vtscan scan = st->scan;
	const size_t len = vtscan_clean(&scan, p, n);

	vtstate_scan(st, p, len);
	/* what breaks the sequence off comes next */
	if (vtscan_is_clean(&scan))
		st->scan = scan;
	return len;
}
