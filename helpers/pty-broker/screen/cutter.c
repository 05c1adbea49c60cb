/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What a program wrote, in pieces.  It faces any bytes at all: nothing in it
 * grows with its input, and what it hands on is well-formed.
 */

#include "config.h"
#include "cutter.h"

#include <string.h>

#define NUMBER_MAX 100000

#define CAN 0x18
#define SUB 0x1a
#define ESC 0x1b
#define BEL 0x07

static void
do_controls(struct cutter *cutter, const struct cutter_calls *calls, void *arg)
{
	int i;

	for (i = 0; i < cutter->ncontrols; i++)
		calls->control(arg, cutter->controls[i]);
	cutter->ncontrols = 0;
}

static void
finish(struct cutter *cutter, const struct cutter_calls *calls, void *arg)
{
	do_controls(cutter, calls, arg);
	cutter->state = CUTTER_GROUND;
	cutter->inside = 0;
}

static void
begin_escape(struct cutter *cutter)
{
	cutter->state = CUTTER_ESCAPE;
	cutter->inside = 1;
	cutter->passed = 0;
	memset(&cutter->csi, 0, sizeof(cutter->csi));
}

/*
 * A control amid a sequence: a terminal does it at once and goes on.  Here it
 * waits, so that a dump never shows half of what is between two sequences.
 */
static void
keep_control(struct cutter *cutter, unsigned char c)
{
	if (cutter->ncontrols < CUTTER_CONTROLS)
		cutter->controls[cutter->ncontrols++] = c;
}

static void
begin_string(struct cutter *cutter, int bell_ends)
{
	cutter->state = CUTTER_STRING;
	cutter->bell_ends = bell_ends;
}

static void
in_escape(struct cutter *cutter, unsigned char c,
    const struct cutter_calls *calls, void *arg)
{
	char intermediate = cutter->csi.intermediate;

	if (c >= 0x7f)
		return;
	if (c < 0x30) {
		if (intermediate != '\0')
			cutter->passed = 1;
		cutter->csi.intermediate = (char)c;
		return;
	}
	if (intermediate == '\0' && c == '[') {
		cutter->state = CUTTER_CSI;
	} else if (intermediate == '\0' && c == ']') {
		begin_string(cutter, 1);
	} else if (intermediate == '\0' && strchr("PX^_k", c) != NULL) {
		/* k is screen's and tmux's; xterm's programs do not say it */
		begin_string(cutter, 0);
	} else {
		do_controls(cutter, calls, arg);
		if (!cutter->passed)
			calls->escape(arg, intermediate, (char)c);
		finish(cutter, calls, arg);
	}
}

static void
add_digit(struct csi *csi, int digit)
{
	struct param *param;

	if (csi->n == 0) {
		csi->n = 1;
		csi->param[0].value = -1;
	}
	param = &csi->param[csi->n - 1];
	param->value = param->value < 0 ? digit : param->value * 10 + digit;
	if (param->value > NUMBER_MAX)
		param->value = NUMBER_MAX;
}

/* Those for which there is no room are lost; no terminal takes more. */
static void
next_number(struct cutter *cutter, int more)
{
	struct csi *csi = &cutter->csi;

	if (csi->n == 0) {
		csi->n = 1;
		csi->param[0].value = -1;
	}
	if (csi->n == CUTTER_PARAMS) {
		cutter->passed = 1;
		return;
	}
	csi->param[csi->n - 1].more = more;
	csi->param[csi->n].value = -1;
	csi->param[csi->n].more = 0;
	csi->n++;
}

static void
in_csi(struct cutter *cutter, unsigned char c,
    const struct cutter_calls *calls, void *arg)
{
	struct csi *csi = &cutter->csi;

	if (c >= 0x7f)
		return;
	if (c >= 0x40) {
		csi->final = (char)c;
		do_controls(cutter, calls, arg);
		if (!cutter->passed)
			calls->csi(arg, csi);
		finish(cutter, calls, arg);
	} else if (c < 0x30) {
		if (csi->intermediate != '\0')
			cutter->passed = 1;
		csi->intermediate = (char)c;
	} else if (csi->intermediate == '\0' && c >= '0' && c <= '9') {
		add_digit(csi, c - '0');
	} else if (csi->intermediate == '\0' && (c == ':' || c == ';')) {
		next_number(cutter, c == ':');
	} else if (csi->intermediate != '\0' || csi->n > 0 ||
	    csi->leader != '\0') {
		cutter->passed = 1;
	} else {
		csi->leader = (char)c;
	}
}

