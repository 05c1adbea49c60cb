/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "helpers/pty-broker/vtstate.h"

#include <check.h>
#include <stdint.h>
#include <string.h>

#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/* The same numbers in each run, so that a failure can be looked into. */
static uint32_t
number(uint32_t *from, uint32_t below)
{
	*from = *from * 1664525u + 1013904223u;
	return (*from >> 8) % below;
}

/* What output is made of, whole and in halves. */
static const char *const parts[] = {
	"text", "\r\n", "h\303\244\342\224\200", "\360\237\230\200", "\303",
	"\342\224", "\200", "\377", "\033", "\033[", "\033[?", "\033[1;31m",
	"\033[38;2;1;2;3m", "\033[m", "\033[?1049h", "\033[?1049l",
	"\033[?1000;1006h", "\033[?1002l", "\033[?2004h", "\033[4h", "\033(0",
	"\016", "\017", "\033=", "\033[2;9r", "\033]2;title\a", "\033]0;",
	"\033\\", "\033P$q", "\033Ptmux;\033\033[c", "\033_G", "\030", "\032",
	"\005", "\a", "\177", "\033[>1u", "\033[<u", "\033[!p", "\033c",
	"\0337", "\0338", "\033[>4;2m", "\033[5 q", "6n", ";", "0", "?",
	"\302\233", "\0\0\0", "\033]10;red;blue\033\\", "\033[22;2t",
	("a long line of text, longer than what is looked at in one go: "
	"0123456789012345678901234567890123456789012345678901234567890123"),
};

static size_t
make(uint32_t *from, unsigned char *buf, size_t size)
{
	size_t len = 0, n;
	const char *part;

	while (len + 160 < size) {
		part = parts[number(from, NROWS(parts))];
		n = strlen(part) == 0 ? 3 : strlen(part);
		memcpy(buf + len, part, n);
		len += n;
	}
	return len;
}

static void
same(const struct vtstate *a, const struct vtstate *b)
{
	char one[VTSTATE_TEXT], two[VTSTATE_TEXT];

	vtstate_set(a, one);
	vtstate_set(b, two);
	RUN_ASSERT(strcmp(one, two) == 0);
	vtstate_undo(a, one);
	vtstate_undo(b, two);
	RUN_ASSERT(strcmp(one, two) == 0);
	RUN_ASSERT(a->scan.state == b->scan.state);
	RUN_ASSERT(a->scan.pending == b->scan.pending);
	/* what one was that is over is nobody's concern */
	if (a->scan.state == VTSCAN_IN_GROUND)
		return;
	RUN_ASSERT(a->scan.len == b->scan.len);
	RUN_ASSERT(memcmp(a->scan.text, b->scan.text, a->scan.len) == 0);
}

/*
 * Would have caught a sequence or a character that is lost where one read
 * ends and the next begins.
 */
START_TEST(pieces_make_no_difference)
{
	uint32_t from = (uint32_t)_i;
	unsigned char buf[2048];
	const size_t len = make(&from, buf, sizeof(buf));
	struct vtstate whole, bytes, pieces;
	size_t i, n;

	vtstate_init(&whole);
	vtstate_scan(&whole, buf, len);
	vtstate_init(&bytes);
	for (i = 0; i < len; i++)
		vtstate_scan(&bytes, buf + i, 1);
	same(&whole, &bytes);
	vtstate_init(&pieces);
	for (i = 0; i < len; i += n) {
		n = 1 + number(&from, 90);
		n = n < len - i ? n : len - i;
		vtstate_scan(&pieces, buf + i, n);
	}
	same(&whole, &pieces);
}
END_TEST

/*
 * From each place: clean() stops where is_clean() first says so, or where
 * one sequence breaks off another, and loses nothing.
 */
START_TEST(clean_and_on)
{
	uint32_t from = (uint32_t)_i;
	unsigned char buf[512];
	const size_t len = make(&from, buf, sizeof(buf));
	struct vtstate whole, cut, bytes;
	size_t at, n, i;

	vtstate_init(&whole);
	vtstate_scan(&whole, buf, len);
	for (at = 0; at <= len; at++) {
		vtstate_init(&cut);
		vtstate_scan(&cut, buf, at);
		bytes = cut;
		n = vtstate_clean(&cut, buf + at, len - at);
		RUN_ASSERT(n <= len - at);
		RUN_ASSERT(vtstate_is_clean(&cut) || n == len - at);
		for (i = 0; i < n; i++) {
			RUN_ASSERT(!vtstate_is_clean(&bytes));
			vtstate_scan(&bytes, buf + at + i, 1);
		}
		RUN_ASSERT(vtstate_is_clean(&bytes) || n == len - at ||
		    buf[at + n] == 033 || bytes.scan.pending > 0);
		vtstate_scan(&cut, buf + at + n, len - at - n);
		same(&whole, &cut);
	}
}
END_TEST

