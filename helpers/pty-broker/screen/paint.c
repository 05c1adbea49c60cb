/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Cells as bytes.  A cell that was erased is not written, and one that was
 * written is, even if both look empty: a terminal that wraps lines anew, or
 * copies text, knows the difference.
 */

#include "config.h"
#include "paint.h"

#include <stdlib.h>
#include <string.h>

/* A blank of two columns. */
#define WIDE "\343\200\200"

struct mend {
	int row, col, n;
	uint32_t bg;
	int half;	/* what is right of it is half of a character */
};

/* A row while it is written. */
struct stroke {
	const struct line *line;
	int row, cols;
	int end;	/* what is behind it is not touched */
	int goes_on;	/* the next row has to come by wrapping ... */
	int wide;	/* ... and does, as its first character is wide */
	int skip;	/* columns between the terminal's cursor and here */
};

void
paint_pen(struct painter *painter, const struct pen *pen)
{
	unsigned int changed = pen->attr ^ painter->pen.attr;
	char buf[PEN_TEXT];

	if (changed & PEN_GRAPHICS)
		bytes_print(painter->out, "\033(%c",
		    pen->attr & PEN_GRAPHICS ? '0' : 'B');
	painter->pen.attr ^= changed & PEN_GRAPHICS;
	if (!pen_equal(pen, &painter->pen))
		bytes_add(painter->out, buf, pen_text(pen, buf));
	painter->pen = *pen;
}

static void
paint_plain(struct painter *painter, uint32_t bg)
{
	struct pen pen = { .bg = bg };

	paint_pen(painter, &pen);
}

static void
skip(struct painter *painter, struct stroke *stroke)
{
	if (stroke->skip > 0)
		bytes_print(painter->out, "\033[%dC", stroke->skip);
	stroke->skip = 0;
}

static void
mend_later(struct painter *painter, int row, int col, int n, uint32_t bg)
{
	struct mend *more;

	if (row < 0)
		return;
	if (painter->nmends == painter->room) {
		more = reallocarray(painter->mends,
		    (size_t)painter->room + 64, sizeof(*more));
		if (more == NULL) {
			painter->out->failed = 1;
			return;
		}
		painter->mends = more;
		painter->room += 64;
	}
	painter->mends[painter->nmends++] = (struct mend){ row, col, n,
	    bg, 0 };
}

static void
mend(struct painter *painter)
{
	const struct mend *m;
	int i;

	for (i = 0; i < painter->nmends; i++) {
		m = &painter->mends[i];
		paint_plain(painter, m->bg);
		bytes_print(painter->out, "\033[%d;%dH", m->row + 1,
		    m->col + 1);
		if (m->half)
			bytes_print(painter->out, "%s\033[%d;%dH", WIDE,
			    m->row + 1, m->col + 1);
		bytes_print(painter->out, "\033[%dX", m->n);
	}
	free(painter->mends);
	painter->mends = NULL;
	painter->nmends = painter->room = 0;
}

/*
 * A wide character of which one half was erased: some terminals go on showing
 * the other, some do not.  So it is written, and that half erased again.
 */
static int
is_left_half(const struct line *line, int col, int cols)
{
	return line_cell(line, col)->width == 2 && col + 1 < cols &&
	    line_cell(line, col + 1)->width == 1 &&
	    line_cell(line, col + 1)->len == 0;
}

static int
is_right_half(const struct line *line, int col)
{
	return line_cell(line, col)->width == 0 && col > 0 &&
	    line_cell(line, col - 1)->width == 1 &&
	    line_cell(line, col - 1)->len == 0;
}

/* Returns 1 if there is a character at this column that can be written. */
static int
is_written(const struct line *line, int col, int cols)
{
	const struct cell *cell = line_cell(line, col);

	if (cell->len == 0 || cell->width == 1)
		return cell->len > 0;
	return is_left_half(line, col, cols) || (col + 1 < cols &&
	    line_cell(line, col + 1)->width == 0);
}

static int
end_of(const struct line *line, int cols)
{
	const struct cell *cell;
	int col;

	for (col = line->end < cols ? line->end : cols; col > 0; col--) {
		cell = line_cell(line, col - 1);
		if (cell->pen.bg != 0 || is_written(line, col - 1, cols) ||
		    (col > 1 && line_cell(line, col - 2)->width == 2 &&
		    is_written(line, col - 2, cols)))
			break;
	}
	return col;
}

/*
 * Erased cells of one colour.  Where the cursor has to go through them, they
 * are written now and erased later.  Returns how many they are.
 */
