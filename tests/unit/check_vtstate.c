/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "helpers/pty-broker/vtstate.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

static struct vtstate st;
static char text[VTSTATE_TEXT], other[VTSTATE_TEXT];

static void
feed(const char *bytes)
{
	vtstate_scan(&st, (const unsigned char *)bytes, strlen(bytes));
}

static void
setup(void)
{
	vtstate_init(&st);
}

static const struct {
	const char *bytes, *set, *undo;
} rows[] = {
	/* nothing, or nothing that stays */
	{ "plain text\r\n\t\b", "", "" },
	{ "\033[H\033[2J\033[K\033[3;4H\033[5A\033M\033D\033E", "", "" },
	{ "\033[?1h\033[?1l\033[?1000h\033[?1000l", "", "" },
	{ "\033[?25h\033[?7h\033[?1049l\033[m\033[r\033(B", "", "" },
	/* private modes, one by one */
	{ "\033[?1h", "\033[?1h", "\033[?1l" },
	{ "\033[?5h", "\033[?5h", "\033[?5l" },
	{ "\033[?6h", "\033[?6h", "\033[?6l" },
	{ "\033[?7l", "\033[?7l", "\033[?7h" },
	{ "\033[?8l", "\033[?8l", "\033[?8h" },
	{ "\033[?9h", "\033[?9h", "\033[?9l" },
	{ "\033[?12h", "\033[?12h", "\033[?12l" },
	{ "\033[?25l", "\033[?25l", "\033[?25h" },
	{ "\033[?45h", "\033[?45h", "\033[?45l" },
	{ "\033[?66h", "\033=", "\033>" },
	{ "\033=", "\033=", "\033>" },
	{ "\033=\033[?66l", "", "" },
	{ "\033[?69h", "\033[?69h", "\033[?69l" },
	{ "\033[?1000h", "\033[?1000h", "\033[?1000l" },
	{ "\033[?1001h", "\033[?1001h", "\033[?1001l" },
	{ "\033[?1002h", "\033[?1002h", "\033[?1002l" },
	{ "\033[?1003h", "\033[?1003h", "\033[?1003l" },
	{ "\033[?1004h", "\033[?1004h", "\033[?1004l" },
	{ "\033[?1005h", "\033[?1005h", "\033[?1005l" },
	{ "\033[?1006h", "\033[?1006h", "\033[?1006l" },
	{ "\033[?1007h", "\033[?1007h", "\033[?1007l" },
	{ "\033[?1015h", "\033[?1015h", "\033[?1015l" },
	{ "\033[?1016h", "\033[?1016h", "\033[?1016l" },
	{ "\033[?2004h", "\033[?2004h", "\033[?2004l" },
	{ "\033[?2027h", "\033[?2027h", "\033[?2027l" },
	{ "\033[?2031h", "\033[?2031h", "\033[?2031l" },
	/* undone only: they would hold the screen, or make it answer */
	{ "\033[?2026h", "", "\033[?2026l" },
	{ "\033[?2048h", "", "\033[?2048l" },
	/* what a terminal has on or off by itself, we do not know */
	{ "\033[?1007l", "\033[?1007l", "" },
	/* several at once, and what they have become since */
	{ "\033[?1;2004;25l\033[?1;2004h", "\033[?1h\033[?25l\033[?2004h",
	    "\033[?1l\033[?25h\033[?2004l" },
	/* the mouse: some terminals know one at a time, the last one */
	{ "\033[?1003h\033[?1000h\033[?1006h\033[?1005h",
	    "\033[?1003h\033[?1000h\033[?1006h\033[?1005h",
	    "\033[?1000l\033[?1003l\033[?1005l\033[?1006l" },
	{ "\033[?1000h\033[?1002h\033[?1002l", "\033[?1000h\033[?1002l",
	    "\033[?1000l" },
	/* unknown ones; not those that clear, or are another terminal */
	{ "\033[?7727;9001h", "\033[?7727h\033[?9001h",
	    "\033[?7727l\033[?9001l" },
	{ "\033[?7727;9001h\033[?7727l", "\033[?9001h", "\033[?9001l" },
	{ "\033[?9001l\033[?2l\033[?3h\033[?0h\033[?h\033[h", "", "" },
	/* kept and given back */
	{ "\033[?1001s\033[?1001h\033[?1001r", "", "" },
	{ "\033[?2004h\033[?2004s\033[?2004l\033[?2004r", "\033[?2004h",
	    "\033[?2004l" },
	/* ANSI modes, which are no private ones */
	{ "\033[4h", "\033[4h", "\033[4l" },
	{ "\033[20h", "\033[20h", "\033[20l" },
	{ "\033[1h\033[7l\033[25l\033[?4h\033[?20h", "\033[?4h\033[?20h",
	    "\033[?4l\033[?20l" },
	/* screens */
	{ "\033[?47h", "\033[?47h", "\033[?47l" },
	{ "\033[?1047h", "\033[?1047h", "\033[?1047l" },
	{ "\033[?1049h", "\033[?1049h", "\033[?1049l" },
	{ "\033[?1049h\033[?47l", "", "" },
	{ "\033[?1048h\033[?1048l", "", "" },
	/* what 1049 gives back on the main screen is undone there */
	{ "\033[31m\033[?6h\033[?1049h\033[m\033[?6l",
	    "\033[31m\033[?6h\0337\033[?1049h\033[m\033[?6l",
	    "\033[?1049l\033[m\033[?6l" },
	/* margins, which move the cursor */
	{ "\033[2;23r", "\033[2;23r", "\0337\033[r\0338" },
	{ "\033[;23r", "\033[1;23r", "\0337\033[r\0338" },
	{ "\033[5r", "\033[5r", "\0337\033[r\0338" },
	{ "\033[9;3r\033[2;2r\033[1;r\033[0;0r", "", "" },
	{ "\033[2;23r\033[9;3r", "\033[2;23r", "\0337\033[r\0338" },
	{ "\033[?69h\033[3;40s", "\033[?69h\033[3;40s", "\033[?69l" },
	{ "\033[?69h\033[3;40s\033[?69l\033[3;40s", "", "" },
	{ "\033[2;3r\033#8", "", "" },
	/* character sets */
	{ "\033(0", "\033(0", "\033(B" },
	{ "\033)0\016", "\033)0\016", "\033)B\017" },
	{ "\033)0\016\017", "\033)0", "\033)B" },
	{ "\033*A\033+A\033n", "\033*A\033+A\033n", "\033*B\033+B\017" },
	{ "\033o", "\033o", "\017" },
	{ "\033-A\033(%5", "\033(%5\033-A", "\033(B\033)B" },
	{ "\033[1\016;2m", "\016\033[1m\033[2m", "\033[m\017" },
	{ "\033(0\033(B\033%G", "", "" },
	/* the cursor's form */
	{ "\033[5 q", "\033[5 q", "\033[0 q" },
	{ "\033[5 q\033[ q", "", "" },
	{ "\033[?1c", "\033[?1c", "\033[?0c" },
	/* keys */
	{ "\033[>4;2m", "\033[>4;2m", "\033[>4m" },
	{ "\033[>4;2m\033[>4m", "", "" },
	{ "\033[>4;2m\033[>4n", "", "" },
	{ "\033[>4;2m\033[>m", "", "" },
	{ "\033[>1u\033[>15u", "\033[>1u\033[>15u", "\033[<2u" },
	{ "\033[>1u\033[>15u\033[<u", "\033[>1u", "\033[<1u" },
	{ "\033[>1u\033[<9u", "", "" },
	{ "\033[=1u\033[=4;2u\033[=1;3u", "\033[=4u", "\033[=0u" },
	{ "\033[>1u\033[?1049h\033[>3u",
	    "\033[>1u\033[?1049h\033[>3u", "\033[<1u\033[?1049l\033[<1u" },
	{ "\033[?1049h\033[>3u\033[?1049l", "", "" },
	{ "\033[>1u\033[>2u\033[>3u\033[>4u\033[>5u\033[>6u\033[>7u\033[>8u",
	    "\033[=1u\033[>2u\033[>3u\033[>4u\033[>5u\033[>6u\033[>7u"
	    "\033[>8u", "\033[<7u\033[=0u" },
	/* saved with the cursor */
	{ "\033[1m\0337\033[m\033(0\0338\033[m\0337\033[1m", "\033[1m",
	    "\033[m" },
	{ "\033[1m\033[s\033[m\033[u\033[4m", "\033[1m\0337\033[m\033[1m"
	    "\033[4m", "\033[m" },
	{ "\033[1m\0338", "", "" },
	{ "\033[1m\0337\033[m\033[?47h\033(0\0337\033(B",
	    "\033[1m\0337\033[?47h\033[m\033(0\0337\033(B",
	    "\033[?47l" },
	/* resets; the first one leaves screen, mouse and paste */
	{ "\033[?1;6;1000;2004;1049h\033[?7;25l\033[4h\033=\033[1m\033(0"
	    "\033[2;3r\033[!p",
	    "\033[?6h\0337\033[?1049h\033[?6l\033[?2004h\033[?1000h",
	    "\033[?1049l\033[?6l\033[?1000l\033[?2004l" },
	{ "\033[?1;1000;2004;1049;7727h\033[1m\033(0\033[2;3r\033[>1u"
	    "\033]2;x\033\\\033c", "", "" },
	/* sequences that are none */
	{ "\033[?1\030h\033[?1\032h\033[?1\033[h", "", "" },
	{ "\033[1?2004h\033[? 2004h\033[ ?2004h\033[>2004h", "", "" },
	{ "\302\233?2004h\233?2004h\302\217", "", "" },
	{ "\033P\033[?2004h", "\033[?2004h", "\033[?2004l" },
	{ "\033P?2004h\033\\\033_?1h\033\\\033^?1h\007\033\\\033X?1h\033\\"
	    "\033k?1h\033\\", "", "" },
	{ "\033Ptmux;\033\033[?2004h\033\\", "", "" },
	/* and some that have something in them */
	{ "\033[?20\a0\n4h\033[\1774h\033[\303\2444h", "\033[?2004h\033[4h",
	    "\033[?2004l\033[4l" },
};

