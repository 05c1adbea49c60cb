/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* What viewers of any speed get of a session's output (I9, I11). */

#include "config.h"
#include "deliver.h"

#include <sys/socket.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "pty.h"
#include "ring.h"
#include "run.h"
#include "salon.h"
#include "viewer.h"

#define RING ((size_t)65536)
#define MUCH ((size_t)1024 * 1024)

static struct salon salon;
static char *much;

/* Lines that say where they are, so that a hole shows. */
static void
setup(void)
{
	size_t i;

	ck_assert_ptr_nonnull(much = malloc(MUCH));
	for (i = 0; i < MUCH; i += 8) {
		const unsigned int n = (unsigned int)(i / 8);

		much[i] = (char)('a' + n / 456976 % 26);
		much[i + 1] = (char)('a' + n / 17576 % 26);
		much[i + 2] = (char)('a' + n / 676 % 26);
		much[i + 3] = (char)('a' + n / 26 % 26);
		much[i + 4] = (char)('a' + n % 26);
		much[i + 5] = '.';
		much[i + 6] = '\r';
		much[i + 7] = '\n';
	}
	salon_open(&salon, RING);
}

static void
teardown(void)
{
	salon_close(&salon);
	free(much);
}

static size_t
end_of_ring(void)
{
	return (size_t)ring_end(salon.session.history.ring);
}

/*
 * Would have caught bytes that the only viewer never saw because the program
 * was let on by one read too many; and a program that stands still for ever.
 */
static void
check_alone(size_t total)
{
	const int end = salon_viewer(&salon, PROTO_HAVE, 0);
	struct album album = { 0 };
	size_t done = 0, n, before;

	for (;;) {
		n = salon_print(&salon, much + done, total - done);
		done += n;
		before = album.len;
		salon_gather(&salon, end, &album);
		if (n == 0 && album.len == before)
			break;
	}
	ck_assert_uint_eq(done, total);
	ck_assert_uint_eq(album.count[PROTO_GAP], 0);
	ck_assert_uint_eq(album.len, total);
	ck_assert_int_eq(memcmp(album.screen, much, total), 0);
	album_free(&album);
	(void)close(end);
}

START_TEST(alone)
{
	check_alone(MUCH);
}
END_TEST

START_TEST(alone_with_little_memory)
{
	salon_close(&salon);
	salon_open(&salon, 4096);
	check_alone(MUCH / 4);
}
END_TEST

/*
 * Would have caught a program that prints more than the ring has before who
 * made its session is there: he had a gap, and never saw how it began.
 */
START_TEST(the_first_is_awaited)
{
	size_t done;
	int end;
	struct album album = { 0 };

	salon.session.awaited = 1;
	done = salon_print(&salon, much, MUCH);
	ck_assert_uint_lt(done, MUCH);
	ck_assert_uint_eq(end_of_ring(), 0);
	end = salon_viewer(&salon, PROTO_HAVE, 0);
	salon_gather(&salon, end, &album);
	ck_assert_uint_eq(album.count[PROTO_GAP], 0);
	ck_assert_uint_eq(album.len, done);
	ck_assert_int_eq(memcmp(album.screen, much, done), 0);
	album_free(&album);
	(void)close(end);
}
END_TEST

/* He never came: the program goes on without him. */
START_TEST(the_first_stays_away)
{
	size_t done;

	salon.session.awaited = 1;
	done = salon_print(&salon, much, MUCH);
	ck_assert_uint_lt(done, MUCH);
	salon_pass(&salon, 10000);
	done += salon_print(&salon, much + done, MUCH - done);
	ck_assert_uint_eq(done, MUCH);
	ck_assert_uint_eq(end_of_ring(), MUCH);
}
END_TEST

/*
 * Would have caught a viewer who stands still and delays the other one, and
 * one who is not told what he missed, or gets what follows with a hole.
 */