static int
paint_erased(struct painter *painter, struct stroke *stroke, int col)
{
	uint32_t bg = line_cell(stroke->line, col)->pen.bg;
	int i, n = 0;

	while (col + n < stroke->end &&
	    !is_written(stroke->line, col + n, stroke->cols) &&
	    line_cell(stroke->line, col + n)->pen.bg == bg)
		n++;
	if (stroke->goes_on && !stroke->wide && col + n == stroke->cols) {
		skip(painter, stroke);
		paint_plain(painter, 0);
		for (i = 0; i < n; i++)
			bytes_add(painter->out, " ", 1);
		mend_later(painter, stroke->row, col, n, bg);
		return n;
	}
	if (bg != 0) {
		skip(painter, stroke);
		paint_plain(painter, bg);
		bytes_print(painter->out, "\033[%dX", n);
	}
	stroke->skip += n;
	return n;
}

/* The cursor is still in the row above, and only a character wraps. */
static int
paint_first(struct painter *painter, struct stroke *stroke)
{
	uint32_t bg = line_cell(stroke->line, 0)->pen.bg;

	if (is_written(stroke->line, 0, stroke->cols))
		return 0;
	paint_plain(painter, 0);
	bytes_add(painter->out, " ", 1);
	mend_later(painter, stroke->row, 0, 1, bg);
	return 1;
}

static void
mend_halves(struct painter *painter, const struct stroke *stroke)
{
	int col, before = painter->nmends;

	for (col = 1; col < stroke->cols && col < stroke->line->end; col++) {
		if (!is_right_half(stroke->line, col))
			continue;
		mend_later(painter, stroke->row, col - 1, 1,
		    line_cell(stroke->line, col - 1)->pen.bg);
		if (painter->nmends > before)
			painter->mends[painter->nmends - 1].half = 1;
	}
}

static void
paint_line(struct painter *painter, struct stroke *stroke, int came_on)
{
	const struct line *line = stroke->line;
	const struct cell *cell;
	int col = came_on ? paint_first(painter, stroke) : 0;

	while (col < stroke->end) {
		if (!is_written(line, col, stroke->cols)) {
			col += paint_erased(painter, stroke, col);
			continue;
		}
		cell = line_cell(line, col);
		skip(painter, stroke);
		paint_pen(painter, &cell->pen);
		bytes_add(painter->out, cell->text, cell->len);
		if (is_left_half(line, col, stroke->cols))
			mend_later(painter, stroke->row, col + 1, 1,
			    line_cell(line, col + 1)->pen.bg);
		col += cell->width;
	}
	if (stroke->wide)
		bytes_print(painter->out, "\033[%dG", stroke->cols);
	/* what was written once counts for the line's length */
	else if (line->used > stroke->end && line->used <= stroke->cols &&
	    !stroke->goes_on) {
		paint_plain(painter, 0);
		bytes_print(painter->out, "\033[%dG \033[%dG\033[X",
		    line->used, line->used);
	}
	mend_halves(painter, stroke);
}

/* Whether the next row begins with what does not fit into the last column. */
static int
wide_follows(const struct line *line, const struct line *next, int cols)
{
	return cols > 1 && !is_written(line, cols - 1, cols) &&
	    line_cell(line, cols - 1)->width == 1 &&
	    is_written(next, 0, cols) && line_cell(next, 0)->width == 2;
}

void
paint_rows(struct painter *painter, const struct grid *grid, int first)
{
	int row, last = grid->rows - 1, came_on = 0;
	struct stroke stroke;

	/* with history each row must come, or it does not go up there */
	while (first == 0 && last > 0 && grid_line(grid, last)->used == 0 &&
	    end_of(grid_line(grid, last), grid->cols) == 0)
		last--;
	for (row = first; row <= last; row++) {
		stroke = (struct stroke){ .line = grid_line(grid, row),
		    .row = row, .cols = grid->cols };
		stroke.goes_on = stroke.line->wrapped && row < last;
		stroke.end = end_of(stroke.line, grid->cols);
		stroke.wide = stroke.goes_on && wide_follows(stroke.line,
		    grid_line(grid, row + 1), grid->cols);
		if (stroke.goes_on && !stroke.wide)
			stroke.end = grid->cols;
		paint_line(painter, &stroke, came_on);
		came_on = stroke.goes_on;
		if (row < last && !came_on) {
			paint_plain(painter, 0);
			bytes_add(painter->out, "\r\n", 2);
		}
	}
	paint_plain(painter, 0);
	mend(painter);
	paint_plain(painter, 0);
}
