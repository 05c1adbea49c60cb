/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef GRID_H
#define GRID_H

#include <stdint.h>

#include "line.h"

/*
 * The rows of a screen, and above them those that went out at its top and
 * come back when it gets taller.  Rows count from 0 at the top of the screen;
 * history is at -1 and upwards.
 */
struct grid {
	struct line *lines;	/* a ring of "room" */
	int room, first;
	int rows, cols;
	int history, history_max;
	int pull;		/* how many of it come back */
};

/* Room for 200 lines of history, or for none.  Returns it; NULL with errno. */
#define GRID_HISTORY 200
struct grid *grid_new(int rows, int cols, int history_max);
void grid_free(struct grid *grid);
struct grid *grid_copy(const struct grid *grid);

struct line *grid_line(const struct grid *grid, int row);

/* What returns int returns 0, or -1 if there is no memory. */

/* Erase rows from "row" up to, not including, "end", in these columns. */
int grid_erase(struct grid *grid, int row, int end, int col, int col_end,
    uint32_t bg);
/*
 * Move the rows of a region up by n, or down if n is negative; with "keep"
 * those that go out at the top become history, if this grid has any.
 */
int grid_scroll(struct grid *grid, int top, int bottom, int n, uint32_t bg,
    int keep);
/* The same for some columns of them, which never are history. */
int grid_scroll_part(struct grid *grid, int top, int bottom, int left,
    int right, int n, uint32_t bg);
/* Move columns of a row to the left by n, or to the right. */
int grid_shift(struct grid *grid, int row, int left, int right, int n,
    uint32_t bg);
/* Forget the history. */
void grid_forget(struct grid *grid);
/* Returns 1 if nothing was written to any row. */
int grid_is_unused(const struct grid *grid);

/*
 * Make it taller or shorter: what is below the cursor goes first, then the
 * top becomes history; history comes back first.  "row" is the cursor's.
 */
int grid_set_rows(struct grid *grid, int rows, int *row);

/*
 * Let the last "rows" of these lines be the screen and those above them
 * history, of which "pull" come back.  The lines are the grid's then, unless
 * there is no memory; the array stays the caller's.
 */
int grid_take(struct grid *grid, struct line *lines, int n, int pull);

#endif
