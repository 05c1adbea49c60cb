/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * One table: what is followed, what is painted and what is taken back is the
 * same set of modes.
 */

#include "config.h"
#include "vtmode.h"

#include <stddef.h>
#include <string.h>

#include "vtout.h"

enum {
	ON = 1,		/* is on in a fresh terminal */
	VARIES = 2,	/* differs between terminals: left as it is there */
	ANSI = 4,
	SOFT = 8,	/* reset by DECSTR */
	UNPAINTED = 16,	/* undone, but not done again, see below */
	MOUSE = 32,	/* of these the terminal may know one at a time: */
	FORMAT = 64,	/* the one that was touched last decides */
};

/*
 * UNPAINTED: 2026 holds the screen back until it is off, which may be in what
 * is gone; 2048 makes the terminal type its size at once, to whoever reads.
 */
static const struct {
	uint16_t number;
	uint16_t flags;
} rows[] = {
	{ 1, SOFT },		/* cursor keys of an application, DECCKM */
	{ 5, 0 },		/* reverse video */
	{ 6, SOFT },		/* origin */
	{ 7, ON | SOFT },	/* wrap at the margin */
	{ 8, ON },		/* keys repeat */
	{ 9, MOUSE },		/* the X10 mouse */
	{ 12, VARIES },		/* the cursor blinks */
	{ 25, ON | SOFT },	/* the cursor is there */
	{ 45, 0 },		/* wrap backwards */
	{ 66, SOFT },		/* keypad of an application, ESC = too */
	{ 67, VARIES },		/* what the backspace key sends */
	{ 69, 0 },		/* left and right margins */
	{ 80, VARIES },		/* sixels do not scroll */
	{ 1000, MOUSE },
	{ 1001, MOUSE },
	{ 1002, MOUSE },
	{ 1003, MOUSE },
	{ 1004, 0 },		/* focus */
	{ 1005, FORMAT },
	{ 1006, FORMAT },
	{ 1007, VARIES },	/* the wheel is cursor keys */
	{ 1015, FORMAT },
	{ 1016, FORMAT },
	{ 1034, VARIES },	/* what the meta key, */
	{ 1035, VARIES },	/* NumLock, */
	{ 1036, VARIES },	/* meta again */
	{ 1039, VARIES },	/* and alt do */
	{ 1045, 0 },
	{ 1070, VARIES },	/* colours of a sixel image's own */
	{ 2004, 0 },		/* bracketed paste */
	{ 2026, UNPAINTED },	/* synchronised output */
	{ 2027, VARIES },	/* grapheme clusters */
	{ 2031, 0 },		/* tell of light and dark */
	{ 2048, UNPAINTED },	/* tell of the size */
	{ 4, ANSI | SOFT },	/* insert */
	{ 20, ANSI },		/* LF is CR LF */
};
#define NROWS ((int)(sizeof(rows) / sizeof(rows[0])))
#define BIT(row) ((uint64_t)1 << (row))

static int
find(int private, int number)
{
	int i;

	for (i = 0; i < NROWS; i++)
		if (rows[i].number == number &&
		    ((rows[i].flags & ANSI) == 0) == (private != 0))
			return i;
	return -1;
}

static int
at_first(int row)
{
	return (rows[row].flags & ON) != 0;
}

static int
is_on(const struct vtmode *modes, int row)
{
	return (modes->on & BIT(row)) != 0;
}

void
vtmode_init(struct vtmode *modes)
{
	int i;

	memset(modes, 0, sizeof(*modes));
	for (i = 0; i < NROWS; i++)
		if (at_first(i))
			modes->on |= BIT(i);
	modes->saved = modes->on;
}

/* One that is unknown is off at first, or we could not take it back. */
static void
change_unknown(struct vtmode *modes, int number, int on)
{
	size_t i, n = 0;

	for (i = 0; i < VTMODE_UNKNOWN && modes->unknown[i] != 0; i++)
		if (modes->unknown[i] != number)
			modes->unknown[n++] = modes->unknown[i];
	if (on && n < VTMODE_UNKNOWN)
		modes->unknown[n++] = (uint16_t)number;
	while (n < VTMODE_UNKNOWN)
		modes->unknown[n++] = 0;
}

