/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* What who returns is shown: history.c, replay.c (I13). */

#include "config.h"
#include "replay.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "history.h"
#include "pty.h"
#include "ring.h"
#include "run.h"
#include "salon.h"

static struct salon salon;

static void
setup(void)
{
	salon_open(&salon, 4096);
}

static void
teardown(void)
{
	salon_close(&salon);
}

/* What a terminal would answer, and text between. */
static const char *const queries[] = {
	"\033[c", "\033[>c", "\033[6n", "\033[5n", "\033]10;?\007",
	"\033]11;?\033\\", "\033[?2004$p", "\033P$qm\033\\", "\033Z",
	"\033[>q", "\033[18t",
};
#define QUERIES (sizeof(queries) / sizeof(queries[0]))

/* One after the other, "0" "1" ... between them.  Returns the length. */
static size_t
make_stream(char *stream, size_t size)
{
	size_t i, n = 0;

	for (i = 0; i < QUERIES; i++)
		n += (size_t)snprintf(stream + n, size - n, "<%zu>%s", i,
		    queries[i]);
	return n + (size_t)snprintf(stream + n, size - n, "<end>");
}

/*
 * Would have caught a query that is replayed because the returning viewer
 * came in the middle of it or behind it; or text that is lost with one.
 */
START_TEST(queries_at_all_cut_points)
{
	char stream[512], word[16];
	const size_t len = make_stream(stream, sizeof(stream));
	size_t i, whole, at;
	const size_t cut = (size_t)_i;
	struct album album = { 0 };
	int end;

	if (cut > len)
		return;
	ck_assert_uint_eq(salon_print(&salon, stream, cut), cut);
	end = salon_viewer(&salon, 0, 0);
	ck_assert_uint_eq(salon_print(&salon, stream + cut, len - cut),
	    len - cut);
	salon_gather(&salon, end, &album);
	for (i = 0, at = 0; i < QUERIES; i++) {
		whole = at + (size_t)snprintf(word, sizeof(word), "<%zu>", i) +
		    strlen(queries[i]);
		ck_assert_msg(album_has(&album, word), "cut at %zu: no %s", cut,
		    word);
		/* what was over when he came is nothing to him any more */
		if (whole <= cut)
			ck_assert_msg(!album_has(&album, queries[i]),
			    "cut at %zu: query %zu", cut, i);
		at = whole;
	}
	ck_assert_int_eq(album_has(&album, "<end>"), 1);
	album_free(&album);
	(void)close(end);
}
END_TEST

/* A terminal, for a viewer, that takes what it can. */
static int outer, inner;
static char *shown;
static size_t shown_len;
#define SHOWN ((size_t)1024 * 1024)

static int
all_shown(void *ctx)
{
	ssize_t n;

	n = read(outer, shown + shown_len, SHOWN - 1 - shown_len);
	if (n > 0)
		shown_len += (size_t)n;
	shown[shown_len] = '\0';
	return shown_len >= strlen(ctx) &&
	    strcmp(shown + shown_len - strlen(ctx), ctx) == 0;
}

/* Would have caught a query let through where a terminal was full. */
START_TEST(queries_in_parts)
{
	const struct proto_attach attach = {
		.flags = PROTO_TERMINAL, .size = { 24, 80, 0, 0 },
	};
	char name[PTY_NAME_SIZE], stream[600], end[] = "THE END";
	struct termios saved;
	size_t len, i, at;
	int sock;

	salon_close(&salon);
	salon_open(&salon, 400000);
	ck_assert_int_eq(pty_open(&outer, &inner, name), 0);
	ck_assert_int_eq(pty_make_raw(inner, &saved), 0);
	ck_assert_int_eq(fcntl(inner, F_SETFL, O_RDWR | O_NONBLOCK), 0);
	ck_assert_int_eq(fcntl(outer, F_SETFL, O_RDWR | O_NONBLOCK), 0);
	ck_assert_ptr_nonnull(shown = malloc(SHOWN));
	len = make_stream(stream, sizeof(stream));
	for (at = 0; at < 390000; at += len)
		ck_assert_uint_eq(salon_print(&salon, stream, len), len);
	salon_puts(&salon, end);
	sock = salon_visitor(&salon);
	salon_say_attach(&salon, sock, &attach, inner);
	(void)close(inner);
	salon_until(&salon, all_shown, end);
	ck_assert_uint_gt(shown_len, 100000);
	for (i = 0; i < QUERIES; i++)
		ck_assert_ptr_null(strstr(shown, queries[i]));
	free(shown);
	(void)close(outer);
	(void)close(sock);
}
END_TEST

