/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef PAINT_H
#define PAINT_H

#include "bytes.h"
#include "grid.h"
#include "pen.h"

/* Writes cells for a terminal, and knows how its pen stands. */
struct painter {
	struct bytes *out;
	struct pen pen;
	/* what had to be written to make a line wrap, and is to be erased */
	struct mend *mends;
	int nmends, room;
};

/* Make the terminal's pen this one, its character set too. */
void paint_pen(struct painter *painter, const struct pen *pen);

/*
 * Write the rows from "first" on, which is negative for some of history, to a
 * terminal of the grid's size that is empty and has its cursor at home and
 * all modes as they are after a reset.  A line that was wrapped is wrapped by
 * the terminal, so that it knows.
 */
void paint_rows(struct painter *painter, const struct grid *grid, int first);

#endif
