/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Controls and sequences: each is done by libvterm, or here if it says
 * nothing about where the cursor is, or if libvterm and terminals differ.
 */

#include "config.h"
#include "control.h"

#include "modes.h"
#include "vtlib.h"

static void
set_failed(struct screen *screen, int result)
{
	if (result == -1)
		screen->failed = 1;
}

/* A line feed, and not one that wraps. */
static void
feed_line(struct screen *screen)
{
	if (screen->margins)
		vtlib_control(screen->lib, '\n');
	else
		state_linefeed(screen, screen->now.pen.bg);
}

void
control_do(struct screen *screen, unsigned char control)
{
	struct cursor *now = &screen->now;

	switch (control) {
	case '\b':
		if (now->col > 0)
			now->col--;
		break;
	case '\t':
		if (now->col < screen->cols - 1)
			vtlib_control(screen->lib, '\t');
		break;
	case '\n': case '\v': case '\f':
		feed_line(screen);
		if (screen->newline)
			now->col = 0;
		break;
	case '\r':
		now->col = 0;
		break;
	case 0x0e: case 0x0f:
		now->charset.shifted = control == 0x0e;
		break;
	}
}

static void
reverse_feed(struct screen *screen)
{
	if (screen->margins)
		vtlib_escape(screen->lib, 'M');
	else if (screen->now.row == screen->top)
		set_failed(screen, grid_scroll(state_grid(screen),
		    screen->top, screen->bottom, -1, screen->now.pen.bg, 0));
	else if (screen->now.row > 0)
		screen->now.row--;
}

/* DECALN */
static void
fill(struct screen *screen)
{
	static const struct pen plain;
	struct grid *grid = state_grid(screen);
	int row, col;

	for (row = 0; row < screen->rows; row++) {
		for (col = 0; col < screen->cols; col++)
			set_failed(screen, line_put(grid_line(grid, row),
			    screen->cols, col, "E", 1, 1, &plain));
	}
	vtlib_csi(screen->lib, '\0', 'r', -1, -1);
	screen->top = 0;
	screen->bottom = screen->rows;
	screen->now.row = screen->now.col = 0;
}

void
control_escape(struct screen *screen, char intermediate, char final)
{
	switch (intermediate) {
	case '\0':
		break;
	case '(': case ')':
		screen->now.charset.designated[intermediate - '('] = final;
		return;
	case '#':
		if (final == '8')
			fill(screen);
		return;
	default:
		return;
	}
	switch (final) {
	case '7':
		modes_save(screen);
		break;
	case '8':
		modes_restore(screen);
		break;
	case 'D':
		feed_line(screen);
		break;
	case 'E':
		screen->now.col = 0;
		feed_line(screen);
		break;
	case 'H':
		if (screen->now.col < screen->cols)
			vtlib_escape(screen->lib, 'H');
		break;
	case 'M':
		reverse_feed(screen);
		break;
	case 'c':
		modes_reset(screen);
		break;
	}
}

/* Number "i" of the sequence, at least 1; "none" if it is left out. */
static int
number(const struct csi *csi, int i, int none)
{
	int value = i < csi->n ? csi->param[i].value : -1;

	if (value == -1)
		value = none;
	return value < 1 ? 1 : value;
}

/* Which kind of ED, EL or TBC. */
static int
kind(const struct csi *csi)
{
	return csi->n > 0 && csi->param[0].value > 0 ?
	    csi->param[0].value : 0;
}

/* From here on the cursor is on a column. */
static void
settle(struct screen *screen)
{
	if (screen->now.col >= screen->cols)
		screen->now.col = screen->cols - 1;
}

/* Rows up or down stop at the margins, from within and from without. */
static void
move_rows(struct screen *screen, char final, int n)
{
	int row = screen->now.row, most;

	if (final == 'A')
		most = row < screen->top ? row : row - screen->top;
	else
		most = row >= screen->bottom ? screen->rows - 1 - row :
		    screen->bottom - 1 - row;
	settle(screen);
	if (n > most)
		n = most;
	if (n > 0)
		vtlib_csi(screen->lib, '\0', final, n, -1);
}

/* A character that waits for the next row counts as one column more. */
static void
move_left(struct screen *screen, int n)
{
	if (screen->now.col >= screen->cols)
		n--;
	settle(screen);
	if (n > 0)
		vtlib_csi(screen->lib, '\0', 'D', n, -1);
}

/* The row that a number means, within the margins if they are the origin. */
static int
row_of(const struct screen *screen, int n)
{
	if (!screen->now.origin)
		return n;
	n += screen->top;
	return n > screen->bottom ? screen->bottom : n;
}

static void
set_region(struct screen *screen, const struct csi *csi)
{
	int top = number(csi, 0, 1), bottom = number(csi, 1, screen->rows);

	if (bottom > screen->rows)
		bottom = screen->rows;
	if (top >= bottom)
		return;
	settle(screen);
	vtlib_csi(screen->lib, '\0', 'r', top, bottom);
	screen->top = top - 1;
	screen->bottom = bottom;
	screen->now.row = screen->now.origin ? screen->top : 0;
	screen->now.col = 0;
}

