/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* Text on the screen, and its size. */

#include "config.h"
#include "screen.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "control.h"
#include "reflow.h"
#include "state.h"
#include "vtlib.h"

struct screen *
screen_new(int rows, int cols)
{
	struct screen *screen = calloc(1, sizeof(*screen));

	if (screen == NULL)
		return NULL;
	screen->rows = screen->bottom = state_limit(rows, STATE_ROWS_MAX);
	screen->cols = state_limit(cols, STATE_COLS_MAX);
	screen->wrap = 1;
	screen->normal = grid_new(screen->rows, screen->cols, GRID_HISTORY);
	if (screen->normal == NULL ||
	    (screen->lib = vtlib_new(screen)) == NULL) {
		screen_free(screen);
		return NULL;
	}
	return screen;
}

void
screen_free(struct screen *screen)
{
	if (screen == NULL)
		return;
	vtlib_free(screen->lib);
	grid_free(screen->normal);
	grid_free(screen->alternate);
	free(screen);
}

static struct line *
current_line(const struct screen *screen)
{
	return grid_line(state_grid(screen), screen->now.row);
}

static void
next_row(struct screen *screen)
{
	current_line(screen)->wrapped = 1;
	state_linefeed(screen, 0);
	screen->now.col = 0;
}

/* Insert mode: what is right of the cursor makes room. */
static void
make_room(struct screen *screen, int n)
{
	if (screen->insert && screen->now.col < screen->cols &&
	    grid_shift(state_grid(screen), screen->now.row, screen->now.col,
	    screen->cols, -n, 0) == -1)
		screen->failed = 1;
}

static struct pen
text_pen(const struct screen *screen)
{
	const struct charset *set = &screen->now.charset;
	struct pen pen = screen->now.pen;

	if (set->designated[set->shifted] == '0')
		pen.attr |= PEN_GRAPHICS;
	return pen;
}

/* As much of the text as fits on this row.  Returns how much that was. */
static int
put_text(struct screen *screen, const struct pen *pen, const char *text,
    int n)
{
	int room = screen->cols - screen->now.col;

	if (n > room)
		n = room;
	make_room(screen, n);
	if (line_put_ascii(current_line(screen), screen->cols,
	    screen->now.col, text, n, pen) == -1)
		screen->failed = 1;
	screen->now.col += n;
	/* without wrapping the last column is written again and again */
	if (!screen->wrap && screen->now.col == screen->cols)
		screen->now.col--;
	return n;
}

static void
combine(struct screen *screen, const char *text, size_t n)
{
	if (screen->now.col > 0 && line_combine(current_line(screen),
	    screen->now.col - 1, text, (int)n) == -1)
		screen->failed = 1;
}

static void
on_text(void *arg, const char *text, size_t n)
{
	struct screen *screen = arg;
	struct pen pen = text_pen(screen);
	size_t done = 0;

	if (screen->joiner) {
		screen->joiner = 0;
		combine(screen, text, 1);
		done = 1;
	}
	while (done < n && !screen->failed) {
		if (screen->now.col >= screen->cols) {
			if (!screen->wrap)
				break;
			next_row(screen);
		}
		done += (size_t)put_text(screen, &pen, text + done,
		    (int)(n - done));
	}
	screen->last[0] = text[n - 1];
	screen->nlast = 1;
}

/* Returns the columns that it takes, 0 to 2, or -1 if it shows nothing. */
static int
width_of(const char *text, size_t n, wchar_t *wc)
{
	mbstate_t state;
	int width;

	memset(&state, 0, sizeof(state));
	if (mbrtowc(wc, text, n, &state) != n ||
	    (*wc >= 0x80 && *wc < 0xa0))
		return -1;
	width = wcwidth(*wc);
	return width > 2 ? -1 : width;
}

static void
put_glyph(struct screen *screen, const char *text, size_t n, int width)
{
	struct cursor *now = &screen->now;
	struct pen pen = now->pen;

	if (!screen->wrap && now->col + width > screen->cols)
		return;
	make_room(screen, width);
	if (now->col + width > screen->cols)
		next_row(screen);
	if (now->col + width > screen->cols)
		return;
	if (line_put(current_line(screen), screen->cols, now->col, text,
	    (int)n, width, &pen) == -1)
		screen->failed = 1;
	now->col += width;
	if (!screen->wrap && now->col == screen->cols)
		now->col--;
}

static void
on_glyph(void *arg, const char *text, size_t n)
{
	static const char zwj[] = "\342\200\215";
	struct screen *screen = arg;
	wchar_t wc;
	int width = width_of(text, n, &wc);

	screen->nlast = 0;
	if (width == -1 || screen->failed)
		return;
	if (n == 3 && memcmp(text, zwj, 3) == 0) {
		screen->joiner = 1;
		return;
	}
	if (screen->joiner)
		combine(screen, zwj, 3);
	if (width == 0 || screen->joiner)
		combine(screen, text, n);
	else
		put_glyph(screen, text, n, width);
	screen->joiner = 0;
}

static void
on_control(void *arg, unsigned char control)
{
	struct screen *screen = arg;

	if (!screen->failed)
		control_do(screen, control);
	screen->nlast = 0;
}

static void
on_escape(void *arg, char intermediate, char final)
{
	struct screen *screen = arg;

	if (!screen->failed)
		control_escape(screen, intermediate, final);
	screen->nlast = 0;
}

static void
on_csi(void *arg, const struct csi *csi)
{
	struct screen *screen = arg;
	int i, n;

	if (screen->failed)
		return;
	if (csi->final != 'b' || csi->leader || csi->intermediate) {
		control_csi(screen, csi);
		screen->nlast = 0;
		return;
	}
	/* REP, which never goes on in the next row */
	n = csi->n > 0 && csi->param[0].value > 0 ? csi->param[0].value : 1;
	if (n > screen->cols - screen->now.col)
		n = screen->cols - screen->now.col;
	for (i = 0; screen->nlast > 0 && i < n; i++)
		on_text(screen, screen->last, 1);
	screen->nlast = 0;
}

int
screen_feed(struct screen *screen, const unsigned char *data, size_t n)
{
	static const struct cutter_calls calls = {
		on_text, on_glyph, on_control, on_escape, on_csi
	};

	cutter_feed(&screen->cutter, data, n, &calls, screen);
	return screen->failed ? -1 : 0;
}

uint64_t
screen_inside(const struct screen *screen)
{
	return screen->cutter.inside;
}

int
screen_resize(struct screen *screen, int rows, int cols)
{
	struct cursor *now = &screen->now;
	int other = state_limit(cols, STATE_COLS_MAX) != screen->cols;

	rows = state_limit(rows, STATE_ROWS_MAX);
	cols = state_limit(cols, STATE_COLS_MAX);
	if (rows == screen->rows && !other)
		return 0;
	screen->rows = screen->bottom = rows;
	screen->cols = cols;
	screen->top = 0;
	screen->left_edge = screen->right_edge = 0;
	/* the normal screen gets its size when it is seen again */
	if (vtlib_reset(screen->lib) == -1 ||
	    reflow(state_grid(screen), rows, cols,
	    screen->alternate == NULL, &now->row, &now->col) == -1)
		screen->failed = 1;
	return screen->failed ? -1 : 0;
}