/*
 * Would have caught each mode that is not followed, not set for who returns,
 * or left behind in his terminal.
 */
START_TEST(set_and_undo)
{
	feed(rows[_i].bytes);
	vtstate_set(&st, text);
	ck_assert_str_eq(text, rows[_i].set);
	vtstate_undo(&st, text);
	ck_assert_str_eq(text, rows[_i].undo);
}
END_TEST

/* Would have caught a set that does not do what it was made from. */
START_TEST(set_is_read_back)
{
	feed(rows[_i].bytes);
	vtstate_set(&st, text);
	vtstate_init(&st);
	feed(text);
	ck_assert(vtstate_is_clean(&st));
	vtstate_set(&st, other);
	ck_assert_str_eq(other, text);
}
END_TEST

/* Would have caught an undo that leaves something, or does it twice. */
START_TEST(undo_undoes)
{
	feed(rows[_i].bytes);
	vtstate_undo(&st, text);
	feed(text);
	ck_assert(vtstate_is_clean(&st));
	vtstate_undo(&st, other);
	ck_assert_str_eq(other, "");
}
END_TEST

static const struct {
	const char *codes, *set;	/* between CSI and m */
} attributes[] = {
	{ "1", "\033[1m" }, { "2", "\033[2m" }, { "3", "\033[3m" },
	{ "5", "\033[5m" }, { "6", "\033[6m" }, { "7", "\033[7m" },
	{ "8", "\033[8m" }, { "9", "\033[9m" }, { "53", "\033[53m" },
	{ "73", "\033[73m" }, { "4", "\033[4m" }, { "21", "\033[21m" },
	{ "4:0", "" }, { "4:3", "\033[4:3m" }, { "4:5;24", "" },
	{ "1;2;22", "" }, { "3;23", "" }, { "5;6;25", "" }, { "7;27", "" },
	{ "8;28", "" }, { "9;29", "" }, { "53;55", "" }, { "74;75", "" },
	{ "1;3;4;31", "\033[1m\033[3m\033[4m\033[31m" },
	{ "1;;31", "\033[31m" }, { "1;0", "" }, { "1;", "" },
	{ "30;47", "\033[30m\033[47m" }, { "97;100", "\033[97m\033[100m" },
	{ "31;39;41;49", "" },
	{ "38;5;1", "\033[38;5;1m" }, { "48;5;255", "\033[48;5;255m" },
	{ "38:5:200", "\033[38;5;200m" },
	{ "38;2;1;2;3", "\033[38;2;1;2;3m" },
	{ "38:2:1:2:3", "\033[38;2;1;2;3m" },
	{ "48:2::1:2:3", "\033[48;2;1;2;3m" },
	{ "58;5;9", "\033[58:5:9m" }, { "58:2::1:2:3", "\033[58:2::1:2:3m" },
	{ "58;2;1;2;3;59", "" },
	/* what follows a colour is not lost, and what is in it no attribute */
	{ "38;5;1;7", "\033[7m\033[38;5;1m" },
	{ "38;2;1;7;9;4", "\033[4m\033[38;2;1;7;9m" },
	{ "38:2:1:7:9;4", "\033[4m\033[38;2;1;7;9m" },
	{ "38;5", "" }, { "38;2;7;7", "" }, { "38;5;256", "" },
	{ "38;2;1;2;300;3", "\033[3m" }, { "38;9;3", "\033[3m" },
	{ "38", "" }, { "38:", "" }, { "7:3", "\033[7m" },
	{ "11", "\033[11m" }, { "11;0", "\033[11m" }, { "11;10", "" },
	{ "99999999999999999999;1", "\033[1m" },
};