/* DECSLRM */
static void
set_edges(struct screen *screen, const struct csi *csi)
{
	int left = number(csi, 0, 1), right = number(csi, 1, screen->cols);

	if (right > screen->cols)
		right = screen->cols;
	if (left >= right)
		return;
	settle(screen);
	vtlib_csi(screen->lib, '\0', 's', left, right);
	screen->left_edge = left;
	screen->right_edge = right;
}

/*
 * Who erases all of it wants it gone: a terminal that keeps what was there
 * does not bring it back when it gets taller.
 */
static void
erase_screen(struct screen *screen, int what)
{
	struct grid *grid = state_grid(screen);
	struct cursor *now = &screen->now;

	if (what == 3)
		grid_forget(screen->normal);
	if (what > 2)
		return;
	if ((what == 2 || (what == 0 && now->row == 0 && now->col == 0)) &&
	    !grid_is_unused(grid))
		grid_forget(grid);
	if (what == 0 && now->col >= screen->cols)
		set_failed(screen, grid_erase(grid, now->row + 1,
		    screen->rows, 0, screen->cols, now->pen.bg));
	else
		vtlib_csi(screen->lib, '\0', 'J', what, -1);
}

/* ICH and DCH, also outside of the scroll region. */
static void
shift(struct screen *screen, char final, int n)
{
	struct cursor *now = &screen->now;

	if (now->col >= screen->cols)
		return;
	if (screen->margins)
		vtlib_csi(screen->lib, '\0', final, n, -1);
	else
		set_failed(screen, grid_shift(state_grid(screen), now->row,
		    now->col, screen->cols, final == '@' ? -n : n,
		    now->pen.bg));
}

static void
scroll(struct screen *screen, char final, int n)
{
	screen->keep = final == 'S';
	vtlib_csi(screen->lib, '\0', final, n, -1);
	screen->keep = 0;
}

/* Moves that libvterm knows as well as we do. */
static int
moved(struct screen *screen, const struct csi *csi)
{
	int n = number(csi, 0, 1);

	switch (csi->final) {
	case 'A': case 'B':
		move_rows(screen, csi->final, n);
		return 1;
	case 'E': case 'F':
		screen->now.col = 0;
		move_rows(screen, csi->final == 'E' ? 'B' : 'A', n);
		return 1;
	case 'D':
		move_left(screen, n);
		return 1;
	case 'C': case 'G': case 'I': case 'Z': case '`': case 'a': case 'e':
	case 'j': case 'k':
		settle(screen);
		vtlib_csi(screen->lib, '\0', csi->final, n, -1);
		return 1;
	case 'H': case 'f':
		settle(screen);
		vtlib_csi(screen->lib, '\0', 'H', row_of(screen, n),
		    number(csi, 1, 1));
		return 1;
	case 'd':
		vtlib_csi(screen->lib, '\0', 'd', row_of(screen, n), -1);
		return 1;
	}
	return 0;
}

static void
plain_csi(struct screen *screen, const struct csi *csi)
{
	int n = number(csi, 0, 1), waits = screen->now.col >= screen->cols;

	switch (csi->final) {
	case '@': case 'P':
		shift(screen, csi->final, n);
		break;
	case 'J':
		erase_screen(screen, kind(csi));
		break;
	case 'K':
		if (kind(csi) <= 2 && !(waits && kind(csi) == 0))
			vtlib_csi(screen->lib, '\0', 'K', kind(csi), -1);
		break;
	case 'X':
		if (!waits)
			vtlib_csi(screen->lib, '\0', 'X', n, -1);
		break;
	case 'L': case 'M': case 'S':
		scroll(screen, csi->final, n);
		break;
	case 'T':
		if (csi->n <= 1)
			scroll(screen, csi->final, n);
		break;
	case 'g':
		if (!waits)
			vtlib_csi(screen->lib, '\0', 'g', kind(csi), -1);
		break;
	case 'h': case 'l':
		modes_set(screen, csi, csi->final == 'h');
		break;
	case 'm':
		pen_apply(&screen->now.pen, csi->param, csi->n);
		break;
	case 'r':
		set_region(screen, csi);
		break;
	case 's':
		if (!screen->margins) {
			modes_save(screen);
			break;
		}
		set_edges(screen, csi);
		break;
	case 'u':
		modes_restore(screen);
		break;
	}
}

void
control_csi(struct screen *screen, const struct csi *csi)
{
	if (csi->leader == '\0' && csi->intermediate == '\0') {
		if (!moved(screen, csi))
			plain_csi(screen, csi);
	} else if (csi->leader == '?' && csi->intermediate == '\0') {
		/* nothing is protected, so what spares that spares nothing */
		if (csi->final == 'J' || csi->final == 'K')
			plain_csi(screen, csi);
		else if (csi->final == 'h' || csi->final == 'l')
			modes_set(screen, csi, csi->final == 'h');
	} else if (csi->leader == '\0' && csi->intermediate == '!') {
		if (csi->final == 'p')
			modes_soft_reset(screen);
	} else if (csi->leader == '\0' && csi->intermediate == '\'') {
		if (csi->final == '}' || csi->final == '~')
			vtlib_csi(screen->lib, '\'', csi->final,
			    number(csi, 0, 1), -1);
	}
}
