/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What a screen shows, and whether a terminal that is shown a dump of it shows
 * the same; t-restore.sh asks that of real terminals and programs.
 */

#include "config.h"
#include "screen.h"

#include <check.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dump.h"

static struct screen *screen;

static void
begin(int rows, int cols)
{
	screen_free(screen);
	screen = screen_new(rows, cols);
	ck_assert_ptr_nonnull(screen);
}

static void
feed_to(struct screen *to, const char *text, size_t n)
{
	ck_assert_int_eq(screen_feed(to, (const unsigned char *)text, n), 0);
}

static void
say(const char *text)
{
	feed_to(screen, text, strlen(text));
}

static void
resize(int rows, int cols)
{
	ck_assert_int_eq(screen_resize(screen, rows, cols), 0);
}

/* The text of a row, with a dot where nothing was ever written. */
static const char *
row_text(const struct screen *of, int row)
{
	static char text[8192];
	const struct line *line = grid_line(state_grid(of), row);
	const struct cell *cell;
	size_t n = 0;
	int col;

	for (col = 0; col < of->cols; col++) {
		cell = line_cell(line, col);
		if (cell->len == 0 && cell->width == 1)
			text[n++] = '.';
		memcpy(text + n, cell->text, cell->len);
		n += cell->len;
	}
	text[n] = '\0';
	return text;
}

#define shows(row, text) ck_assert_str_eq(row_text(screen, row), text)

static void
cursor_at(int row, int col)
{
	ck_assert_int_eq(screen->now.row, row);
	ck_assert_int_eq(screen->now.col, col);
}

/* A new terminal that was shown the dump, for a size. */
static struct screen *
shown(int rows, int cols)
{
	struct bytes body = { 0 }, tail = { 0 };
	struct screen *other = screen_new(rows, cols);

	ck_assert_ptr_nonnull(other);
	ck_assert_int_eq(dump_screen(screen, rows, cols, &body, &tail), 0);
	if (body.len > 0)
		feed_to(other, body.data, body.len);
	/* the modes are the session's to set */
	if (screen->now.origin)
		feed_to(other, "\033[?6h", 5);
	feed_to(other, tail.data, tail.len);
	ck_assert_uint_eq(screen_inside(other), 0);
	bytes_free(&body);
	bytes_free(&tail);
	return other;
}

static void
same_cells(const struct screen *a, const struct screen *b)
{
	const struct cell *one, *other;
	int row, col;

	ck_assert_int_eq(a->alternate != NULL, b->alternate != NULL);
	for (row = 0; row < a->rows; row++) {
		for (col = 0; col < a->cols; col++) {
			one = line_cell(grid_line(state_grid(a), row), col);
			other = line_cell(grid_line(state_grid(b), row),
			    col);
			ck_assert_msg(one->len == other->len &&
			    one->width == other->width &&
			    memcmp(one->text, other->text, one->len) == 0 &&
			    pen_equal(&one->pen, &other->pen),
			    "row %d, column %d", row, col);
		}
		ck_assert_int_eq(grid_line(state_grid(a), row)->used,
		    grid_line(state_grid(b), row)->used);
		/* what the last row goes on in is below the screen */
		if (row < a->rows - 1)
			ck_assert_int_eq(
			    grid_line(state_grid(a), row)->wrapped,
			    grid_line(state_grid(b), row)->wrapped);
	}
}

static void
same_cursor(const struct screen *a, const struct screen *b)
{
	ck_assert_int_eq(a->now.row, b->now.row);
	ck_assert_int_eq(a->now.col, b->now.col);
	ck_assert(pen_equal(&a->now.pen, &b->now.pen));
	ck_assert_int_eq(a->top, b->top);
	ck_assert_int_eq(a->bottom, b->bottom);
}

/* Whoever returns now sees what is here. */
static void
returns(void)
{
	struct screen *other = shown(screen->rows, screen->cols);

	same_cells(screen, other);
	same_cursor(screen, other);
	screen_free(other);
}

