/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef STATE_H
#define STATE_H

#include <stddef.h>
#include <stdint.h>

#include "cutter.h"
#include "grid.h"
#include "pen.h"

/* All that a screen is; what is done to it is said in the rooms above. */

/* What a program may ask for; who is larger gets this. */
#define STATE_ROWS_MAX 1024
#define STATE_COLS_MAX 1024
int state_limit(int n, int most);

struct charset {
	char designated[2];	/* '0' is line drawing; all else is ASCII */
	int shifted;		/* SO: the second of them */
};

/* A cursor that is put away and taken back. */
struct cursor {
	int row, col;		/* col may be the number of columns: the next
				   character goes to the next row */
	struct pen pen;
	struct charset charset;
	int origin;
};

struct vtlib;

struct screen {
	struct vtlib *lib;
	struct cutter cutter;
	struct grid *normal;
	struct grid *alternate;	/* NULL: not in use */
	int alternate_by;	/* the mode that switched: 47, 1047, 1049 */
	int rows, cols;
	struct cursor now;
	struct cursor saved;	/* by DECSC */
	struct cursor left;	/* on the normal screen */
	int has_saved, has_left;
	int top, bottom;	/* scroll region; bottom is behind it */
	int margins;		/* left and right ones are in force */
	int left_edge, right_edge;	/* ... and these, from 1; 0: none */
	int wrap, insert, newline;
	int joiner;		/* the next character joins the last */
	char last[4];		/* for REP */
	int nlast;
	int keep;		/* what scrolls out now becomes history */
	int failed;		/* there was no memory */
};

/* Returns what is shown now. */
struct grid *state_grid(const struct screen *screen);

/* A new row, as a line feed makes it. */
void state_linefeed(struct screen *screen, uint32_t bg);

#endif