/* Returns 1 if the byte was of the sequence that we are in. */
static int
in_sequence(struct cutter *cutter, unsigned char c,
    const struct cutter_calls *calls, void *arg)
{
	cutter->inside++;
	if (c == CAN || c == SUB) {
		finish(cutter, calls, arg);
		return 1;
	}
	switch (cutter->state) {
	case CUTTER_STRING_ESCAPE:
		if (c == '\\') {
			finish(cutter, calls, arg);
			return 1;
		}
		begin_escape(cutter);
		cutter->inside++;
		break;
	case CUTTER_STRING:
		if (c == ESC)
			cutter->state = CUTTER_STRING_ESCAPE;
		else if (c == BEL && cutter->bell_ends)
			finish(cutter, calls, arg);
		return 1;
	default:
		break;
	}
	if (c == ESC) {
		finish(cutter, calls, arg);
		begin_escape(cutter);
	} else if (c < 0x20) {
		keep_control(cutter, c);
	} else if (cutter->state == CUTTER_ESCAPE) {
		in_escape(cutter, c, calls, arg);
	} else {
		in_csi(cutter, c, calls, arg);
	}
	return 1;
}

static int
length_of(unsigned char c)
{
	if (c >= 0xc2 && c <= 0xdf)
		return 2;
	if (c >= 0xe0 && c <= 0xef)
		return 3;
	return c >= 0xf0 && c <= 0xf4 ? 4 : 0;
}

/*
 * A broken character takes the bytes that it would have had, and shows
 * nothing.  Returns 0 if the byte is not of it.
 */
static int
in_utf8(struct cutter *cutter, unsigned char c,
    const struct cutter_calls *calls, void *arg)
{
	if (c < 0x80) {
		cutter->state = CUTTER_GROUND;
		cutter->inside = 0;
		return 0;
	}
	cutter->inside++;
	if ((c & 0xc0) != 0x80)
		cutter->broken = 1;
	cutter->utf8[cutter->have++] = (char)c;
	if (cutter->have < cutter->want)
		return 1;
	cutter->state = CUTTER_GROUND;
	cutter->inside = 0;
	if (!cutter->broken)
		calls->glyph(arg, cutter->utf8, (size_t)cutter->want);
	return 1;
}

static void
in_ground(struct cutter *cutter, unsigned char c,
    const struct cutter_calls *calls, void *arg)
{
	if (c == ESC) {
		begin_escape(cutter);
	} else if (c < 0x20) {
		calls->control(arg, c);
	} else if (length_of(c) > 0) {
		cutter->state = CUTTER_UTF8;
		cutter->inside = 1;
		cutter->utf8[0] = (char)c;
		cutter->have = 1;
		cutter->want = length_of(c);
		cutter->broken = 0;
	}
}

static size_t
text_length(const unsigned char *data, size_t n)
{
	size_t i;

	for (i = 0; i < n && data[i] >= 0x20 && data[i] < 0x7f; i++)
		;
	return i;
}

void
cutter_feed(struct cutter *cutter, const unsigned char *data, size_t n,
    const struct cutter_calls *calls, void *arg)
{
	size_t i = 0, len;

	while (i < n) {
		if (cutter->state == CUTTER_UTF8) {
			i += (size_t)in_utf8(cutter, data[i], calls, arg);
		} else if (cutter->state != CUTTER_GROUND) {
			i += (size_t)in_sequence(cutter, data[i], calls, arg);
		} else if ((len = text_length(data + i, n - i)) > 0) {
			calls->text(arg, (const char *)data + i, len);
			i += len;
		} else {
			in_ground(cutter, data[i++], calls, arg);
		}
	}
}
