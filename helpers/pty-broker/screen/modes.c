/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* Modes: those that decide which cells a program writes, and no others. */

#include "config.h"
#include "modes.h"

#include <string.h>

#include "reflow.h"
#include "vtlib.h"

static void
enter_alternate(struct screen *screen, int by)
{
	if (screen->alternate != NULL)
		return;
	screen->alternate = grid_new(screen->rows, screen->cols, 0);
	if (screen->alternate == NULL) {
		screen->failed = 1;
		return;
	}
	screen->alternate_by = by;
	screen->left = screen->now;
	if (by == 1049)
		screen->has_left = 1;
}

/* Where it was, or as near to it as there is a row and a column. */
static void
go_to(struct screen *screen, const struct cursor *cursor)
{
	struct cursor *now = &screen->now;

	now->row = cursor->row < screen->rows ? cursor->row :
	    screen->rows - 1;
	now->col = cursor->col < screen->cols ? cursor->col :
	    screen->cols - 1;
}

static void
leave_alternate(struct screen *screen, int by)
{
	struct cursor *now = &screen->now;

	if (by == 1049 && screen->has_left) {
		/* of the size that it was saved in, if that is still there */
		now->row = screen->left.row;
		now->col = screen->left.col;
		now->pen = screen->left.pen;
	}
	if (screen->alternate != NULL) {
		grid_free(screen->alternate);
		screen->alternate = NULL;
		if (now->row >= screen->normal->rows)
			now->row = screen->normal->rows - 1;
		if (reflow(screen->normal, screen->rows, screen->cols, 1,
		    &now->row, &now->col) == -1)
			screen->failed = 1;
	}
	go_to(screen, now);
}

static void
set_ansi(struct screen *screen, int mode, int on)
{
	if (mode == 4)
		screen->insert = on;
	else if (mode == 20)
		screen->newline = on;
}

static void
set_private(struct screen *screen, int mode, int on)
{
	switch (mode) {
	case 6:
		screen->now.origin = on;
		screen->now.row = on ? screen->top : 0;
		screen->now.col = 0;
		break;
	case 7:
		screen->wrap = on;
		break;
	case 69:
		screen->margins = on;
		screen->left_edge = screen->right_edge = 0;
		vtlib_margins(screen->lib, on);
		break;
	case 47: case 1047: case 1049:
		if (on)
			enter_alternate(screen, mode);
		else
			leave_alternate(screen, mode);
		break;
	case 1048:
		if (on)
			modes_save(screen);
		else
			modes_restore(screen);
		break;
	}
}

void
modes_set(struct screen *screen, const struct csi *csi, int on)
{
	int i;

	for (i = 0; i < csi->n && !screen->failed; i++) {
		if (csi->leader == '?')
			set_private(screen, csi->param[i].value, on);
		else
			set_ansi(screen, csi->param[i].value, on);
	}
}

void
modes_save(struct screen *screen)
{
	screen->saved = screen->now;
	screen->has_saved = 1;
}

/* Without a saved one, home and plain. */
void
modes_restore(struct screen *screen)
{
	screen->now = screen->saved;
	go_to(screen, &screen->saved);
}

void
modes_soft_reset(struct screen *screen)
{
	struct cursor *now = &screen->now;
	int row = now->row, col = now->col;

	screen->margins = screen->insert = 0;
	screen->left_edge = screen->right_edge = 0;
	screen->wrap = 1;
	screen->top = 0;
	screen->bottom = screen->rows;
	now->origin = 0;
	memset(&now->pen, 0, sizeof(now->pen));
	memset(&now->charset, 0, sizeof(now->charset));
	memset(&screen->saved, 0, sizeof(screen->saved));
	screen->has_saved = 0;
	vtlib_margins(screen->lib, 0);
	vtlib_csi(screen->lib, '\0', 'r', -1, -1);
	now->row = row;
	now->col = col;
}

void
modes_reset(struct screen *screen)
{
	leave_alternate(screen, 0);
	modes_soft_reset(screen);
	if (vtlib_reset(screen->lib) == -1)
		screen->failed = 1;
	screen->newline = 0;
	memset(&screen->now, 0, sizeof(screen->now));
	if (!grid_is_unused(screen->normal))
		grid_forget(screen->normal);
	if (grid_erase(screen->normal, 0, screen->rows, 0, screen->cols,
	    0) == -1)
		screen->failed = 1;
}