/* A character that waits at the margin waits there after a dump, too. */
START_TEST(test_waits_at_the_margin)
{
	struct screen *other;

	begin(4, 10);
	say("0123456789");
	cursor_at(0, 10);
	returns();
	other = shown(4, 10);
	feed_to(other, "x", 1);
	ck_assert_str_eq(row_text(other, 0), "0123456789");
	ck_assert_str_eq(row_text(other, 1), "x.........");
	screen_free(other);
	say("\033[K\n");
	shows(0, "0123456789");
	cursor_at(1, 10);
	say("\bY");
	shows(1, ".........Y");
	returns();
}
END_TEST

/* Lines that were wrapped are put together, others are not. */
START_TEST(test_other_width)
{
	begin(6, 10);
	say("0123456789abcde\r\nshort\r\n");
	resize(6, 20);
	shows(0, "0123456789abcde.....");
	shows(1, "short...............");
	cursor_at(2, 0);
	resize(6, 4);
	shows(0, "shor");
	shows(1, "t...");
	cursor_at(2, 0);
	returns();
	resize(10, 4);
	shows(0, "0123");
	shows(3, "cde.");
	resize(10, 15);
	shows(0, "0123456789abcde");
	shows(1, "short..........");
	cursor_at(2, 0);
}
END_TEST

/* For whom it is another size than the pty's, the screen stays as it is. */
START_TEST(test_dump_of_another_size)
{
	struct screen *other;

	begin(6, 10);
	say("0123456789abcde\r\n\033[31mred");
	other = shown(5, 12);
	ck_assert_str_eq(row_text(other, 0), "0123456789ab");
	ck_assert_str_eq(row_text(other, 1), "cde.........");
	ck_assert_str_eq(row_text(other, 2), "red.........");
	ck_assert_int_eq(other->now.row, 2);
	ck_assert_int_eq(other->now.col, 3);
	screen_free(other);
	shows(0, "0123456789");
	returns();
}
END_TEST

/* What went out at the top comes back, what was cleared does not. */
START_TEST(test_taller)
{
	struct screen *other;

	begin(3, 5);
	say("1\r\n2\r\n3\r\n4\r\n5");
	shows(0, "3....");
	other = shown(3, 5);
	resize(5, 5);
	shows(0, "1....");
	shows(4, "5....");
	cursor_at(4, 1);
	ck_assert_int_eq(screen_resize(other, 5, 5), 0);
	same_cells(screen, other);
	screen_free(other);
	begin(3, 5);
	say("1\r\n2\r\n3\r\n4\r\n5\033[H\033[2Jx");
	resize(5, 5);
	shows(0, "x....");
	shows(1, ".....");
}
END_TEST

/* What the shell wrote is below, and is wrapped anew when it comes back. */
START_TEST(test_alternate)
{
	struct screen *other;

	begin(4, 10);
	say("0123456789abc\r\n$ \033[1mvim\033[?1049h\033[3;3Hediting");
	ck_assert_ptr_nonnull(screen->alternate);
	shows(0, "..........");
	shows(2, "..editing.");
	returns();
	other = shown(4, 10);
	feed_to(other, "\033[?1049l", 8);
	say("\033[?1049l");
	same_cells(screen, other);
	same_cursor(screen, other);
	screen_free(other);
	shows(0, "0123456789");
	cursor_at(2, 5);
	say("\033[?1049h\033[Hfull");
	resize(5, 7);
	shows(0, "full...");
	returns();
	other = shown(5, 7);
	feed_to(other, "\033[?1049l", 8);
	say("\033[?1049l");
	same_cells(screen, other);
	same_cursor(screen, other);
	screen_free(other);
	shows(0, "0123456");
	shows(1, "789abc.");
}
END_TEST

