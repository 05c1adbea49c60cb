/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* The rows of a screen and its history: a ring, so that a line that goes out
 * at the top costs the same whatever the height. */

#include "config.h"
#include "grid.h"

#include <stdlib.h>
#include <string.h>

struct grid *
grid_new(int rows, int cols, int history_max)
{
	struct grid *grid = calloc(1, sizeof(*grid));

	if (grid == NULL)
		return NULL;
	grid->rows = rows;
	grid->cols = cols;
	grid->history_max = history_max;
	grid->room = rows + history_max;
	grid->lines = calloc((size_t)grid->room, sizeof(*grid->lines));
	if (grid->lines == NULL) {
		free(grid);
		return NULL;
	}
	return grid;
}

void
grid_free(struct grid *grid)
{
	int i;

	if (grid == NULL)
		return;
	for (i = 0; i < grid->room; i++)
		line_free(&grid->lines[i]);
	free(grid->lines);
	free(grid);
}

struct line *
grid_line(const struct grid *grid, int row)
{
	return &grid->lines[(grid->first + grid->history + row) %
	    grid->room];
}

struct grid *
grid_copy(const struct grid *grid)
{
	struct grid *copy;
	int row;

	copy = grid_new(grid->rows, grid->cols, grid->history_max);
	if (copy == NULL)
		return NULL;
	copy->history = grid->history;
	copy->pull = grid->pull;
	for (row = -grid->history; row < grid->rows; row++) {
		if (line_copy(grid_line(copy, row),
		    grid_line(grid, row)) == -1) {
			grid_free(copy);
			return NULL;
		}
	}
	return copy;
}

/* Whoever is above this row no longer goes on in it. */
static void
unwrap_above(struct grid *grid, int row)
{
	if (row > -grid->history)
		grid_line(grid, row - 1)->wrapped = 0;
}

int
grid_erase(struct grid *grid, int row, int end, int col, int col_end,
    uint32_t bg)
{
	int whole = col == 0 && col_end >= grid->cols;

	if (row >= end)
		return 0;
	if (whole)
		unwrap_above(grid, row);
	for (; row < end; row++) {
		if (whole ? line_clear(grid_line(grid, row), grid->cols, bg) :
		    line_erase(grid_line(grid, row), grid->cols, col, col_end,
		    bg))
			return -1;
	}
	return 0;
}

/* The ring turns by one: what was row 0 is the newest line of history. */
static void
turn(struct grid *grid)
{
	if (grid->history < grid->history_max)
		grid->history++;
	else
		grid->first = (grid->first + 1) % grid->room;
	if (grid->pull < grid->history)
		grid->pull++;
}

/*
 * Row "top" becomes history, the rest of the region moves up.  Rows above and
 * below it stay: they are moved against the ring's turn.
 */
static int
scroll_to_history(struct grid *grid, int top, int bottom, uint32_t bg)
{
	struct line out, empty;
	int row;

	out = *grid_line(grid, top);
	for (row = top; row > 0; row--)
		*grid_line(grid, row) = *grid_line(grid, row - 1);
	*grid_line(grid, 0) = out;
	turn(grid);
	/* the slot that the turn has brought, with whatever was in it */
	empty = *grid_line(grid, grid->rows - 1);
	for (row = grid->rows - 1; row >= bottom; row--)
		*grid_line(grid, row) = *grid_line(grid, row - 1);
	*grid_line(grid, bottom - 1) = empty;
	return line_clear(grid_line(grid, bottom - 1), grid->cols, bg);
}

/* By one or more rows, within the region. */
static int
rotate(struct grid *grid, int top, int bottom, int n, uint32_t bg, int keep)
{
	struct line spare;
	int row, i;

	unwrap_above(grid, top);
	for (i = 0; i < n; i++) {
		spare = *grid_line(grid, top);
		for (row = top; row < bottom - 1; row++)
			*grid_line(grid, row) = *grid_line(grid, row + 1);
		*grid_line(grid, bottom - 1) = spare;
		if (line_clear(grid_line(grid, bottom - 1), grid->cols,
		    bg) == -1)
			return -1;
	}
	if (!keep)
		unwrap_above(grid, bottom - n);
	return 0;
}

static int
rotate_back(struct grid *grid, int top, int bottom, int n, uint32_t bg)
{
	struct line spare;
	int row, i;

	unwrap_above(grid, top);
	for (i = 0; i < n; i++) {
		spare = *grid_line(grid, bottom - 1);
		for (row = bottom - 1; row > top; row--)
			*grid_line(grid, row) = *grid_line(grid, row - 1);
		*grid_line(grid, top) = spare;
		if (line_clear(grid_line(grid, top), grid->cols, bg) == -1)
			return -1;
	}
	/* its next line is lost */
	grid_line(grid, bottom - 1)->wrapped = 0;
	return 0;
}

int
grid_scroll(struct grid *grid, int top, int bottom, int n, uint32_t bg,
    int keep)
{
	int most = bottom - top;

	if (most <= 0 || n == 0)
		return 0;
	if (n > most)
		n = most;
	if (n < -most)
		n = -most;
	if (n < 0)
		return rotate_back(grid, top, bottom, -n, bg);
	if (!keep || grid->history_max == 0)
		return rotate(grid, top, bottom, n, bg, keep);
	for (; n > 0; n--) {
		if (scroll_to_history(grid, top, bottom, bg) == -1)
			return -1;
	}
	return 0;
}

