/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* One row of a screen: who wrote what, and what of it is left. */

#include "config.h"
#include "line.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Erased, in the default colours. */
static const struct cell cell_blank = { .width = 1 };

static void
blank(struct cell *cell, uint32_t bg)
{
	*cell = cell_blank;
	cell->pen.bg = bg;
}

/*
 * Make room up to "size", which may then be written.  Lines are written a
 * character at a time, so they grow by more than one.
 */
static int
grow(struct line *line, int size)
{
	struct cell *cells;
	int room;

	if (size > line->size) {
		room = size < 16 ? 16 : (size + 31) / 32 * 32;
		cells = reallocarray(line->cells, (size_t)room,
		    sizeof(*cells));
		if (cells == NULL)
			return -1;
		line->cells = cells;
		line->size = room;
	}
	for (; line->end < size; line->end++)
		blank(&line->cells[line->end], 0);
	return 0;
}

/* As if a space had been written there in the default colours. */
static void
space(struct cell *cell)
{
	*cell = cell_blank;
	cell->text[0] = ' ';
	cell->len = 1;
}

const struct cell *
line_cell(const struct line *line, int col)
{
	return col < line->end ? &line->cells[col] : &cell_blank;
}

int
line_clear(struct line *line, int cols, uint32_t bg)
{
	int i;

	line->used = line->wrapped = line->end = 0;
	if (bg == 0)
		return 0;
	if (grow(line, cols) == -1)
		return -1;
	for (i = 0; i < cols; i++)
		blank(&line->cells[i], bg);
	return 0;
}

void
line_free(struct line *line)
{
	free(line->cells);
	memset(line, 0, sizeof(*line));
}

int
line_copy(struct line *to, const struct line *from)
{
	memset(to, 0, sizeof(*to));
	if (from->end > 0 && grow(to, from->end) == -1)
		return -1;
	if (from->end > 0)
		memcpy(to->cells, from->cells,
		    (size_t)from->end * sizeof(*to->cells));
	to->used = from->used;
	to->wrapped = from->wrapped;
	return 0;
}

/* No half of a wide character stays when [col, end) is written. */
static void
cut_wide(struct line *line, int cols, int col, int end)
{
	int at;

	if (line_cell(line, col)->width == 0) {
		for (at = col; at > 0 && line->cells[at].width == 0; at--)
			space(&line->cells[at]);
		space(&line->cells[at]);
	}
	for (at = end; at < cols && line_cell(line, at)->width == 0; at++)
		space(&line->cells[at]);
}

int
line_put_ascii(struct line *line, int cols, int col, const char *text, int n,
    const struct pen *pen)
{
	struct cell *cell;
	int i;

	if (grow(line, col + n) == -1)
		return -1;
	cut_wide(line, cols, col, col + n);
	for (i = 0; i < n; i++) {
		cell = &line->cells[col + i];
		cell->pen = *pen;
		cell->len = cell->width = 1;
		cell->text[0] = text[i];
	}
	if (line->used < col + n)
		line->used = col + n;
	return 0;
}

int
line_put(struct line *line, int cols, int col, const char *text, int n,
    int width, const struct pen *pen)
{
	struct cell *cell;

	if (grow(line, col + width) == -1)
		return -1;
	cut_wide(line, cols, col, col + width);
	cell = &line->cells[col];
	*cell = cell_blank;
	cell->pen = *pen;
	cell->len = (unsigned char)n;
	cell->width = (unsigned char)width;
	memcpy(cell->text, text, (size_t)n);
	if (width == 2) {
		blank(cell + 1, 0);
		cell[1].width = 0;
		cell[1].pen = *pen;
	}
	if (line->used < col + width)
		line->used = col + width;
	return 0;
}

int
line_combine(struct line *line, int col, const char *text, int n)
{
	struct cell *cell;

	if (grow(line, col + 1) == -1)
		return -1;
	while (col > 0 && line->cells[col].width == 0)
		col--;
	cell = &line->cells[col];
	if (cell->width == 0 || cell->len + n > CELL_TEXT)
		return 0;
	if (cell->len == 0)
		cell->text[cell->len++] = ' ';
	if (cell->len + n > CELL_TEXT)
		return 0;
	memcpy(cell->text + cell->len, text, (size_t)n);
	cell->len = (unsigned char)(cell->len + n);
	if (line->used < col + 1)
		line->used = col + 1;
	return 0;
}

int
line_erase(struct line *line, int cols, int col, int end, uint32_t bg)
{
	int i;

	if (end > cols)
		end = cols;
	if (bg == 0 && end > line->end)
		end = line->end;
	if (col >= end)
		return 0;
	if (grow(line, end) == -1)
		return -1;
	for (i = col; i < end; i++)
		blank(&line->cells[i], bg);
	return 0;
}

int
line_move(struct line *line, int to, int from, int n, uint32_t bg)
{
	int i;

	if (n <= 0 || to == from)
		return 0;
	if (grow(line, (to > from ? to : from) + n) == -1)
		return -1;
	memmove(&line->cells[to], &line->cells[from],
	    (size_t)n * sizeof(*line->cells));
	if (line->used < to + n)
		line->used = to + n;
	for (i = from; i < from + n; i++) {
		if (i < to || i >= to + n)
			blank(&line->cells[i], bg);
	}
	return 0;
}

int
line_append(struct line *line, const struct cell *cell)
{
	if (grow(line, line->used + 1) == -1)
		return -1;
	line->cells[line->used++] = *cell;
	return 0;
}
