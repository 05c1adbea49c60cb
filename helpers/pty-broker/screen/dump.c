/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* A whole terminal as bytes: two screens, one above the other, and cursors. */

#include "config.h"
#include "dump.h"

#include <string.h>

#include "paint.h"
#include "reflow.h"

/* What is to be painted; the grids are the screen's or copies of its. */
struct view {
	struct grid *normal, *alternate;
	struct grid *normal_copy, *alternate_copy;
	struct cursor now;
	struct cursor left;	/* on the normal screen, below the other */
	int rows, cols;
};

/*
 * A grid of the size that is wanted.  Returns it, or a copy in *copy, or NULL.
 */
static struct grid *
sized(struct grid *grid, struct grid **copy, int rows, int cols, int wrap,
    struct cursor *cursor)
{
	if (grid->rows == rows && grid->cols == cols)
		return grid;
	if ((*copy = grid_copy(grid)) == NULL)
		return NULL;
	if (cursor->row >= grid->rows)
		cursor->row = grid->rows - 1;
	if (reflow(*copy, rows, cols, wrap, &cursor->row,
	    &cursor->col) == -1)
		return NULL;
	return *copy;
}

static int
view_open(struct view *view, const struct screen *screen)
{
	struct cursor *normal = &view->now;

	view->now = screen->now;
	view->left = screen->alternate_by == 1049 ? screen->left :
	    screen->now;
	if (screen->alternate != NULL) {
		view->alternate = sized(screen->alternate,
		    &view->alternate_copy, view->rows, view->cols, 0,
		    &view->now);
		if (view->alternate == NULL)
			return -1;
		normal = &view->left;
	}
	view->normal = sized(screen->normal, &view->normal_copy, view->rows,
	    view->cols, 1, normal);
	return view->normal == NULL ? -1 : 0;
}

static void
view_close(struct view *view)
{
	grid_free(view->normal_copy);
	grid_free(view->alternate_copy);
}

static void
put_cursor(struct bytes *out, const struct view *view,
    const struct cursor *cursor, int top)
{
	int row = cursor->row, col = cursor->col;

	if (row >= view->rows)
		row = view->rows - 1;
	if (col >= view->cols)
		col = view->cols - 1;
	bytes_print(out, "\033[%d;%dH", row - top + 1, col + 1);
}

/* DECSC keeps position and pen; of the rest nothing can be said here. */
static void
put_saved(struct painter *painter, const struct view *view,
    const struct cursor *saved)
{
	static const struct pen plain;

	put_cursor(painter->out, view, saved, 0);
	paint_pen(painter, &saved->pen);
	bytes_add(painter->out, "\0337", 2);
	paint_pen(painter, &plain);
}

static void
put_body(struct bytes *out, const struct view *view,
    const struct screen *screen)
{
	struct painter painter = { .out = out };
	static const struct pen plain;

	paint_rows(&painter, view->normal, -view->normal->history);
	if (view->alternate != NULL) {
		put_cursor(out, view, &view->left, 0);
		paint_pen(&painter, &view->left.pen);
		bytes_print(out, "\033[?%dh", screen->alternate_by);
		paint_pen(&painter, &plain);
		bytes_print(out, "\033[H\033[2J");
		paint_rows(&painter, view->alternate, 0);
	}
	if (screen->has_saved)
		put_saved(&painter, view, &screen->saved);
}

/*
 * Only writing the last column again makes a terminal wait there for the next
 * character.  The program's character sets are set already.
 */
static void
put_waiting(struct bytes *out, const struct view *view)
{
	const struct grid *grid = view->alternate != NULL ? view->alternate :
	    view->normal;
	const struct charset *set = &view->now.charset;
	const struct line *line = grid_line(grid, view->now.row);
	struct painter painter = { .out = out };
	const struct cell *cell;
	int col = view->cols - 1;
	struct pen pen;

	if (line_cell(line, col)->width == 0 && col > 0)
		col--;
	cell = line_cell(line, col);
	pen = cell->pen;
	if (col < view->cols - 1)
		bytes_print(out, "\b");
	bytes_print(out, "\017\033(%c\033[m",
	    pen.attr & PEN_GRAPHICS ? '0' : 'B');
	painter.pen.attr = pen.attr & PEN_GRAPHICS;
	paint_pen(&painter, &pen);
	if (cell->len > 0)
		bytes_add(out, cell->text, cell->len);
	else
		bytes_add(out, " ", 1);
	bytes_print(out, "\033(%c",
	    set->designated[0] == '0' ? '0' : 'B');
	if (set->shifted)
		bytes_print(out, "\016");
}

/* A terminal that is resized forgets its margins, so another size has none. */
static int
put_margins(struct bytes *out, const struct view *view,
    const struct screen *screen)
{
	if (view->rows != screen->rows || view->cols != screen->cols)
		return 0;
	if (screen->top > 0 || screen->bottom < screen->rows)
		bytes_print(out, "\033[%d;%dr", screen->top + 1,
		    screen->bottom);
	if (screen->right_edge != 0)
		bytes_print(out, "\033[%d;%ds", screen->left_edge,
		    screen->right_edge);
	return screen->top;
}

static void
put_tail(struct bytes *out, const struct view *view,
    const struct screen *screen)
{
	const struct cursor *now = &view->now;
	int top = put_margins(out, view, screen);
	char buf[PEN_TEXT];
	struct pen pen = now->pen;

	if (!now->origin || now->row < top)
		top = 0;
	put_cursor(out, view, now, top);
	if (now->col >= view->cols && screen->wrap)
		put_waiting(out, view);
	pen.attr &= (uint16_t)~PEN_GRAPHICS;
	bytes_add(out, buf, pen_text(&pen, buf));
}

int
dump_screen(const struct screen *screen, int rows, int cols,
    struct bytes *body, struct bytes *tail)
{
	struct view view;
	int result = -1;

	memset(&view, 0, sizeof(view));
	view.rows = state_limit(rows, STATE_ROWS_MAX);
	view.cols = state_limit(cols, STATE_COLS_MAX);
	if (view_open(&view, screen) == 0) {
		put_body(body, &view, screen);
		put_tail(tail, &view, screen);
		result = body->failed || tail->failed ? -1 : 0;
	}
	view_close(&view);
	return result;
}