static const char *const pens[] = {
	"0", "1", "2", "3", "4", "5", "7", "8", "9", "21", "53", "4:3", "4:4",
	"4:5", "31", "41", "94", "104", "38;5;1", "48;5;200", "38;2;1;2;3",
	"48;2;255;254;253", "38:5:7", "38:2:9:8:7", "48:2::9:8:7",
	"58:5:9;4", "58:2::1:2:3;4:2", "1;2;3;4;5;7;8;9;53;31;42",
};

START_TEST(test_pen)
{
	char text[64];

	begin(2, 10);
	ck_assert_int_lt(snprintf(text, sizeof(text), "\033[%smab\033[K",
	    pens[_i]), (int)sizeof(text));
	say(text);
	if (_i > 0)
		ck_assert(screen->now.pen.fg != 0 || screen->now.pen.bg != 0 ||
		    screen->now.pen.attr != 0);
	returns();
	say("\033[m");
	ck_assert(screen->now.pen.fg == 0 && screen->now.pen.bg == 0 &&
	    screen->now.pen.line == 0 && screen->now.pen.attr == 0);
	returns();
}
END_TEST

/* Line drawing as such: a terminal without UTF-8 has it, too. */
START_TEST(test_line_drawing)
{
	struct screen *other;

	begin(2, 6);
	say("\033(0qx\033(Bq\033)0\016x\017x\016");
	shows(0, "qxqxx.");
	returns();
	say("q");
	other = shown(2, 6);
	/* and of which set the next character is, at the margin */
	ck_assert(other->now.charset.shifted);
	same_cells(screen, other);
	screen_free(other);
}
END_TEST

static const struct {
	const char *text, *row;
} characters[] = {
	{ "a\xe4\xb8\xad" "b", "a\xe4\xb8\xad" "b....." },
	{ "e\xcc\x81x", "e\xcc\x81x......" "." },
	/* a family of three is as wide as the first of them */
	{ "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d"
	    "\xf0\x9f\x91\xa7!",
	    "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d"
	    "\xf0\x9f\x91\xa7!......" },
	/* overwritten halves */
	{ "xx\xe4\xb8\xad\xe6\x96\x87\033[4Gy", "xx y\xe6\x96\x87..." },
	{ "\xe4\xb8\xad\xe6\x96\x87\033[3Gy", "\xe4\xb8\xady ....." },
	/* what is broken shows nothing, C1 in UTF-8 neither */
	{ "a\xff\xfe\xc0\x80" "b", "ab......." },
	{ "a\xe4\xb8" "b", "ab......." },
	{ "a\xc2\x9b" "b", "ab......." },
	{ "a\xed\xa0\x80" "b", "ab......." },
	/* nothing to join */
	{ "\xe2\x80\x8d" "ab", "b........" },
	{ "\xcc\x81" "ab", "ab......." },
};

START_TEST(test_characters)
{
	begin(2, 9);
	say(characters[_i].text);
	shows(0, characters[_i].row);
	returns();
}
END_TEST

/* Strings are for nobody's screen. */
static const char *const strings[] = {
	"\033]0;title\007", "\033]0;title\033\\", "\033P1$r0m\033\\",
	"\033_Gq=1;AAAA\033\\", "\033^private\033\\", "\033Xsos\033\\",
	"\033kname\033\\", "\033]52;c;QUJD\007", "\033]8;;http://x\033\\",
	"\033P\030", "\033]x\032", "\033[?1;2c", "\033[6n", "\033[>c",
	"\033[18t", "\033[?u", "\033[>1u", "\033[1;2;3;4;5T", "\033Z",
	"\033[5;5\030", "\033[12\033[m",
	("\033[1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;1;"
	"1;1;1;1;1;1;1;1;1;1H"),
};

START_TEST(test_strings)
{
	begin(2, 9);
	say("ab");
	say(strings[_i]);
	ck_assert_uint_eq(screen_inside(screen), 0);
	say("c");
	shows(0, "abc......");
}
END_TEST