START_TEST(one_of_two_stopped)
{
	const int stopped = salon_viewer(&salon, PROTO_HAVE, 0);
	const int other = salon_viewer(&salon, PROTO_HAVE, 0);
	struct album album = { 0 }, late = { 0 };
	size_t done = 0;

	while (done < MUCH) {
		done += salon_print(&salon, much + done, 4096);
		salon_gather(&salon, other, &album);
	}
	ck_assert_uint_eq(album.len, MUCH);
	ck_assert_int_eq(memcmp(album.screen, much, MUCH), 0);
	salon_gather(&salon, stopped, &late);
	ck_assert_uint_eq(late.count[PROTO_GAP], 1);
	ck_assert_str_eq(late.types, "ASOGP");
	/* he has the ring now, to its last byte */
	ck_assert_uint_ge(late.len, 60000);
	ck_assert_int_eq(memcmp(late.screen + late.len - 60000,
	    much + MUCH - 60000, 60000), 0);
	album_free(&album);
	album_free(&late);
	(void)close(stopped);
	(void)close(other);
}
END_TEST

/* Would have caught bytes lost, or twice, for who says what he has. */
START_TEST(goes_on_from_anywhere)
{
	const size_t total = 300;
	size_t from;

	/* From now on the pty has a size. */
	(void)close(salon_viewer(&salon, 0, 0));
	ck_assert_uint_eq(salon_print(&salon, much, total), total);
	for (from = 0; from <= total + 1; from++) {
		const int end = salon_viewer(&salon, PROTO_HAVE, from);
		const size_t want = from < total ? total - from : 0;
		struct album album = { 0 };

		salon_gather(&salon, end, &album);
		ck_assert_uint_eq(album.len, want);
		ck_assert_str_eq(album.types, want > 0 ? "ASO" : "AS");
		if (want > 0)
			ck_assert_int_eq(memcmp(album.screen, much + from,
			    want), 0);
		album_free(&album);
		(void)close(end);
		salon_settle(&salon);
	}
	ck_assert_ptr_null(salon.session.viewers);
}
END_TEST

/* Would have caught a read before the ring for who has less than it holds. */
START_TEST(goes_on_from_too_long_ago)
{
	struct album album = { 0 };
	int end;

	ck_assert_uint_eq(salon_print(&salon, much, MUCH), MUCH);
	end = salon_viewer(&salon, PROTO_HAVE, 10);
	salon_gather(&salon, end, &album);
	ck_assert_str_eq(album.types, "AGPS");
	ck_assert_uint_eq(album.lost, MUCH - 10);
	(void)close(end);
	album_free(&album);
}
END_TEST

/* The whole of it in the order in which it has to be (I9). */
static void
check_end(size_t total, const char *types)
{
	const int end = salon_viewer(&salon, PROTO_HAVE, 0);
	struct album album = { 0 };

	ck_assert_uint_eq(salon_print(&salon, much, total), total);
	(void)close(salon.program);
	salon.program = -1;
	salon_leader_ends(&salon, 7 << 8);
	ck_assert_int_eq(salon.session.over, 1);
	salon_gather(&salon, end, &album);
	ck_assert_uint_eq(album.len, total);
	ck_assert_int_eq(memcmp(album.screen, much, total), 0);
	ck_assert_str_eq(album.types, types);
	ck_assert_uint_eq(album.number, 7 << 8);
	ck_assert_int_eq(album.ended, 1);
	ck_assert_int_eq(salon.session.end, 1);
	album_free(&album);
	(void)close(end);
}

START_TEST(status_after_output)
{
	check_end(100, "ASOE");
}
END_TEST

/*
 * Would have caught a viewer that stands still holding back the end (or losing
 * what was written before it).
 */
START_TEST(status_after_much_output)
{
	check_end(RING + 4096, "ASOE");
}
END_TEST

/* How many portions it takes until the side of a new viewer is full. */
static int
portions_until_full(void)
{
	const int end = salon_viewer(&salon, PROTO_HAVE, end_of_ring());
	int n = 0;

	while (!deliver_lags(salon.session.viewers)) {
		ck_assert_uint_eq(salon_print(&salon, "x", 1), 1);
		n++;
	}
	(void)close(end);
	salon_settle(&salon);
	return n;
}

/*
 * Would have caught a terminal that stays on the alternate screen, or is put
 * back twice, because the viewer's side became full just when the session
 * ended.
 */
