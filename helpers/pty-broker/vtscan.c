/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The bytes are a program's, and may be anything.  The states are those of
 * the DEC terminals as xterm, VTE and tmux have them: CAN and SUB break a
 * sequence off, so does ESC, which begins another, and controls inside of a
 * sequence are done at once.
 *
 * The bytes 0x80 to 0x9f are text.  Where the terminal speaks UTF-8, and all
 * do now, such a byte is the rest of a character, or nothing at all.  Spelled
 * in UTF-8 they are controls to xterm and VTE, and text to tmux and kitty; the
 * caller says which it is to be.
 */

#include "config.h"
#include "vtscan.h"

#include <string.h>

#include "vttext.h"

#define ENQ 0x05
#define BEL 0x07
#define SO 0x0e
#define SI 0x0f
#define CAN 0x18
#define SUB 0x1a
#define ESC 0x1b
#define DEL 0x7f

void
vtscan_init(struct vtscan *sc, int all)
{
	memset(sc, 0, sizeof(*sc));
	sc->all = all != 0;
}

int
vtscan_is_clean(const struct vtscan *sc)
{
	return sc->state == VTSCAN_IN_GROUND && sc->pending == 0;
}

static const unsigned char *
read_ground(struct vtscan *sc, const unsigned char *p,
    const unsigned char *end)
{
	const unsigned char *from;

	for (; sc->pending > 0 && p < end && (*p & 0xc0) == 0x80; p++)
		sc->pending--;
	if (p == end)
		return p;
	from = p;
	p = sc->all ? vttext_skip_quiet(p, end) : vttext_skip(p, end);
	sc->pending = 0;
	if (p == end)
		(void)vttext_half(from, end, &sc->pending);
	return p;
}

/* At its first byte; if it breaks one off, "began" stays at that one. */
static void
begin(struct vtscan *sc, const unsigned char *p, const unsigned char **began)
{
	if (sc->state == VTSCAN_IN_GROUND) {
		sc->c1 = 0;
		if (began != NULL)
			*began = p;
	}
	sc->state = VTSCAN_IN_ESCAPE;
	sc->kind = sc->prefix = sc->inter[0] = sc->inter[1] = sc->final = 0;
	sc->bad = sc->cut = 0;
	sc->pending = 0;
	sc->len = 0;
}

/*
 * To xterm and VTE these end a string, or begin another sequence, to others
 * they are text of it.
 */
static void
note_c1(struct vtscan *sc, unsigned char c)
{
	if (!sc->all)
		return;
	sc->c1 |= sc->pending && c >= 0x80 && c < 0xa0;
	sc->pending = c == 0xc2;
}

static void
keep(struct vtscan *sc, unsigned char c)
{
	if (sc->len < VTSCAN_TEXT)
		sc->text[sc->len++] = c;
	else
		sc->cut = 1;
}

/* A control inside of a sequence. */
static enum vtscan_event
control(struct vtscan *sc, unsigned char c)
{
	switch (c) {
	case CAN:
	case SUB:
		sc->state = VTSCAN_IN_GROUND;
		return VTSCAN_BROKEN;
	case ENQ:
	case SO:
	case SI:
		/* inside of a sequence its own last byte comes later */
		sc->final = c;
		return VTSCAN_CONTROL;
	default:
		return VTSCAN_END;
	}
}

static void
intermediate(struct vtscan *sc, unsigned char c)
{
	if (sc->inter[0] == 0)
		sc->inter[0] = c;
	else if (sc->inter[1] == 0)
		sc->inter[1] = c;
	else
		sc->bad = 1;
}

static enum vtscan_event
escape(struct vtscan *sc, unsigned char c)
{
	if (c < 0x20)
		return control(sc, c);
	if (c < 0x30) {
		intermediate(sc, c);
		return VTSCAN_END;
	}
	if (c == DEL)
		return VTSCAN_END;
	if (sc->inter[0] == 0 && c == '[') {
		sc->state = VTSCAN_IN_CSI;
		return VTSCAN_END;
	}
	/* "k" is the title's of screen and tmux; to others it is text. */
	if (sc->inter[0] == 0 && strchr("]PX^_k", c) != NULL) {
		sc->state = VTSCAN_IN_STRING;
		sc->kind = c;
		return VTSCAN_END;
	}
	sc->final = c;
	sc->state = VTSCAN_IN_GROUND;
	return VTSCAN_ESCAPE;
}

/* 0xc2 and one of 0x80 to 0x9f: ESC and one of 0x40 to 0x5f. */
static enum vtscan_event
begin_c1(struct vtscan *sc, const unsigned char **p,
    const unsigned char **began)
{
	begin(sc, *p, began);
	*p += 2;
	return escape(sc, (unsigned char)((*p)[-1] - 0x40));
}

static enum vtscan_event
in_escape(struct vtscan *sc, const unsigned char **p,
    const unsigned char *end)
{
	/* most are this */
	if (**p == '[' && sc->inter[0] == 0) {
		(*p)++;
		sc->state = VTSCAN_IN_CSI;
		return VTSCAN_END;
	}
	if (**p < 0x80)
		return escape(sc, *(*p)++);
	if (sc->all && vttext_is_c1(*p, end))
		return begin_c1(sc, p, NULL);
	/* a character, which is shown */
	sc->state = VTSCAN_IN_GROUND;
	return VTSCAN_BROKEN;
}