static void
change(struct vtmode *modes, int row, int on)
{
	modes->on &= ~BIT(row);
	if (on)
		modes->on |= BIT(row);
	modes->seen |= BIT(row);
	if ((rows[row].flags & MOUSE) != 0)
		modes->last[0] = (uint8_t)(row + 1);
	if ((rows[row].flags & FORMAT) != 0)
		modes->last[1] = (uint8_t)(row + 1);
}

void
vtmode_change(struct vtmode *modes, int private, int number, int on)
{
	const int row = find(private, number);

	/* 2 is another terminal, a VT52; 3 clears the screen, on and off */
	if (row != -1)
		change(modes, row, on);
	else if (private && number > 3)
		change_unknown(modes, number, on);
}

void
vtmode_save(struct vtmode *modes, int number)
{
	const int row = find(1, number);

	if (row != -1)
		modes->saved = (modes->saved & ~BIT(row)) |
		    (modes->on & BIT(row));
}

void
vtmode_restore(struct vtmode *modes, int number)
{
	const int row = find(1, number);

	if (row != -1)
		change(modes, row, (modes->saved & BIT(row)) != 0);
}

void
vtmode_soft_reset(struct vtmode *modes)
{
	int i;

	for (i = 0; i < NROWS; i++)
		if ((rows[i].flags & SOFT) != 0)
			change(modes, i, at_first(i));
}

int
vtmode_is_on(const struct vtmode *modes, int private, int number)
{
	const int row = find(private, number);

	return row != -1 && is_on(modes, row);
}

static void
paint(int row, int on, struct vtout *out)
{
	if (rows[row].number == 66)
		/* as more terminals know it */
		vtout_add(out, "\033%c", on ? '=' : '>');
	else
		vtout_add(out, "\033[%s%d%c",
		    (rows[row].flags & ANSI) != 0 ? "" : "?", rows[row].number,
		    on ? 'h' : 'l');
}

static int
differs(const struct vtmode *modes, int row)
{
	return is_on(modes, row) != at_first(row);
}

/* The one that was touched last comes last, if only to turn all off. */
static void
paint_group(const struct vtmode *modes, int flag, int last, struct vtout *out)
{
	int i, any = 0;

	for (i = 0; i < NROWS; i++) {
		if ((rows[i].flags & flag) == 0 || !is_on(modes, i))
			continue;
		any = 1;
		if (i != last)
			paint(i, 1, out);
	}
	if (any)
		paint(last, is_on(modes, last), out);
}

void
vtmode_set(const struct vtmode *modes, struct vtout *out)
{
	int flags, i;

	for (i = 0; i < NROWS; i++) {
		flags = rows[i].flags;
		if ((flags & (UNPAINTED | MOUSE | FORMAT)) != 0)
			continue;
		if ((flags & VARIES) != 0 ? (modes->seen & BIT(i)) != 0 :
		    differs(modes, i))
			paint(i, is_on(modes, i), out);
	}
	paint_group(modes, MOUSE, modes->last[0] - 1, out);
	paint_group(modes, FORMAT, modes->last[1] - 1, out);
	for (i = 0; i < VTMODE_UNKNOWN && modes->unknown[i] != 0; i++)
		vtout_add(out, "\033[?%dh", modes->unknown[i]);
}

void
vtmode_undo(const struct vtmode *modes, struct vtout *out)
{
	int i;

	for (i = 0; i < NROWS; i++)
		if (differs(modes, i))
			paint(i, at_first(i), out);
	for (i = 0; i < VTMODE_UNKNOWN && modes->unknown[i] != 0; i++)
		vtout_add(out, "\033[?%dl", modes->unknown[i]);
}

void
vtmode_fresh(struct vtout *out)
{
	int i;

	for (i = 0; i < NROWS; i++)
		if ((rows[i].flags & VARIES) == 0)
			paint(i, at_first(i), out);
}