static const struct {
	const char *text;
	unsigned int inside;
} unfinished[] = {
	{ "abc", 0 }, { "abc\033", 1 }, { "abc\033[31", 4 },
	{ "\033[31m", 0 }, { "\033]0;ti", 6 }, { "\033]0;ti\033", 7 },
	{ "\033P+q", 4 }, { "\033(", 2 }, { "\xe4\xb8", 2 },
	{ "\xe4\xb8\xad", 0 }, { "\xe4\033", 1 }, { "\xe4" "a", 0 },
	{ "\033[3\033[", 2 }, { "\033]0;t\033[", 2 }, { "\033[3\n", 4 },
};

/* Where a dump is of, so that nobody gets the rest of a sequence as text. */
START_TEST(test_inside)
{
	begin(2, 9);
	say(unfinished[_i].text);
	ck_assert_uint_eq(screen_inside(screen), unfinished[_i].inside);
}
END_TEST

/* A control amid a sequence is done once, with it, and not before. */
START_TEST(test_control_inside)
{
	begin(3, 9);
	say("a\033[3\n");
	cursor_at(0, 1);
	say("1mb");
	shows(1, ".b.......");
	ck_assert_uint_ne(screen->now.pen.fg, 0);
}
END_TEST

static const struct {
	const char *text, *rows[3];
} sequences[] = {
	{ "ab\033[3b", { "abbbb", ".....", "....." } },
	{ "ab\033[100000b", { "abbbb", ".....", "....." } },
	{ "ab\r\033[3b", { "ab...", ".....", "....." } },
	{ "abcd\033[2G\033[2@", { "a..bc", ".....", "....." } },
	{ "abcd\033[2G\033[2P", { "ad...", ".....", "....." } },
	{ "abcd\033[2G\033[99999P", { "a....", ".....", "....." } },
	{ "abcd\033[2G\033[99999X", { "a....", ".....", "....." } },
	{ "1\r\n2\r\n3\033[2;3r\033[3H\nx", { "1....", "3....", "x...." } },
	{ "1\r\n2\r\n3\033[2;3r\033[2H\033My", { "1....", "y....", "2...." } },
	{ "1\r\n2\r\n3\033[2H\033[L", { "1....", ".....", "2...." } },
	{ "1\r\n2\r\n3\033[2H\033[99M", { "1....", ".....", "....." } },
	{ "1\r\n2\r\n3\033[99S", { ".....", ".....", "....." } },
	{ "\033[2;3r\033[?6h\033[1;2Hx", { ".....", ".x...", "....." } },
	{ "\033[2;3r\033[?6h\033[9;9Hx", { ".....", ".....", "....x" } },
	{ "\033[2;3r\033[3H\033[9Ax", { ".....", "x....", "....." } },
	{ "\033[3;2rx", { "x....", ".....", "....." } },
	{ "\0337ab\0338x", { "xb...", ".....", "....." } },
	{ "ab\033[sc\033[ux", { "abx..", ".....", "....." } },
	{ "\033[?7labcdefg", { "abcdg", ".....", "....." } },
	{ "abc\r\033[4hx\033[4ly", { "xybc.", ".....", "....." } },
	{ "\033[20ha\nb", { "a....", "b....", "....." } },
	{ "a\tb", { "a...b", ".....", "....." } },
	{ "\033#8\033[2;2Hx", { "EEEEE", "ExEEE", "EEEEE" } },
	{ "abc\033cx", { "x....", ".....", "....." } },
	{ "\033[2;3r\033[!pab\033[9Bc", { "ab...", ".....", "..c.." } },
	{ "abc\033[?25;1049h\033[?1049;25ld", { "abcd.", ".....", "....." } },
	{ "\033[?69h\033[2;4s\033[2;2Hx\033[T", { ".....", ".....", ".x..." } },
};