/* Would have caught a returning viewer with another colour. */
START_TEST(attributes_of_all_kinds)
{
	feed("\033[");
	feed(attributes[_i].codes);
	feed("m");
	vtstate_set(&st, text);
	ck_assert_str_eq(text, attributes[_i].set);
	vtstate_init(&st);
	feed(text);
	vtstate_set(&st, other);
	ck_assert_str_eq(other, text);
	vtstate_undo(&st, text);
	feed(text);
	vtstate_set(&st, text);
	ck_assert_str_eq(text, "");
}
END_TEST

static const struct {
	const char *bytes, *set, *undo;
} titles[] = {
	{ "\033]2;a title\033\\", "\033]2;a title\033\\", "" },
	{ "\033]0;both\a", "\033]0;both\033\\", "" },
	{ "\033]0;\a", "\033]0;\033\\", "" },
	{ "\033]1;icon\a\033]2\a\033];x\a\033]x;2\a", "\033]2;\033\\", "" },
	{ "\033]2;h\303\244 \360\237\230\200\a",
	    "\033]2;h\303\244 \360\237\230\200\033\\", "" },
	/* no text, so that nothing of it is ever written */
	{ "\033]2;a\tb\a", "", "" }, { "\033]2;a\177b\a", "", "" },
	{ "\033]2;a\302\233c\a", "", "" }, { "\033]2;a\233c\a", "", "" },
	{ "\033]2;a\300\233\a", "", "" }, { "\033]2;a\340\202\233\a", "", "" },
	{ "\033]2;a\355\240\200\a", "", "" }, { "\033]2;\303\a", "", "" },
	/* broken off: it is not this terminal's title */
	{ "\033]2;one\a\033]2;two\030\033]2;three\033[m",
	    "\033]2;one\033\\", "" },
	/* kept by the terminal, and taken back */
	{ "\033]2;sh\a\033[22;2t\033]2;vi\a",
	    "\033]2;sh\033\\\033[22;2t\033]2;vi\033\\", "\033[23;2t" },
	{ "\033]2;sh\a\033[22;0;0t\033]2;vi\a\033[23;0;0t",
	    "\033]2;sh\033\\", "" },
	{ "\033[22t\033]2;vi\a", "\033[22;2t\033]2;vi\033\\", "\033[23;2t" },
	{ "\033[22t\033]2;vi\a\033[23t", "", "" },
	{ "\033]2;sh\a\033[22t\033[22t\033]2;vi\a\033[23t",
	    "\033]2;sh\033\\\033[22;2t", "\033[23;2t" },
	{ "\033[22;1t\033[23t\033[8;24;80t", "", "" },
	{ "\033]10;#ff0000\a\033]12;rgb:ff/ff/00\a",
	    "\033]10;#ff0000\033\\\033]12;rgb:ff/ff/00\033\\",
	    "\033]110\033\\\033]112\033\\" },
	{ "\033]10;red;blue\a\033]11;?\a\033]110\a", "\033]11;blue\033\\",
	    "\033]111\033\\" },
	{ "\033]11;this colour has far too long a name\a\033]11;a\001b\a",
	    "", "" },
	{ "\033]4;1;red\a", "", "\033]104\033\\" },
	{ "\033]4;1;red\a\033]104\a\033]4;1;?\a", "", "" },
};