START_TEST(put_back_once_though_full)
{
	static const char leave[] = "\033[?1049l";
	struct album album = { 0 };
	const char *at;
	int end, i, n;

	salon_puts(&salon, "\033[?1049h");
	/* One takes the last room; what puts back, or the status, has none. */
	n = portions_until_full() - _i;
	end = salon_viewer(&salon, PROTO_HAVE, end_of_ring());
	for (i = 0; i < n; i++)
		ck_assert_uint_eq(salon_print(&salon, "x", 1), 1);
	(void)close(salon.program);
	salon.program = -1;
	salon_leader_ends(&salon, 0);
	salon_gather(&salon, end, &album);
	ck_assert_str_eq(album.types, "ASOPE");
	ck_assert_uint_eq(album.count[PROTO_PAINT], 1);
	at = memmem(album.screen, album.len, leave, sizeof(leave) - 1);
	ck_assert_ptr_nonnull(at);
	ck_assert_ptr_null(strstr(at + 1, leave));
	album_free(&album);
	(void)close(end);
}
END_TEST

/*
 * Would have caught "the session is gone" where somebody detached during
 * output: neither what puts his terminal back nor the word went through.
 */
START_TEST(detached_though_full)
{
	const int end = salon_viewer(&salon, PROTO_HAVE, 0);
	struct album album = { 0 };

	salon_puts(&salon, "\033[?1049h");
	while (!deliver_lags(salon.session.viewers))
		ck_assert_uint_gt(salon_print(&salon, much, 1024), 0);
	salon_say(&salon, end, PROTO_DETACH, NULL, 0);
	ck_assert_uint_eq(viewer_count(&salon.session), 0);
	/* nobody waits for him any more */
	ck_assert_uint_eq(salon_print(&salon, much, MUCH), MUCH);
	salon_gather(&salon, end, &album);
	ck_assert_str_eq(album.types, "ASOPD");
	ck_assert_uint_eq(album.number, PROTO_ASKED);
	ck_assert_int_eq(album_has(&album, "\033[?1049l"), 1);
	ck_assert_int_eq(album.ended, 1);
	ck_assert_ptr_null(salon.session.viewers);
	album_free(&album);
	(void)close(end);
}
END_TEST

/* Would have caught a session that waits for him who was detached. */
START_TEST(detached_and_never_reads)
{
	const int end = salon_viewer(&salon, PROTO_HAVE, 0);

	salon.session.timeout = 1000;
	while (!deliver_lags(salon.session.viewers))
		ck_assert_uint_gt(salon_print(&salon, much, 1024), 0);
	salon_say(&salon, end, PROTO_DETACH, NULL, 0);
	ck_assert_int_eq(salon.session.alone.set, 1);
	(void)close(end);
	salon_settle(&salon);
	ck_assert_ptr_null(salon.session.viewers);
}
END_TEST

/* Would have caught a status that nobody gets who comes late. */
START_TEST(status_for_who_comes_late)
{
	struct album album = { 0 };
	int end;

	salon_puts(&salon, "last words");
	(void)close(salon.program);
	salon.program = -1;
	salon_leader_ends(&salon, 15);
	ck_assert_int_eq(salon.session.over, 1);
	ck_assert_int_eq(salon.session.end, 0);
	end = salon_viewer(&salon, 0, 0);
	salon_gather(&salon, end, &album);
	ck_assert_str_eq(album.types, "APSE");
	ck_assert_int_eq(album_has(&album, "last words"), 1);
	ck_assert_uint_eq(album.number, 15);
	ck_assert_int_eq(salon.session.end, 1);
	album_free(&album);
	(void)close(end);
}
END_TEST

