/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SCREEN_H
#define SCREEN_H

#include <stddef.h>
#include <stdint.h>

/*
 * What a terminal shows.  libvterm says what a control sequence means; the
 * rows are kept here, because its own screen forgets which lines were
 * wrapped (before 0.3) and half of the attributes.  It is told of nothing
 * that a program can break it with: no strings, no characters, no queries,
 * and never more than two numbers.
 */

struct screen;

/* Returns it; or NULL with errno. */
struct screen *screen_new(int rows, int cols);
void screen_free(struct screen *screen);

/* Returns 0, or -1 if there is no memory: the screen is then of no use. */
int screen_feed(struct screen *screen, const unsigned char *data, size_t n);
int screen_resize(struct screen *screen, int rows, int cols);

/* Returns how many of the bytes fed last are part of something unfinished. */
uint64_t screen_inside(const struct screen *screen);

#endif
