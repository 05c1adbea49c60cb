/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Input: what a program writes to its terminal.  The first bytes say how large
 * that is, how it is cut into pieces, and what size it gets in between and in
 * the end.
 */

#include "config.h"

#include <err.h>
#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/pty-broker/screen/dump.h"
#include "helpers/pty-broker/screen/screen.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define HEAD 7
#define LONGEST 65536

/* Columns and rows that are never none, and seldom many. */
static int
size_of(uint8_t byte)
{
	return byte == 0 ? 200 : byte % 61 + 1;
}

static void
feed(struct screen *screen, const void *data, size_t n, size_t piece)
{
	const unsigned char *p = data;
	size_t part;

	for (; n > 0; n -= part, p += part) {
		part = n < piece ? n : piece;
		if (screen_feed(screen, p, part) == -1)
			errx(1, "out of memory");
		if (screen->now.row < 0 || screen->now.row >= screen->rows ||
		    screen->now.col < 0 || screen->now.col > screen->cols ||
		    screen->top < 0 || screen->top >= screen->bottom ||
		    screen->bottom > screen->rows)
			abort();
	}
}

static void
dump(const struct screen *screen, int rows, int cols, struct bytes *all)
{
	struct bytes tail = { 0 };

	if (dump_screen(screen, rows, cols, all, &tail) == -1)
		errx(1, "out of memory");
	if (tail.len == 0 || tail.len > 512)
		abort();
	bytes_add(all, tail.data, tail.len);
	bytes_free(&tail);
}

static int
is_of(const char *set, unsigned char c)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* No viewer's terminal types an answer into the program (I13). */
static void
check_harmless(const struct bytes *all)
{
	size_t i;

	for (i = 0; i + 1 < all->len; i++) {
		if (all->data[i] == '\033' &&
		    !is_of("78[()", (unsigned char)all->data[i + 1]))
			abort();
		if (all->data[i] != '\033' || all->data[i + 1] != '[')
			continue;
		for (i += 2; i < all->len && (all->data[i] < '@' ||
		    all->data[i] > '~'); i++)
			;
		if (i == all->len ||
		    !is_of("CGHJXhmrs", (unsigned char)all->data[i]))
			abort();
	}
}

/* What was painted is whole: the rows of text are the screen's. */
static void
check_cells(const struct screen *a, const struct screen *b)
{
	const struct cell *one, *other;
	int row, col;

	for (row = 0; row < a->rows; row++) {
		for (col = 0; col < a->cols; col++) {
			one = line_cell(grid_line(state_grid(a), row), col);
			other = line_cell(grid_line(state_grid(b), row),
			    col);
			if (one->len != other->len ||
			    one->width != other->width ||
			    memcmp(one->text, other->text, one->len) != 0 ||
			    one->pen.bg != other->pen.bg)
				abort();
		}
	}
}

/* A terminal that is shown a dump gives the same one. */
static void
check_again(const struct screen *screen, int rows, int cols)
{
	struct bytes first = { 0 }, second = { 0 };
	struct screen *other, *third;

	if ((other = screen_new(rows, cols)) == NULL ||
	    (third = screen_new(rows, cols)) == NULL)
		errx(1, "out of memory");
	dump(screen, rows, cols, &first);
	check_harmless(&first);
	feed(other, first.data, first.len, first.len);
	if (screen_inside(other) != 0)
		abort();
	dump(other, rows, cols, &second);
	feed(third, second.data, second.len, second.len);
	check_cells(other, third);
	bytes_free(&first);
	bytes_free(&second);
	screen_free(other);
	screen_free(third);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct screen *screen;
	size_t half;

	if (size < HEAD || size > LONGEST)
		return 0;
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL ||
	    (screen = screen_new(size_of(data[0]), size_of(data[1]))) == NULL)
		errx(1, "no screen");
	half = (size - HEAD) / 2;
	feed(screen, data + HEAD, half, data[2] + 1u);
	if (screen_resize(screen, size_of(data[3]), size_of(data[4])) == -1)
		errx(1, "out of memory");
	feed(screen, data + HEAD + half, size - HEAD - half, data[2] + 1u);
	check_again(screen, screen->rows, screen->cols);
	check_again(screen, size_of(data[5]), size_of(data[6]));
	screen_free(screen);
	return 0;
}