/* Would have caught a session that stays for a day though somebody asked. */
START_TEST(status_for_who_waits)
{
	struct album early = { 0 }, late = { 0 };
	const int first = salon_visitor(&salon);
	int second;

	salon_say(&salon, first, PROTO_WAIT, NULL, 0);
	salon_puts(&salon, "x");
	salon_leader_ends(&salon, 3 << 8);
	salon_gather(&salon, first, &early);
	ck_assert_str_eq(early.types, "E");
	ck_assert_uint_eq(early.number, 3 << 8);
	ck_assert_int_eq(salon.session.end, 1);
	salon.session.end = salon.session.told = 0;
	second = salon_visitor(&salon);
	salon_say(&salon, second, PROTO_WAIT, NULL, 0);
	salon_gather(&salon, second, &late);
	ck_assert_str_eq(late.types, "E");
	ck_assert_int_eq(salon.session.end, 1);
	album_free(&early);
	album_free(&late);
	(void)close(first);
	(void)close(second);
}
END_TEST

/* Would have caught a size that is told before what was written for the old. */
START_TEST(sizes_in_order)
{
	const unsigned char size[PROTO_SIZE_LEN] = { 0, 30, 0, 90 };
	const int end = salon_viewer(&salon, PROTO_HAVE, 0);
	struct album album = { 0 };

	while (!deliver_lags(salon.session.viewers))
		ck_assert_uint_gt(salon_print(&salon, much, 1024), 0);
	salon_say(&salon, end, PROTO_RESIZE, size, sizeof(size));
	ck_assert_uint_gt(salon_print(&salon, "after", 5), 0);
	salon_gather(&salon, end, &album);
	ck_assert_str_eq(album.types, "ASOSO");
	ck_assert_int_eq(album.size.rows, 30);
	ck_assert_uint_eq(album.len, end_of_ring());
	album_free(&album);
	(void)close(end);
}
END_TEST

/* Would have caught a connection lost without a word that stops a build. */
START_TEST(patience_ends)
{
	const int end = salon_viewer(&salon, PROTO_HAVE, 0);
	size_t done = salon_print(&salon, much, MUCH);
	struct album album = { 0 };

	ck_assert_uint_lt(done, MUCH);
	ck_assert_int_eq(salon.session.stall.set, 1);
	salon_pass(&salon, 10000);
	done += salon_print(&salon, much + done, MUCH - done);
	ck_assert_uint_eq(done, MUCH);
	/* and back he is */
	salon_gather(&salon, end, &album);
	ck_assert_uint_eq(album.count[PROTO_GAP], 1);
	ck_assert_int_eq(memcmp(album.screen + album.len - 5000,
	    much + MUCH - 5000, 5000), 0);
	ck_assert_int_eq(salon.session.stall.set, 0);
	album_free(&album);
	(void)close(end);
}
END_TEST

/* Would have caught a look that never ends where output never does. */
START_TEST(a_look_ends)
{
	const int end = salon_visitor(&salon);
	struct album album = { 0 };

	ck_assert_uint_eq(salon_print(&salon, much, RING), RING);
	ck_assert_int_eq(setsockopt(salon.session.viewers->sock.fd, SOL_SOCKET,
	    SO_SNDBUF, &(int){ 16384 }, sizeof(int)), 0);
	salon_say(&salon, end, PROTO_PEEK, NULL, 0);
	/* while he takes it the program goes on */
	ck_assert_uint_eq(salon_print(&salon, "later", 5), 5);
	salon_gather(&salon, end, &album);
	ck_assert_str_eq(album.types, "PD");
	ck_assert_uint_eq(album.number, PROTO_PAINTED);
	ck_assert_int_eq(album_has(&album, "later"), 0);
	ck_assert_int_eq(album.ended, 1);
	ck_assert_uint_eq((size_t)salon.session.record.detached, 0);
	album_free(&album);
	(void)close(end);
}
END_TEST

static int outer, inner;

static int
a_terminal(void)
{
	char name[PTY_NAME_SIZE];
	struct termios saved;

	ck_assert_int_eq(pty_open(&outer, &inner, name), 0);
	ck_assert_int_eq(pty_make_raw(inner, &saved), 0);
	ck_assert_int_eq(fcntl(inner, F_SETFL, O_RDWR | O_NONBLOCK), 0);
	ck_assert_int_eq(fcntl(outer, F_SETFL, O_RDWR | O_NONBLOCK), 0);
	return inner;
}

struct shown {
	char *screen;
	size_t len, printed;
};