/* Would have caught a control of a program's that goes into a title. */
START_TEST(titles_and_colours)
{
	feed(titles[_i].bytes);
	vtstate_set(&st, text);
	ck_assert_str_eq(text, titles[_i].set);
	vtstate_undo(&st, other);
	ck_assert_str_eq(other, titles[_i].undo);
	vtstate_init(&st);
	feed(text);
	vtstate_set(&st, other);
	ck_assert_str_eq(other, text);
}
END_TEST

/* Would have caught a title that is cut in the middle of a character. */
START_TEST(long_titles)
{
	size_t n = (size_t)_i, shown = n < 128 ? n : 128, i;

	feed("\033]2;");
	for (i = 0; i < n; i++)
		feed("\303\244");
	feed("\033\\");
	ck_assert_uint_eq(vtstate_set(&st, text), 4 + 2 * shown + 2);
	for (i = 0; i < shown; i++)
		ck_assert_int_eq(memcmp(text + 4 + 2 * i, "\303\244", 2), 0);
	ck_assert_str_eq(text + 4 + 2 * shown, "\033\\");
	/* with a byte before them it ends elsewhere */
	feed("\033]2;x");
	for (i = 0; i < n; i++)
		feed("\303\244");
	feed("\033\\");
	shown = n < 127 ? n : 127;
	ck_assert_uint_eq(vtstate_set(&st, text), 5 + 2 * shown + 2);
}
END_TEST

