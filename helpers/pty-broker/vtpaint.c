/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Modes as text: what a terminal is told when a viewer returns, and when it
 * leaves.  The terminal may be xterm, VTE, kitty, tmux, screen or the Linux
 * console, and not the one that the program was started in.  So nothing is
 * written that the program has not used itself, but what every one of them
 * reads without showing it, or what is cleared from the screen at once.
 */

#include "config.h"
#include "vtstate.h"

#include "vtout.h"

/* CAN ends what some terminals would go on with, ST what the others would. */
#define BREAK_OFF "\030\033\\"

static void
set_margins(const struct vtstate *st, struct vtout *out)
{
	if (st->bottom != 0)
		vtout_add(out, "\033[%d;%dr", st->top, st->bottom);
	else if (st->top != 0)
		vtout_add(out, "\033[%dr", st->top);
	if (st->right != 0)
		vtout_add(out, "\033[%d;%ds", st->left, st->right);
	else if (st->left != 0)
		vtout_add(out, "\033[%ds", st->left);
}

/*
 * What was saved with the cursor comes back with it, and 1049 saves, too.
 * Where the cursor was is not known: it will be at home.
 */
static void
take_saved(const struct vtpen *saved, struct vtout *out)
{
	if (vtpen_is_plain(saved))
		return;
	vtpen_set(saved, out);
	vtout_add(out, saved->origin ? "\033[?6h\0337" : "\0337");
}

static void
drop_saved(const struct vtpen *saved, struct vtout *out)
{
	vtpen_undo(saved, out);
	if (saved->origin)
		vtout_add(out, "\033[?6l");
}

static void
set_before(const struct vtstate *st, struct vtout *out)
{
	vttitle_set(&st->title, out);
	vtkeys_set(&st->keys[0], out);
}

size_t
vtstate_set_before(const struct vtstate *st, char buf[VTSTATE_TEXT])
{
	struct vtout out = { buf, VTSTATE_TEXT, 0 };

	buf[0] = '\0';
	set_before(st, &out);
	return out.len;
}

static void
set_after(const struct vtstate *st, struct vtout *out, int margins)
{
	if (st->alternate != 0)
		vtkeys_set(&st->keys[1], out);
	vtmode_set(&st->modes, out);
	/* behind the modes, one of which makes room for the columns */
	if (margins)
		set_margins(st, out);
	vtpen_set(&st->pen, out);
	if (st->cursor > 1)
		vtout_add(out, "\033[%d q", st->cursor - 1);
	if (st->shape != 0)
		vtout_add(out, "\033[?%dc", st->shape);
	if (st->other_keys != 0)
		vtout_add(out, "\033[>4;%dm", st->other_keys);
}

size_t
vtstate_set_after(const struct vtstate *st, char buf[VTSTATE_TEXT])
{
	struct vtout out = { buf, VTSTATE_TEXT, 0 };

	buf[0] = '\0';
	set_after(st, &out, 0);
	return out.len;
}

size_t
vtstate_set(const struct vtstate *st, char buf[VTSTATE_TEXT])
{
	struct vtout out = { buf, VTSTATE_TEXT, 0 };

	buf[0] = '\0';
	set_before(st, &out);
	take_saved(&st->saved[0], &out);
	if (st->alternate != 0)
		vtout_add(&out, "\033[?%dh", st->alternate);
	drop_saved(&st->saved[0], &out);
	if (st->alternate != 0) {
		take_saved(&st->saved[1], &out);
		drop_saved(&st->saved[1], &out);
	}
	set_after(st, &out, 1);
	return out.len;
}

/* 1049 gives the main screen's own pen back, which may not be plain. */
static void
leave_alternate(const struct vtstate *st, struct vtmode *modes,
    struct vtout *out)
{
	vtkeys_undo(&st->keys[1], out);
	vtout_add(out, "\033[?%dl", st->alternate);
	if (st->alternate != 1049)
		return;
	vtpen_undo(&st->saved[0], out);
	if (st->saved[0].origin)
		vtmode_change(modes, 1, 6, 1);
}

size_t
vtstate_undo(const struct vtstate *st, char buf[VTSTATE_TEXT])
{
	struct vtout out = { buf, VTSTATE_TEXT, 0 };
	struct vtmode modes = st->modes;

	buf[0] = '\0';
	if (st->scan.state == VTSCAN_IN_STRING ||
	    st->scan.state == VTSCAN_IN_STRING_ESCAPE)
		vtout_add(&out, BREAK_OFF);
	else if (!vtstate_is_clean(st))
		vtout_add(&out, "\030");
	vtpen_undo(&st->pen, &out);
	if (st->alternate != 0)
		leave_alternate(st, &modes, &out);
	vtmode_undo(&modes, &out);
	vtkeys_undo(&st->keys[0], &out);
	/* this one moves the cursor; the columns went with their mode */
	if (st->top != 0 || st->bottom != 0)
		vtout_add(&out, "\0337\033[r\0338");
	if (st->cursor > 1)
		vtout_add(&out, "\033[0 q");
	if (st->shape != 0)
		vtout_add(&out, "\033[?0c");
	if (st->other_keys != 0)
		vtout_add(&out, "\033[>4m");
	vttitle_undo(&st->title, &out);
	return out.len;
}

/*
 * An old Linux console, or a terminal of few modes, may show the rest of a
 * sequence that it does not know, so the screen is cleared last; all of it,
 * and not from the cursor on, because VTE and tmux then keep what they have
 * shown.  The alternate screen is visited for what it has of its own, and
 * because 1049 gives a pen back even where it was never turned on.
 */
size_t
vtstate_fresh(char buf[VTSTATE_TEXT])
{
	struct vtout out = { buf, VTSTATE_TEXT, 0 };

	buf[0] = '\0';
	vtout_add(&out, BREAK_OFF "\033[?1049l");
	vtmode_fresh(&out);
	vtkeys_fresh(&out);
	vtout_add(&out, "\033[>4m\033[0 q\033[r");
	vtout_add(&out, "\033(B\033)B\033*B\033+B\017\033[m");
	vtout_add(&out, "\033[H\0337\033[?1049h\0337");
	vtkeys_fresh(&out);
	vtout_add(&out, "\033[?1049l\033[H\033[2J");
	return out.len;
}