/* As fast as it goes on one side, slowly on the other. */
static int
show_some(void *ctx)
{
	struct shown *shown = ctx;
	ssize_t n;

	shown->printed += salon_print(&salon, much + shown->printed,
	    MUCH - shown->printed);
	n = read(outer, shown->screen + shown->len, 3001);
	if (n > 0)
		shown->len += (size_t)n;
	return shown->len >= MUCH;
}

/*
 * Would have caught what a terminal took only a part of being sent again, or
 * left out; and one that is never woken when there is room again.
 */
START_TEST(a_terminal_takes_parts)
{
	const struct proto_attach attach = {
		.flags = PROTO_HAVE | PROTO_TERMINAL,
		.size = { 24, 80, 0, 0 },
	};
	const int end = salon_visitor(&salon), tty = a_terminal();
	struct shown shown = { .len = 0 };

	ck_assert_ptr_nonnull(shown.screen = malloc(MUCH + 4096));
	salon_say_attach(&salon, end, &attach, tty);
	(void)close(tty);
	salon_until(&salon, show_some, &shown);
	ck_assert_int_eq(memcmp(shown.screen, much, MUCH), 0);
	free(shown.screen);
	(void)close(outer);
	(void)close(end);
	salon_settle(&salon);
	ck_assert_ptr_null(salon.session.viewers);
}
END_TEST

/* Would have caught a spinning session, and a viewer that stays. */
START_TEST(a_terminal_hangs_up)
{
	const struct proto_attach attach = {
		.flags = PROTO_TERMINAL, .size = { 24, 80, 0, 0 },
	};
	const int end = salon_visitor(&salon), tty = a_terminal();
	struct album album = { 0 };

	salon_say_attach(&salon, end, &attach, tty);
	(void)close(tty);
	(void)close(outer);
	salon_settle(&salon);
	salon_puts(&salon, "to nobody");
	ck_assert_ptr_null(salon.session.viewers);
	salon_gather(&salon, end, &album);
	ck_assert_uint_eq(album.count[PROTO_DETACHED], 1);
	ck_assert_uint_eq(album.number, PROTO_LOST);
	album_free(&album);
	(void)close(end);
}
END_TEST

/* The same, where the first to notice is who writes. */
START_TEST(a_terminal_hangs_up_in_output)
{
	const struct proto_attach attach = {
		.flags = PROTO_TERMINAL | PROTO_HAVE,
		.size = { 24, 80, 0, 0 },
	};
	const int end = salon_visitor(&salon), tty = a_terminal();
	struct album album = { 0 };

	salon_say_attach(&salon, end, &attach, tty);
	(void)close(tty);
	ck_assert_int_eq(write(salon.program, "x", 1), 1);
	(void)close(outer);
	salon.session.master_ready = 1;
	salon.session.loop.busy = 1;
	salon_settle(&salon);
	ck_assert_ptr_null(salon.session.viewers);
	salon_gather(&salon, end, &album);
	ck_assert_uint_eq(album.number, PROTO_LOST);
	album_free(&album);
	(void)close(end);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("deliver");
	TCase *tc = tcase_create("deliver");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, alone);
	tcase_add_test(tc, alone_with_little_memory);
	tcase_add_test(tc, the_first_is_awaited);
	tcase_add_test(tc, the_first_stays_away);
	tcase_add_test(tc, one_of_two_stopped);
	tcase_add_test(tc, goes_on_from_anywhere);
	tcase_add_test(tc, goes_on_from_too_long_ago);
	tcase_add_test(tc, status_after_output);
	tcase_add_test(tc, status_after_much_output);
	tcase_add_loop_test(tc, put_back_once_though_full, 0, 5);
	tcase_add_test(tc, detached_though_full);
	tcase_add_test(tc, detached_and_never_reads);
	tcase_add_test(tc, status_for_who_comes_late);
	tcase_add_test(tc, status_for_who_waits);
	tcase_add_test(tc, sizes_in_order);
	tcase_add_test(tc, patience_ends);
	tcase_add_test(tc, a_look_ends);
	tcase_add_test(tc, a_terminal_takes_parts);
	tcase_add_test(tc, a_terminal_hangs_up);
	tcase_add_test(tc, a_terminal_hangs_up_in_output);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