/*
 * As many unknown modes as one likes, and every other thing at its longest.
 * Would have caught a set that is cut, and a list that grows.
 */
START_TEST(the_longest)
{
	char mode[16];
	int i;

	for (i = 0; i < 1000; i++) {
		snprintf(mode, sizeof(mode), "\033[?%dh", 60000 + i);
		feed(mode);
	}
	for (i = 0; i < NROWS(attributes); i++) {
		feed("\033[");
		feed(attributes[i].codes);
		feed("m");
	}
	for (i = 0; i < 2000; i++) {
		snprintf(mode, sizeof(mode), "\033[?%dh", i);
		if (i != 69)
			feed(mode);
	}
	feed("\033[1;2;3;5;6;7;8;9;20;26;51;52;53;73;74;4:3;19m"
	    "\033[38;2;255;255;255m\033[48;2;255;255;255m"
	    "\033[58:2::255:255:255m\033(%5\033)%5\033*%5\033+%5\033o"
	    "\033[?69h\033[10000;20000r\033[10000;20000s\033[60000 q"
	    "\033[?60000c\033[>4;255m");
	for (i = 0; i < 12; i++)
		feed("\033[>255u\033[22t");
	feed("\033]10;rgba:ffff/ffff/ffff/ffff;rgba:ffff/ffff/ffff/ffff;"
	    "rgba:ffff/ffff/ffff/ffff\033\\\033]2;");
	for (i = 0; i < 400; i++)
		feed("x");
	feed("\033\\");
	ck_assert_uint_lt(vtstate_set(&st, text), VTSTATE_TEXT / 2);
	vtstate_init(&st);
	feed(text);
	vtstate_set(&st, other);
	ck_assert_str_eq(text, other);
	ck_assert_uint_lt(vtstate_undo(&st, text), VTSTATE_TEXT / 2);
	feed(text);
	vtstate_undo(&st, text);
	ck_assert_str_eq(text, "");
}
END_TEST

