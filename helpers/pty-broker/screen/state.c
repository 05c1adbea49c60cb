/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "state.h"

#include "grid.h"

int
state_limit(int n, int most)
{
	if (n < 1)
		return 1;
	return n > most ? most : n;
}

struct grid *
state_grid(const struct screen *screen)
{
	return screen->alternate != NULL ? screen->alternate : screen->normal;
}

void
state_linefeed(struct screen *screen, uint32_t bg)
{
	if (screen->now.row == screen->bottom - 1) {
		if (grid_scroll(state_grid(screen), screen->top,
		    screen->bottom, 1, bg, 1) == -1)
			screen->failed = 1;
	} else if (screen->now.row < screen->rows - 1) {
		screen->now.row++;
	}
}
