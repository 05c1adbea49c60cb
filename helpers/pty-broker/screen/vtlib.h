/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef VTLIB_H
#define VTLIB_H

#include "state.h"

/* libvterm, version 0.1.4 or 0.3. */

/* Returns it; or NULL with errno. */
struct vtlib *vtlib_new(struct screen *screen);
void vtlib_free(struct vtlib *lib);

/*
 * Make it of the screen's size, with the margins and tab stops that a new
 * terminal has; left and right margins stay in force if they are.
 * Returns 0; or -1 with errno, and then it may only be freed.
 */
int vtlib_reset(struct vtlib *lib);

/*
 * Do one control sequence with up to two numbers (-1: none) where the
 * screen's cursor is, on the screen's current grid, and move the cursor.
 */
void vtlib_csi(struct vtlib *lib, char intermediate, char final, int first,
    int second);
/* The same for ESC and one character. */
void vtlib_escape(struct vtlib *lib, char final);
/* The same for a tab or, between left and right margins, a line feed. */
void vtlib_control(struct vtlib *lib, char control);
/* Put left and right margins in force, or not. */
void vtlib_margins(struct vtlib *lib, int on);

#endif
