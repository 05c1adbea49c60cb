/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef LINE_H
#define LINE_H

#include <stddef.h>

#include "pen.h"

/*
 * One row of a screen.  What lies behind "used" was at most erased, and does
 * not move when lines are wrapped anew; what lies behind "end" is empty in the
 * default colours, whatever its memory holds, so that lines scroll in at once.
 */

/* A character and what is combined with it, in UTF-8. */
#define CELL_TEXT 21

struct cell {
	struct pen pen;
	unsigned char len;	/* 0: erased, or the right half of a wide one */
	unsigned char width;	/* 1, 2; 0: the right half of a wide one */
	char text[CELL_TEXT];
};

struct line {
	struct cell *cells;
	int size;		/* cells that there are */
	int end;		/* cells up to the last that is not empty */
	int used;		/* cells up to the last that was written */
	int wrapped;		/* goes on in the next line */
};

/*
 * What these change, they change within "cols" columns; "bg" is the colour of
 * what becomes empty.  Those that return int return 0, or -1 if there is no
 * memory.
 */

/* Returns the cell, never NULL. */
const struct cell *line_cell(const struct line *line, int col);

/* Make it empty in "bg", unwrapped and unused; the memory is kept. */
int line_clear(struct line *line, int cols, uint32_t bg);
void line_free(struct line *line);
int line_copy(struct line *to, const struct line *from);

/* Write "n" characters of ASCII; they fit. */
int line_put_ascii(struct line *line, int cols, int col, const char *text,
    int n, const struct pen *pen);
/* Write one character of "width" 1 or 2; it fits. */
int line_put(struct line *line, int cols, int col, const char *text, int n,
    int width, const struct pen *pen);
/* Add to the character at or left of "col", if there is room. */
int line_combine(struct line *line, int col, const char *text, int n);

/* Erase from "col" up to, not including, "end". */
int line_erase(struct line *line, int cols, int col, int end, uint32_t bg);
/* Move what is at "from" and right of it to "to", "n" cells. */
int line_move(struct line *line, int to, int from, int n, uint32_t bg);
/* Put a cell behind the last that is used. */
int line_append(struct line *line, const struct cell *cell);

#endif
