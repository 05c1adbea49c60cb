/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * libvterm's state machine without its screen: where a sequence moves the
 * cursor, what it erases and what it scrolls.  A fault in it ends this
 * process, and no session.
 */

#include "config.h"
#include "vtlib.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vterm.h>

struct vtlib {
	VTerm *vterm;
	VTermState *state;
	struct screen *screen;
};

/* What it would type into the program; nobody here answers anything. */
static void
discard(const char *text, size_t n, void *arg)
{
	(void)text;
	(void)n;
	(void)arg;
}

/* Rows and columns that are on the screen, whatever it says. */
static VTermRect
within(const struct screen *screen, VTermRect rect)
{
	if (rect.start_row < 0)
		rect.start_row = 0;
	if (rect.start_col < 0)
		rect.start_col = 0;
	if (rect.end_row > screen->rows)
		rect.end_row = screen->rows;
	if (rect.end_col > screen->cols)
		rect.end_col = screen->cols;
	return rect;
}

static int
on_erase(VTermRect rect, int selective, void *arg)
{
	struct screen *screen = arg;

	(void)selective;
	rect = within(screen, rect);
	if (rect.start_col < rect.end_col && grid_erase(state_grid(screen),
	    rect.start_row, rect.end_row, rect.start_col, rect.end_col,
	    screen->now.pen.bg) == -1)
		screen->failed = 1;
	return 1;
}

static int
scroll(struct screen *screen, VTermRect rect, int downward, int rightward)
{
	struct grid *grid = state_grid(screen);
	uint32_t bg = screen->now.pen.bg;
	int row;

	if (rightward != 0) {
		for (row = rect.start_row; row < rect.end_row; row++) {
			if (grid_shift(grid, row, rect.start_col,
			    rect.end_col, rightward, bg) == -1)
				return -1;
		}
		return 0;
	}
	if (rect.start_col == 0 && rect.end_col == screen->cols)
		return grid_scroll(grid, rect.start_row, rect.end_row,
		    downward, bg, screen->keep);
	return grid_scroll_part(grid, rect.start_row, rect.end_row,
	    rect.start_col, rect.end_col, downward, bg);
}

static int
on_scroll(VTermRect rect, int downward, int rightward, void *arg)
{
	struct screen *screen = arg;

	rect = within(screen, rect);
	if (rect.start_row < rect.end_row && rect.start_col < rect.end_col &&
	    scroll(screen, rect, downward, rightward) == -1)
		screen->failed = 1;
	return 1;
}

static const VTermStateCallbacks callbacks = {
	.scrollrect = on_scroll,
	.erase = on_erase,
};

static int
begin(struct vtlib *lib)
{
	const struct screen *screen = lib->screen;

	if ((lib->vterm = vterm_new(screen->rows, screen->cols)) == NULL) {
		errno = ENOMEM;
		return -1;
	}
	vterm_set_utf8(lib->vterm, 1);
	vterm_output_set_callback(lib->vterm, discard, NULL);
	lib->state = vterm_obtain_state(lib->vterm);
	vterm_state_reset(lib->state, 1);
	vterm_state_set_callbacks(lib->state, &callbacks, lib->screen);
	return 0;
}

struct vtlib *
vtlib_new(struct screen *screen)
{
	struct vtlib *lib = calloc(1, sizeof(*lib));

	if (lib == NULL)
		return NULL;
	lib->screen = screen;
	if (begin(lib) == -1) {
		free(lib);
		return NULL;
	}
	return lib;
}

void
vtlib_free(struct vtlib *lib)
{
	if (lib != NULL && lib->vterm != NULL)
		vterm_free(lib->vterm);
	free(lib);
}

static void
say(struct vtlib *lib, const char *text, int n)
{
	(void)vterm_input_write(lib->vterm, text, (size_t)n);
}

/* Before: its cursor is where ours is.  It never knows of an origin. */
static void
meet(struct vtlib *lib)
{
	const struct screen *screen = lib->screen;
	int col = screen->now.col, n;
	VTermPos pos;
	char buf[32];

	if (col >= screen->cols)
		col = screen->cols - 1;
	vterm_state_get_cursorpos(lib->state, &pos);
	if (pos.row == screen->now.row && pos.col == col)
		return;
	n = snprintf(buf, sizeof(buf), "\033[%d;%dH", screen->now.row + 1,
	    col + 1);
	say(lib, buf, n);
}

/* After: ours is where its is, and never outside. */
static void
follow(struct vtlib *lib)
{
	struct screen *screen = lib->screen;
	VTermPos pos;

	vterm_state_get_cursorpos(lib->state, &pos);
	if (pos.row < 0 || pos.row >= screen->rows || pos.col < 0 ||
	    pos.col >= screen->cols)
		return;
	/* a character that waits for the next row waits on if not moved */
	if (screen->now.col < screen->cols || pos.col < screen->cols - 1)
		screen->now.col = pos.col;
	screen->now.row = pos.row;
}

void
vtlib_csi(struct vtlib *lib, char intermediate, char final, int first,
    int second)
{
	char buf[40];
	int n;

	n = snprintf(buf, sizeof(buf), "\033[");
	if (first >= 0)
		n += snprintf(buf + n, sizeof(buf) - (size_t)n, "%d", first);
	if (second >= 0)
		n += snprintf(buf + n, sizeof(buf) - (size_t)n, ";%d", second);
	if (intermediate != '\0')
		buf[n++] = intermediate;
	buf[n++] = final;
	meet(lib);
	say(lib, buf, n);
	follow(lib);
}

void
vtlib_escape(struct vtlib *lib, char final)
{
	char buf[2] = { '\033', final };

	meet(lib);
	say(lib, buf, 2);
	follow(lib);
}

void
vtlib_control(struct vtlib *lib, char control)
{
	meet(lib);
	say(lib, &control, 1);
	follow(lib);
}

void
vtlib_margins(struct vtlib *lib, int on)
{
	/* forgotten each time, and it goes home by that */
	static const char text[] = "\033[?69h\033[s\033[?69l";

	say(lib, text, on ? 9 : (int)sizeof(text) - 1);
}

/*
 * A new one: vterm_set_size() of 0.3.3 leaves the old room for more rows, and
 * writes behind it.
 */
int
vtlib_reset(struct vtlib *lib)
{
	vterm_free(lib->vterm);
	if (begin(lib) == -1)
		return -1;
	vtlib_margins(lib, lib->screen->margins);
	return 0;
}
