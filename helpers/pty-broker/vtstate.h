/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef VTSTATE_H
#define VTSTATE_H

#include <stddef.h>
#include <stdint.h>

#include "vtkeys.h"
#include "vtmode.h"
#include "vtpen.h"
#include "vtscan.h"
#include "vttitle.h"

/*
 * What the bytes of a program have made of a terminal, as far as that is
 * modes, and where sequences and characters begin.  What is on the screen,
 * where the cursor is, tab stops and the palette are not in it.
 *
 * By value: of a fixed size, below 1 KiB, without memory of its own; it may
 * be copied by '='.  "(nothing)" for a terminal is a string of length 0.
 */
struct vtstate {
	struct vtscan scan;
	struct vtmode modes;
	struct vtpen pen;
	struct vtpen saved[2];		/* with the cursor, a screen each */
	struct vtkeys keys[2];		/* the main and the alternate one */
	struct vttitle title;
	uint16_t alternate;		/* 47, 1047, 1049, or 0 */
	uint16_t top, bottom;		/* DECSTBM; 0: at the edge */
	uint16_t left, right;		/* DECSLRM */
	uint16_t cursor;		/* DECSCUSR + 1; 0: never set */
	uint16_t shape;			/* the Linux console's CSI ? n c */
	uint8_t other_keys;		/* xterm's modifyOtherKeys */
};

/* No set, undo or fresh text is longer, its NUL included. */
#define VTSTATE_TEXT 4096

/* A terminal that was just reset. */
void vtstate_init(struct vtstate *st);

/* Follow these bytes; plain text costs little more than a memchr(3). */
void vtstate_scan(struct vtstate *st, const unsigned char *p, size_t n);

/* Returns 1 between sequences and characters, else 0. */
int vtstate_is_clean(const struct vtstate *st);

/*
 * Follow these bytes until between sequences and characters.
 * Returns how many that took; n if they all are in the middle of one.
 */
size_t vtstate_clean(struct vtstate *st, const unsigned char *p, size_t n);

/* Returns 1 if the alternate screen is shown, else 0. */
int vtstate_alternate(const struct vtstate *st);

/*
 * The next bytes of a replay, "st" being where they begin: *pass of them go
 * to the viewer, and *skip behind them do not.  Those are what a terminal
 * would answer (I13), and what is done once and not again: the bell, the
 * clipboard, notifications, moving the window, printing.  The end of a sequence
 * that began before them passes, and so does one that is unfinished at the
 * end: give a ring that is in two parts in one piece, or the second part from
 * where the unfinished one begins.
 * Returns how many of the *pass bytes, at their end, are an unfinished one.
 */
size_t vtstate_next_query(const struct vtstate *st, const unsigned char *p,
    size_t n, size_t *pass, size_t *skip);

/*
 * Write what brings a terminal that vtstate_fresh() has reset into this
 * state.  An unfinished sequence is not begun again.
 * Returns its length, below VTSTATE_TEXT; there is a NUL behind it.
 */
size_t vtstate_set(const struct vtstate *st, char buf[VTSTATE_TEXT]);

/*
 * The same in two parts, for a viewer who is shown both screens: the second
 * is for behind the switch to the alternate one, and has no margins, which a
 * terminal forgets when it is resized.
 */
size_t vtstate_set_before(const struct vtstate *st, char buf[VTSTATE_TEXT]);
size_t vtstate_set_after(const struct vtstate *st, char buf[VTSTATE_TEXT]);

/*
 * Write what puts a terminal in this state back to what a shell expects, and
 * ends an unfinished sequence.  Nothing that was not changed is touched; the
 * screen stays as it is, unless it was the alternate one.
 * Returns its length, as vtstate_set().
 */
size_t vtstate_undo(const struct vtstate *st, char buf[VTSTATE_TEXT]);

/*
 * Write what makes a terminal of unknown state fresh: modes, attributes,
 * margins and character sets as they are at first, the main screen, which is
 * cleared, the cursor at home.  What was scrolled out of sight stays, and so
 * do the title, colours and modes that vtstate_undo() takes back by name.
 * Returns its length, as vtstate_set().
 */
size_t vtstate_fresh(char buf[VTSTATE_TEXT]);

#endif