/*
 * Would have caught a replay that begins in the middle of a sequence or of a
 * character, wherever the ring begins; or without what that had made of the
 * terminal.
 */
START_TEST(clean_begin)
{
	static const char first[] = "\033[?2004h\033]2;title here\007"
	    "\342\202\254\033[38;5;196mred\033(0";
	const size_t n = sizeof(first) - 1, keep = 4096;
	struct album album = { 0 };
	char *stream = malloc(n + keep);
	const char *at;
	int end;

	ck_assert_ptr_nonnull(stream);
	memcpy(stream, first, n);
	memset(stream + n, 'x', keep);
	/* so that the ring begins at _i of the sequences */
	ck_assert_uint_eq(salon_print(&salon, stream, keep + (size_t)_i),
	    keep + (size_t)_i);
	ck_assert_uint_eq(ring_begin(salon.session.history.ring), (size_t)_i);
	end = salon_viewer(&salon, 0, 0);
	salon_gather(&salon, end, &album);
	/* in one way or the other */
	ck_assert_int_eq(album_has(&album, "title here"), 1);
	ck_assert_int_eq(album_has(&album, "\033[?2004h"), 1);
	ck_assert_int_eq(album_has(&album, "8;5;196") ||
	    album_has(&album, "8:5:196"), 1);
	for (at = album.screen; *at != '\0'; at++) {
		if ((*at & 0xc0) == 0x80)
			ck_assert(at > album.screen && (at[-1] & 0x80));
		/* never what stands in a sequence without its beginning */
		if (strncmp(at, "itle here", 9) == 0)
			ck_assert_int_eq(at[-1], 't');
		if (strncmp(at, "2004h", 5) == 0)
			ck_assert_int_eq(at[-1], '?');
	}
	album_free(&album);
	free(stream);
	(void)close(end);
}
END_TEST

/* Would have caught a state that is not that of all the bytes before. */
START_TEST(state_at_any_offset)
{
	const struct history *history = &salon.session.history;
	char line[200], set[VTSTATE_TEXT], want[VTSTATE_TEXT];
	struct vtstate state, direct;
	char *all = NULL, *more;
	size_t len = 0, i, n;

	for (i = 0; i < 200; i++) {
		n = (size_t)snprintf(line, sizeof(line), "\033[%zum\033[?%zuh"
		    "text \342\202\254 %zu\r\n\033]2;%zu\007", 30 + i % 8,
		    i % 2 ? 2004u : (size_t)1000 + i % 4, i, i);
		ck_assert_uint_eq(salon_print(&salon, line, n), n);
		ck_assert_ptr_nonnull(more = realloc(all, len + n));
		all = more;
		memcpy(all + len, line, n);
		len += n;
	}
	for (i = (size_t)ring_begin(history->ring); i <= len; i += 7) {
		vtstate_init(&direct);
		vtstate_scan(&direct, (const unsigned char *)all, i);
		history_state_at(history, i, &state);
		n = vtstate_set(&state, set);
		ck_assert_uint_eq(vtstate_set(&direct, want), n);
		ck_assert_int_eq(memcmp(set, want, n), 0);
	}
	free(all);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("replay");
	TCase *tc = tcase_create("replay");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, queries_at_all_cut_points, 0, 130);
	tcase_add_test(tc, queries_in_parts);
	tcase_add_loop_test(tc, clean_begin, 0, 44);
	tcase_add_test(tc, state_at_any_offset);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