/* Columns left to right of one row become those of another. */
static int
copy_part(struct line *to, const struct line *from, int cols, int left,
    int right)
{
	struct cell cell;
	int col;

	if (line_erase(to, cols, left, right, 0) == -1)
		return -1;
	for (col = left; col < right; col++) {
		cell = *line_cell(from, col);
		if (cell.len == 0) {
			if (line_erase(to, cols, col, col + 1,
			    cell.pen.bg) == -1)
				return -1;
		} else if (cell.width > right - col) {
			continue;
		} else if (line_put(to, cols, col, cell.text, cell.len,
		    cell.width, &cell.pen) == -1) {
			return -1;
		} else {
			col += cell.width - 1;
		}
	}
	return 0;
}

int
grid_scroll_part(struct grid *grid, int top, int bottom, int left, int right,
    int n, uint32_t bg)
{
	int row, from, step = n < 0 ? -1 : 1;

	for (row = n < 0 ? bottom - 1 : top; row >= top && row < bottom;
	    row += step) {
		from = row + n;
		if (from >= top && from < bottom ?
		    copy_part(grid_line(grid, row), grid_line(grid, from),
		    grid->cols, left, right) :
		    line_erase(grid_line(grid, row), grid->cols, left, right,
		    bg))
			return -1;
	}
	return 0;
}

int
grid_shift(struct grid *grid, int row, int left, int right, int n,
    uint32_t bg)
{
	struct line *line = grid_line(grid, row);
	int width = right - left;

	if (n > width)
		n = width;
	if (n < -width)
		n = -width;
	if (n > 0) {
		if (line_move(line, left, left + n, width - n, bg) == -1)
			return -1;
		return line_erase(line, grid->cols, right - n, right, bg);
	}
	if (line_move(line, left - n, left, width + n, bg) == -1)
		return -1;
	return line_erase(line, grid->cols, left, left - n, bg);
}

void
grid_forget(struct grid *grid)
{
	/* the slots keep their memory until they are used again */
	grid->first = (grid->first + grid->history) % grid->room;
	grid->history = grid->pull = 0;
}

int
grid_is_unused(const struct grid *grid)
{
	int row;

	for (row = 0; row < grid->rows; row++) {
		if (grid_line(grid, row)->used > 0)
			return 0;
	}
	return 1;
}

/*
 * Keep the lines from "start" up to, not including, "end", the oldest of
 * history being 0, in a ring of the new height; what is missing is empty.
 */
static int
rebuild(struct grid *grid, int rows, int history, int start, int end)
{
	int room = rows + grid->history_max, i;
	struct line *lines = calloc((size_t)room, sizeof(*lines)), *line;

	if (lines == NULL)
		return -1;
	for (i = start; i < end; i++) {
		line = &grid->lines[(grid->first + i) % grid->room];
		lines[i - start] = *line;
		memset(line, 0, sizeof(*line));
	}
	for (i = 0; i < grid->room; i++)
		line_free(&grid->lines[i]);
	free(grid->lines);
	grid->lines = lines;
	grid->room = room;
	grid->first = 0;
	grid->history = history;
	if (grid->pull > history)
		grid->pull = history;
	grid->rows = rows;
	return 0;
}

static int
make_shorter(struct grid *grid, int rows, int *row)
{
	int out = grid->rows - rows, below = grid->rows - 1 - *row;
	int start = 0, end = grid->history + grid->rows, history;

	if (below > out)
		below = out;
	if (below > 0)
		unwrap_above(grid, grid->rows - below);
	end -= below;
	out -= below;
	*row -= out;
	history = grid->history + out;
	grid->pull += out;
	if (history > grid->history_max) {
		start = history - grid->history_max;
		history = grid->history_max;
	}
	return rebuild(grid, rows, history, start, end);
}

int
grid_set_rows(struct grid *grid, int rows, int *row)
{
	int back;

	if (rows == grid->rows)
		return 0;
	if (rows < grid->rows)
		return make_shorter(grid, rows, row);
	back = rows - grid->rows;
	if (back > grid->pull)
		back = grid->pull;
	grid->pull -= back;
	*row += back;
	return rebuild(grid, rows, grid->history - back, 0,
	    grid->history + grid->rows);
}

int
grid_take(struct grid *grid, struct line *lines, int n, int pull)
{
	struct line *ring;
	int i, start, room = grid->rows + grid->history_max;

	if ((ring = calloc((size_t)room, sizeof(*ring))) == NULL)
		return -1;
	start = n > room ? n - room : 0;
	for (i = 0; i < n; i++) {
		if (i < start)
			line_free(&lines[i]);
		else
			ring[i - start] = lines[i];
	}
	for (i = 0; i < grid->room; i++)
		line_free(&grid->lines[i]);
	free(grid->lines);
	grid->lines = ring;
	grid->room = room;
	grid->first = 0;
	n -= start;
	grid->history = n > grid->rows ? n - grid->rows : 0;
	grid->pull = pull < grid->history ? pull : grid->history;
	return 0;
}