/* As many digits and separators as there are at once. */
static const unsigned char *
read_params(struct vtscan *sc, const unsigned char *p,
    const unsigned char *end)
{
	unsigned short len = sc->len;

	if (sc->inter[0] != 0)
		return p;
	while (p < end && *p >= 0x30 && *p < 0x3c && len < VTSCAN_TEXT)
		sc->text[len++] = *p++;
	sc->len = len;
	return p;
}

static enum vtscan_event
in_csi(struct vtscan *sc, unsigned char c)
{
	note_c1(sc, c);
	if (c < 0x20)
		return control(sc, c);
	if (c < 0x30)
		intermediate(sc, c);
	else if (c < 0x3c) {
		keep(sc, c);
		sc->bad |= sc->cut || sc->inter[0] != 0;
	} else if (c < 0x40) {
		if (sc->len > 0 || sc->prefix != 0 || sc->inter[0] != 0)
			sc->bad = 1;
		else
			sc->prefix = c;
	} else if (c < DEL) {
		sc->final = c;
		sc->state = VTSCAN_IN_GROUND;
		return VTSCAN_CSI;
	}
	return VTSCAN_END;
}

static enum vtscan_event
in_string(struct vtscan *sc, unsigned char c)
{
	note_c1(sc, c);
	if (c == ESC)
		sc->state = VTSCAN_IN_STRING_ESCAPE;
	else if (c == CAN || c == SUB) {
		sc->state = VTSCAN_IN_GROUND;
		return VTSCAN_BROKEN;
	} else if (c == BEL && sc->kind == ']') {
		sc->state = VTSCAN_IN_GROUND;
		return VTSCAN_STRING;
	} else
		keep(sc, c);
	return VTSCAN_END;
}

/* What goes through tmux to the terminal around it has each ESC twice. */
static int
is_wrapped(const struct vtscan *sc)
{
	return sc->kind == 'P' && sc->len >= 5 &&
	    memcmp(sc->text, "tmux;", 5) == 0;
}

static enum vtscan_event
in_string_escape(struct vtscan *sc, const unsigned char **p)
{
	if (**p == '\\') {
		(*p)++;
		sc->state = VTSCAN_IN_GROUND;
		return VTSCAN_STRING;
	}
	if (**p == ESC && is_wrapped(sc)) {
		(*p)++;
		sc->state = VTSCAN_IN_STRING;
	} else
		/* the ESC before it broke the string off */
		begin(sc, NULL, NULL);
	return VTSCAN_END;
}

static enum vtscan_event
in_ground(struct vtscan *sc, const unsigned char **p,
    const unsigned char **began)
{
	if (**p < 0x20) {
		sc->final = *(*p)++;
		return VTSCAN_CONTROL;
	}
	return begin_c1(sc, p, began);
}

enum vtscan_event
vtscan_next(struct vtscan *sc, const unsigned char **pp,
    const unsigned char *end, const unsigned char **began)
{
	enum vtscan_event event = VTSCAN_END;
	const unsigned char *p = *pp;

	while (event == VTSCAN_END) {
		if (sc->state == VTSCAN_IN_GROUND)
			p = read_ground(sc, p, end);
		else if (sc->state == VTSCAN_IN_CSI)
			p = read_params(sc, p, end);
		if (p == end)
			break;
		if (sc->state == VTSCAN_IN_STRING)
			event = in_string(sc, *p++);
		else if (sc->state == VTSCAN_IN_STRING_ESCAPE)
			event = in_string_escape(sc, &p);
		else if (*p == ESC)
			begin(sc, p++, began);
		else if (sc->state == VTSCAN_IN_GROUND)
			event = in_ground(sc, &p, began);
		else if (sc->state == VTSCAN_IN_CSI)
			event = in_csi(sc, *p++);
		else
			event = in_escape(sc, &p, end);
	}
	*pp = p;
	return event;
}

/* Does this byte, and the one behind it if there is one, begin another? */
static int
breaks_off(const struct vtscan *sc, const unsigned char *p, size_t n)
{
	switch ((enum vtscan_state)sc->state) {
	case VTSCAN_IN_GROUND:
		return (*p & 0xc0) != 0x80;
	case VTSCAN_IN_STRING:
		return *p == ESC && n > 1 && p[1] != '\\' && !is_wrapped(sc);
	case VTSCAN_IN_STRING_ESCAPE:
		return 0;
	case VTSCAN_IN_ESCAPE:
		return *p == ESC || *p >= 0x80;
	default:
		return *p == ESC;
	}
}

size_t
vtscan_clean(struct vtscan *sc, const unsigned char *p, size_t n)
{
	const unsigned char *q;
	size_t i;

	for (i = 0; i < n && !vtscan_is_clean(sc); i = (size_t)(q - p)) {
		if (breaks_off(sc, p + i, n - i)) {
			sc->state = VTSCAN_IN_GROUND;
			sc->pending = 0;
			break;
		}
		q = p + i;
		(void)vtscan_next(sc, &q, q + 1, NULL);
	}
	return i;
}

size_t
vtscan_params(const struct vtscan *sc,
    struct vtscan_param params[VTSCAN_PARAMS])
{
	const unsigned char *p = sc->text, *const end = p + sc->len, *from;
	unsigned int value;
	size_t n;

	if (sc->len == 0)
		return 0;
	for (n = 0; n < VTSCAN_PARAMS; p++) {
		value = 0;
		for (from = p; p < end && *p <= '9'; p++)
			if ((value = value * 10 + *p - '0') > 65535)
				value = 65535;
		params[n].value = (uint16_t)value;
		params[n].given = p > from;
		params[n].sub = from > sc->text && from[-1] == ':';
		n++;
		if (p == end)
			break;
	}
	return n;
}
