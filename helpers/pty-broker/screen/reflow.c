/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * A new width, as tmux does it: of all terminals that wrap anew it is the one
 * whose rules are written down, and it is the one that is measured against.
 */

#include "config.h"
#include "reflow.h"

#include <stdlib.h>
#include <string.h>

/* Where the cursor is in the text, whatever the width. */
struct mark {
	int line;	/* which of the unwrapped lines */
	int col;	/* which of its cells; -1: behind the last */
};

/* The lines that become the new grid. */
struct target {
	struct line *lines;
	int n, room;
	int cols;
	int width;	/* of the last line */
	int pull;
};

static struct mark
mark_position(const struct grid *grid, int row, int col)
{
	struct mark mark = { 0, 0 };
	const struct line *line;
	int i;

	for (i = -grid->history; i < row; i++) {
		line = grid_line(grid, i);
		if (line->wrapped) {
			mark.col += line->used;
		} else {
			mark.col = 0;
			mark.line++;
		}
	}
	if (col >= grid_line(grid, row)->used)
		mark.col = -1;
	else
		mark.col += col;
	return mark;
}

static int
new_line(struct target *target)
{
	struct line *lines;
	int room;

	if (target->n == target->room) {
		room = target->room == 0 ? 256 : target->room * 2;
		lines = reallocarray(target->lines, (size_t)room,
		    sizeof(*lines));
		if (lines == NULL)
			return -1;
		target->lines = lines;
		target->room = room;
	}
	memset(&target->lines[target->n++], 0, sizeof(*target->lines));
	target->width = 0;
	return 0;
}

static int
add_cells(struct target *target, const struct line *line)
{
	const struct cell *cell;
	int i;

	for (i = 0; i < line->used; i++) {
		cell = &line->cells[i];
		if (target->width + cell->width > target->cols) {
			target->lines[target->n - 1].wrapped = 1;
			if (new_line(target) == -1)
				return -1;
		}
		if (line_append(&target->lines[target->n - 1], cell) == -1)
			return -1;
		target->width += cell->width;
	}
	return 0;
}

static int
fits(const struct line *line, int cols)
{
	int i, width = 0;

	for (i = 0; i < line->used; i++)
		width += line->cells[i].width;
	return width <= cols;
}

/* Where it was in the old lines decides what still comes back of history. */
static void
count_pull(struct target *target, int from, int to, int source)
{
	int made = target->n - to;

	if (made > source && from <= target->pull)
		target->pull += made - source;
	else if (made < source && target->pull > to + source - made)
		target->pull -= source - made;
	else if (made < source && target->pull > to)
		target->pull = to;
}

/* The unwrapped line that begins at this row, which is moved behind it. */
static int
add_unwrapped(struct target *target, struct grid *grid, int *row)
{
	int begin = *row, to = target->n;
	struct line *line = grid_line(grid, begin);

	if (new_line(target) == -1)
		return -1;
	if (!line->wrapped && fits(line, target->cols)) {
		/* with whatever was erased behind its text */
		target->lines[to] = *line;
		memset(line, 0, sizeof(*line));
		++*row;
		return 0;
	}
	do {
		line = grid_line(grid, (*row)++);
		if (add_cells(target, line) == -1)
			return -1;
	} while (line->wrapped && *row < grid->rows);
	target->lines[target->n - 1].wrapped = line->wrapped;
	count_pull(target, begin + grid->history, to, *row - begin);
	return 0;
}

/* Where the mark is now, in all of the lines. */
static void
find_mark(const struct target *target, struct mark mark, int *at, int *col)
{
	const struct line *lines = target->lines;
	int i, n = 0, last = target->n - 1;

	*at = *col = 0;
	if (lines == NULL)
		return;
	for (i = 0; i < last && n < mark.line; i++) {
		if (!lines[i].wrapped)
			n++;
	}
	while (i < last && lines[i].wrapped &&
	    (mark.col < 0 || mark.col >= lines[i].used)) {
		if (mark.col >= 0)
			mark.col -= lines[i].used;
		i++;
	}
	*at = i;
	*col = mark.col < 0 ? lines[i].used : mark.col;
}

static int
wrap_anew(struct grid *grid, int cols, int *row, int *col)
{
	struct target target = { .cols = cols, .pull = grid->pull };
	struct mark mark = mark_position(grid, *row, *col);
	int from = -grid->history, result = -1, i;

	while (from < grid->rows) {
		if (add_unwrapped(&target, grid, &from) == -1)
			goto out;
	}
	/* the screen is never shorter than it was */
	while (target.n == 0 || target.n < grid->rows) {
		if (new_line(&target) == -1)
			goto out;
	}
	find_mark(&target, mark, row, col);
	*row -= target.n - grid->rows;
	if (grid_take(grid, target.lines, target.n, target.pull) == -1)
		goto out;
	target.n = 0;
	result = 0;
out:
	for (i = 0; i < target.n; i++)
		line_free(&target.lines[i]);
	free(target.lines);
	return result;
}

int
reflow(struct grid *grid, int rows, int cols, int wrap, int *row, int *col)
{
	int old = grid->cols;

	grid->cols = cols;
	if (grid_set_rows(grid, rows, row) == -1 ||
	    (cols != old && wrap && wrap_anew(grid, cols, row, col) == -1))
		return -1;
	if (*row < 0)
		*row = *col = 0;
	if (*row >= rows)
		*row = rows - 1;
	if (*col > cols)
		*col = cols;
	return 0;
}