static const struct {
	const char *bytes, *undo;
} unfinished[] = {
	{ "\303", "\030" }, { "\360\237\230", "\030" }, { "\033", "\030" },
	{ "\033(", "\030" }, { "\033[", "\030" }, { "\033[?1;", "\030" },
	{ "\033]2;tit", "\030\033\\" }, { "\033]2;tit\033", "\030\033\\" },
	{ "\033P$q", "\030\033\\" }, { "\033_G", "\030\033\\" },
	{ "\033[1m\033[3", "\030\033[m" },
	{ "\303\244", "" }, { "\303x", "" }, { "\244", "" }, { "\377", "" },
};

/* Would have caught a shell's prompt that ends up in a title. */
START_TEST(undo_ends_what_is_unfinished)
{
	feed(unfinished[_i].bytes);
	ck_assert_int_eq(vtstate_is_clean(&st), *unfinished[_i].undo == '\0');
	vtstate_undo(&st, text);
	ck_assert_str_eq(text, unfinished[_i].undo);
	feed(text);
	ck_assert(vtstate_is_clean(&st));
}
END_TEST

/*
 * From every state, and from the middle of each sequence.  What fresh does
 * not touch is in its header.
 */
START_TEST(fresh_from_anywhere)
{
	vtstate_fresh(other);
	feed(rows[_i].bytes);
	feed(unfinished[_i % NROWS(unfinished)].bytes);
	feed(other);
	ck_assert(vtstate_is_clean(&st));
	ck_assert_int_eq(vtstate_alternate(&st), 0);
	memset(st.modes.unknown, 0, sizeof(st.modes.unknown));
	st.modes.seen = 0;
	st.shape = 0;
	memset(&st.title, 0, sizeof(st.title));
	vtstate_set(&st, text);
	ck_assert_str_eq(text, "");
}
END_TEST

/* Would have caught old text on the screen, or a cursor that is elsewhere. */
START_TEST(fresh_clears)
{
	const size_t len = vtstate_fresh(text);

	ck_assert_uint_eq(len, strlen(text));
	ck_assert_str_eq(text + len - 7, "\033[H\033[2J");
	/* RIS and ED 3 would take what was scrolled out of sight */
	ck_assert_ptr_null(strstr(text, "\033c"));
	ck_assert_ptr_null(strstr(text, "\033[3J"));
}
END_TEST

START_TEST(which_screen)
{
	ck_assert_int_eq(vtstate_alternate(&st), 0);
	feed("\033[?1049h");
	ck_assert_int_eq(vtstate_alternate(&st), 1);
	feed("\033[?1049l");
	ck_assert_int_eq(vtstate_alternate(&st), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("vtstate");
	TCase *tc = tcase_create("vtstate");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_loop_test(tc, set_and_undo, 0, NROWS(rows));
	tcase_add_loop_test(tc, set_is_read_back, 0, NROWS(rows));
	tcase_add_loop_test(tc, undo_undoes, 0, NROWS(rows));
	tcase_add_loop_test(tc, attributes_of_all_kinds, 0,
	    NROWS(attributes));
	tcase_add_loop_test(tc, titles_and_colours, 0, NROWS(titles));
	tcase_add_loop_test(tc, long_titles, 125, 140);
	tcase_add_test(tc, the_longest);
	tcase_add_loop_test(tc, undo_ends_what_is_unfinished, 0,
	    NROWS(unfinished));
	tcase_add_loop_test(tc, fresh_from_anywhere, 0, NROWS(rows));
	tcase_add_test(tc, fresh_clears);
	tcase_add_test(tc, which_screen);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
