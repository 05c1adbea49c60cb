/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef REFLOW_H
#define REFLOW_H

#include "grid.h"

/*
 * Make the grid as wide as "cols" and as high as "rows".  With "wrap" lines
 * that were wrapped are put together and wrapped anew, history included, and
 * the cursor stays on its character; without it each row keeps its text.  The
 * cursor may be behind the last column, where a character waits for the next
 * row.  Returns 0, or -1 if there is no memory: the grid is as before or has
 * lost lines.
 */
int reflow(struct grid *grid, int rows, int cols, int wrap, int *row,
    int *col);

#endif
