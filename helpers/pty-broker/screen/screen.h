/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SCREEN_H
#define SCREEN_H

#include <stddef.h>
#include <stdint.h>

#include "cutter.h"
#include "grid.h"
#include "pen.h"

/*
 * What a terminal shows.  libvterm says what a control sequence means; the
 * rows are kept here, because its own screen forgets which lines were
 * wrapped (before 0.3) and half of the attributes.  It is told of nothing
 * that a program can break it with: no strings, no characters, no queries,
 * and never more than two numbers.
 */

/* What a program may ask for; who is larger gets this. */
#define SCREEN_ROWS_MAX 1024
#define SCREEN_COLS_MAX 1024
int screen_limit(int n, int most);

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

/* Returns it; or NULL with errno. */
struct screen *screen_new(int rows, int cols);
void screen_free(struct screen *screen);

/* Returns 0, or -1 if there is no memory: the screen is then of no use. */
int screen_feed(struct screen *screen, const unsigned char *data, size_t n);
int screen_resize(struct screen *screen, int rows, int cols);

/* Returns how many of the bytes fed last are part of something unfinished. */
uint64_t screen_inside(const struct screen *screen);

/* Returns what is shown now. */
struct grid *screen_grid(const struct screen *screen);

/* For the rooms of this folder: a new row, as a line feed makes it. */
void screen_linefeed(struct screen *screen, uint32_t bg);

#endif
