/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef DUMP_H
#define DUMP_H

#include "bytes.h"
#include "state.h"

/*
 * Write what makes a terminal of this size, which is empty, has its cursor at
 * home and all modes as they are after a reset, show what the screen shows;
 * "tail" is what puts the cursor where it is, when the program's modes have
 * been set in between.  Returns 0, or -1 if there is no memory.
 */
int dump_screen(const struct screen *screen, int rows, int cols,
    struct bytes *body, struct bytes *tail);

#endif