/* Those that libvterm 0.1 does not know, does otherwise, or may break by. */
START_TEST(test_sequences)
{
	int row;

	begin(3, 5);
	say(sequences[_i].text);
	for (row = 0; row < 3; row++)
		shows(row, sequences[_i].rows[row]);
	returns();
}
END_TEST

/* Nobody makes it larger than it may be. */
START_TEST(test_limits)
{
	int i;

	begin(65535, 65535);
	ck_assert_int_eq(screen->rows, STATE_ROWS_MAX);
	ck_assert_int_eq(screen->cols, STATE_COLS_MAX);
	say("\033[65535;65535Hx");
	cursor_at(STATE_ROWS_MAX - 1, STATE_COLS_MAX);
	begin(2, 3);
	for (i = 0; i < 1000; i++)
		say("line\r\n");
	ck_assert_int_eq(screen->normal->history, GRID_HISTORY);
	resize(1, 1);
	say("\xe4\xb8\xad" "abc");
	returns();
	resize(0, 0);
	cursor_at(0, 1);
	for (i = 0; i < 100; i++)
		say("\xcc\x81");
	ck_assert_int_le(line_cell(grid_line(state_grid(screen), 0), 0)->len,
	    CELL_TEXT);
}
END_TEST

static const char *const pieces[] = {
	"hello ", "\r\n", "\033[3", "1", "m", "\xe4", "\xb8", "\xad", "\033",
	"[H", "]0;t", "\007", "\033[2J", "\b", "\t", "\033[5;5H", "\033[K",
	"\033[?1049h", "\033[?1049l", "0123456789abcdef", "\033[2;4r", "\n",
	"\033M", "\033[L", "\033[42m", "\xcc\x81", "\xf0\x9f\x91\x8d", "\0337",
	"\0338", "\033(0", "\033(B", "\033[2P", "\033[3@", "\033[m",
};

/* However it is cut, by a slow program or a full socket. */
START_TEST(test_any_cut)
{
	unsigned int seed = (unsigned int)_i + 1, n = 0, i, at;
	static char text[4096];
	struct screen *other;
	const char *piece;

	for (i = 0; i < 120; i++) {
		seed = seed * 1103515245u + 12345u;
		piece = pieces[(seed >> 16) %
		    (sizeof(pieces) / sizeof(pieces[0]))];
		n += (unsigned int)snprintf(text + n, sizeof(text) - n, "%s",
		    piece);
	}
	begin(8, 13);
	feed_to(screen, text, n);
	ck_assert_ptr_nonnull(other = screen_new(8, 13));
	for (at = 0; at < n; at++)
		feed_to(other, text + at, 1);
	same_cells(screen, other);
	same_cursor(screen, other);
	ck_assert_uint_eq(screen_inside(screen), screen_inside(other));
	screen_free(other);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int
main(void)
{
	Suite *suite = suite_create("screen");
	TCase *tc = tcase_create("screen");
	SRunner *runner;
	int failed;

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL) {
		printf("SKIP screen: no locale C.UTF-8\n");
		return 77;
	}
	tcase_add_test(tc, test_waits_at_the_margin);
	tcase_add_test(tc, test_other_width);
	tcase_add_test(tc, test_dump_of_another_size);
	tcase_add_test(tc, test_taller);
	tcase_add_test(tc, test_alternate);
	tcase_add_loop_test(tc, test_pen, 0, COUNT(pens));
	tcase_add_test(tc, test_line_drawing);
	tcase_add_loop_test(tc, test_characters, 0, COUNT(characters));
	tcase_add_loop_test(tc, test_strings, 0, COUNT(strings));
	tcase_add_loop_test(tc, test_inside, 0, COUNT(unfinished));
	tcase_add_test(tc, test_control_inside);
	tcase_add_loop_test(tc, test_sequences, 0, COUNT(sequences));
	tcase_add_test(tc, test_limits);
	tcase_add_loop_test(tc, test_any_cut, 0, 50);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	screen_free(screen);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