static const struct {
	const char *before, *after;
	size_t n;
} cleans[] = {
	{ "", "", 0 }, { "", "\033[m", 0 }, { "a", "b", 0 },
	{ "\033", "[mx", 2 }, { "\033[", "1;31mx", 5 }, { "\033(", "0x", 1 },
	{ "\033[1", ";2", 2 }, { "\033]2;a", "b\ax", 2 },
	{ "\033]2;a", "b\033\\x", 3 }, { "\033]2;a\033", "\\x", 1 },
	{ "\033P1", "b\ac\033\\x", 5 }, { "\033[1", "\030x", 1 },
	{ "\303", "\244x", 1 }, { "\360\237", "\230\200x", 2 },
	/* something new begins */
	{ "\303", "x", 0 }, { "\303", "\303\244", 0 }, { "\303", "\033[m", 0 },
	{ "\033[1", "\033[m", 0 }, { "\033[1", ";2\033[m", 2 },
	{ "\033]2;a", "b\033[m", 1 }, { "\033Ptmux;", "\033\033[m\033\\x", 6 },
	{ "\033", "\303\244", 0 },
};

/* Would have caught a replay that begins with half of something. */
START_TEST(where_it_is_clean)
{
	struct vtstate st;

	vtstate_init(&st);
	vtstate_scan(&st, (const unsigned char *)cleans[_i].before,
	    strlen(cleans[_i].before));
	ck_assert_uint_eq(vtstate_clean(&st,
	    (const unsigned char *)cleans[_i].after, strlen(cleans[_i].after)),
	    cleans[_i].n);
}
END_TEST

/* At every distance from every border of what is looked at in one go. */
START_TEST(found_at_each_place)
{
	unsigned char buf[200];
	struct vtstate st;
	size_t at, from;

	for (from = 0; from < 17; from++)
		for (at = from; at < sizeof(buf); at++) {
			memset(buf, 'x', sizeof(buf));
			/* neighbours of those that are looked for */
			memset(buf, (const unsigned char [])
			    { 0x04, 0x06, 0x08, 0x0d, 0x10, 0x1a, 0x1c, 0x3b,
			    0x9b, 0x8e, 0x8f, 0x85, 0x87 }[at % 13], at);
			buf[at] = 0x0e;
			vtstate_init(&st);
			vtstate_scan(&st, buf + from, sizeof(buf) - from);
			ck_assert_int_eq(st.pen.locked, 1);
			buf[at] = 033;
			vtstate_init(&st);
			vtstate_scan(&st, buf + from, at + 1 - from);
			ck_assert(!vtstate_is_clean(&st));
		}
}
END_TEST

/* How many bytes a character has: what a replay may begin with. */
START_TEST(characters)
{
	const unsigned char lead = (unsigned char)_i;
	const int need = lead >= 0xc2 && lead < 0xe0 ? 1 :
	    lead >= 0xe0 && lead < 0xf0 ? 2 :
	    lead >= 0xf0 && lead < 0xf5 ? 3 : 0;
	struct vtstate st;
	int i;

	if (lead == 033)
		return;
	vtstate_init(&st);
	vtstate_scan(&st, (const unsigned char *)"some text before", 16);
	vtstate_scan(&st, &lead, 1);
	for (i = 0; i < 5; i++) {
		ck_assert_int_eq(st.scan.pending, need > i ? need - i : 0);
		vtstate_scan(&st, (const unsigned char *)"\200", 1);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("vtscan");
	TCase *tc = tcase_create("vtscan");

	tcase_add_loop_test(tc, pieces_make_no_difference, 0, 500);
	tcase_add_loop_test(tc, clean_and_on, 0, 30);
	tcase_add_loop_test(tc, where_it_is_clean, 0, NROWS(cleans));
	tcase_add_test(tc, found_at_each_place);
	tcase_add_loop_test(tc, characters, 0, 256);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
