/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* The keeper of a session's screen, which here is the test. */

#include "config.h"
#include "keeper.h"

#include <sys/socket.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ring.h"
#include "run.h"
#include "salon.h"
#include "viewer.h"

#define RING ((size_t)16384)

static struct salon salon;
static int keeper;
static struct album kept;

static void
setup(void)
{
	int pair[2];

	salon_open(&salon, RING);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0, pair), 0);
	ck_assert_int_eq(keeper_take(&salon.session, pair[0]), 0);
	keeper = pair[1];
	memset(&kept, 0, sizeof(kept));
}

static void
teardown(void)
{
	album_free(&kept);
	(void)close(keeper);
	salon_close(&salon);
}

/* The answer is as of the offset that it was asked at. */
static void
begin(void)
{
	unsigned char offset[8];

	proto_put_offset(offset, salon.session.keeper != NULL ?
	    salon.session.keeper->dump_at : 0);
	salon_say(&salon, keeper, PROTO_DUMP_HEAD, offset, sizeof(offset));
}

static void
answer(const char *text)
{
	begin();
	if (*text != '\0')
		salon_say(&salon, keeper, PROTO_DUMP, text, strlen(text));
	salon_say(&salon, keeper, PROTO_DUMP_END, NULL, 0);
}

/* Would have caught a dump without what came while it was made, or twice. */
START_TEST(painted)
{
	struct album album = { 0 };
	int end;

	salon_puts(&salon, "before\033[?2004h");
	end = salon_viewer(&salon, 0, 0);
	salon_puts(&salon, "<during>");
	salon_gather(&salon, keeper, &kept);
	ck_assert_uint_eq(kept.count[PROTO_DUMP_WANTED], 1);
	ck_assert_int_eq(album_has(&kept, "before"), 1);
	salon_gather(&salon, end, &album);
	ck_assert_str_eq(album.types, "A");
	answer("[dump]");
	salon_puts(&salon, "<after>");
	salon_gather(&salon, end, &album);
	ck_assert_int_eq(album_has(&album, "[dump]"), 1);
	ck_assert_int_eq(album_has(&album, "\033[?2004h"), 1);
	ck_assert_int_eq(album_has(&album, "<during><after>"), 1);
	ck_assert_int_eq(album_has(&album, "before"), 0);
	ck_assert_uint_eq(album.next, ring_end(salon.session.history.ring));
	ck_assert_int_eq(salon.session.keeper_late.set, 0);
	album_free(&album);
	(void)close(end);
}
END_TEST

/* Would have caught two who came at once and share one dump, or get none. */
START_TEST(one_after_the_other)
{
	struct album a = { 0 }, b = { 0 };
	const int first = salon_viewer(&salon, 0, 0);
	const int second = salon_viewer(&salon, 0, 0);

	answer("[one]");
	answer("[two]");
	salon_gather(&salon, keeper, &kept);
	ck_assert_uint_eq(kept.count[PROTO_DUMP_WANTED], 2);
	salon_gather(&salon, first, &a);
	salon_gather(&salon, second, &b);
	ck_assert_int_eq(album_has(&a, "[one]"), 1);
	ck_assert_int_eq(album_has(&b, "[two]"), 1);
	ck_assert_int_eq(album_has(&b, "[one]"), 0);
	album_free(&a);
	album_free(&b);
	(void)close(first);
	(void)close(second);
}
END_TEST

/* Would have caught the rest of one's dump as the beginning of another's. */
START_TEST(first_does_not_wait)
{
	struct album b = { 0 };
	const int first = salon_viewer(&salon, 0, 0);
	const int second = salon_viewer(&salon, 0, 0);

	begin();
	salon_say(&salon, keeper, PROTO_DUMP, "[half", 5);
	(void)close(first);
	salon_settle(&salon);
	salon_say(&salon, keeper, PROTO_DUMP, "and half]", 9);
	salon_say(&salon, keeper, PROTO_DUMP_END, NULL, 0);
	answer("[whole]");
	salon_gather(&salon, second, &b);
	ck_assert_int_eq(album_has(&b, "[whole]"), 1);
	ck_assert_int_eq(album_has(&b, "half"), 0);
	album_free(&b);
	(void)close(second);
}
END_TEST

/*
 * Would have caught a read far before the ring, where the output had gone
 * once around it before the answer came.
 */
START_TEST(overtaken)
{
	char line[1024];
	struct album album = { 0 }, other = { 0 };
	const int watcher = salon_viewer(&salon, PROTO_HAVE, 0);
	int end, i;

	memset(line, 'x', sizeof(line));
	end = salon_viewer(&salon, 0, 0);
	for (i = 0; i < 40; i++) {
		ck_assert_uint_eq(salon_print(&salon, line, sizeof(line)),
		    sizeof(line));
		salon_gather(&salon, keeper, &kept);
		salon_gather(&salon, watcher, &other);
	}
	ck_assert_uint_eq(kept.len, 40 * sizeof(line));
	answer("[stale]");
	salon_puts(&salon, "end");
	salon_gather(&salon, end, &album);
	ck_assert_int_eq(album_has(&album, "[stale]"), 0);
	ck_assert_int_eq(album_has(&album, "xxxend"), 1);
	/* and it is of use to the next one */
	ck_assert_ptr_nonnull(salon.session.keeper);
	ck_assert_int_eq(salon.session.keeper_late.set, 0);
	album_free(&album);
	album_free(&other);
	(void)close(end);
	(void)close(watcher);
}
END_TEST

/* How many messages of a byte it takes until its side is full. */
static int
until_full(void)
{
	int n = 0;

	while (!salon.session.keeper->blocked) {
		salon_puts(&salon, "x");
		n++;
	}
	salon_gather(&salon, keeper, &kept);
	return n - 1;
}

/*
 * Would have caught a keeper that was given up because it had no room for the
 * question at that moment.
 */
START_TEST(asked_though_full)
{
	struct album album = { 0 };
	int end, i;
	const int n = until_full() - _i;

	for (i = 0; i < n; i++)
		salon_puts(&salon, "y");
	end = salon_viewer(&salon, 0, 0);
	ck_assert_ptr_nonnull(salon.session.keeper);
	salon_gather(&salon, keeper, &kept);
	ck_assert_uint_eq(kept.count[PROTO_DUMP_WANTED], 1);
	answer("[dump]");
	salon_gather(&salon, end, &album);
	ck_assert_int_eq(album_has(&album, "[dump]"), 1);
	album_free(&album);
	(void)close(end);
}
END_TEST

/* He gets the ring: in what way it is lost does not matter. */
static void
check_lost(int end)
{
	struct album album = { 0 };

	ck_assert_ptr_null(salon.session.keeper);
	ck_assert_int_eq(salon.session.keeper_late.set, 0);
	salon_puts(&salon, " more");
	salon_gather(&salon, end, &album);
	ck_assert_int_eq(album_has(&album, "text more"), 1);
	ck_assert_uint_eq(album.next, ring_end(salon.session.history.ring));
	album_free(&album);
	(void)close(end);
}

/* Would have caught viewers who wait for one that is gone. */
START_TEST(gone)
{
	int end;

	salon_puts(&salon, "text");
	end = salon_viewer(&salon, 0, 0);
	(void)close(keeper);
	keeper = -1;
	salon_settle(&salon);
	check_lost(end);
}
END_TEST

START_TEST(late)
{
	int end;

	salon_puts(&salon, "text");
	end = salon_viewer(&salon, 0, 0);
	begin();
	salon_say(&salon, keeper, PROTO_DUMP, "[half", 5);
	salon_pass(&salon, 3000);
	check_lost(end);
}
END_TEST

/* Would have caught a viewer who waits for ever, and memory without an end. */
START_TEST(says_too_much)
{
	static const char junk[PACKET_MAX];
	int end, i;

	salon_puts(&salon, "text");
	end = salon_viewer(&salon, 0, 0);
	begin();
	for (i = 0; i < 4 * 1024 * 1024 / (int)sizeof(junk) + 1 &&
	    salon.session.keeper != NULL; i++)
		salon_say(&salon, keeper, PROTO_DUMP, junk, sizeof(junk));
	check_lost(end);
}
END_TEST

/* What it says unasked changes nothing. */
START_TEST(says_too_early)
{
	struct album album = { 0 };
	int end, n;

	answer("[nobody asked]");
	for (n = until_full(); n >= 0; n--)
		salon_puts(&salon, "y");
	end = salon_viewer(&salon, 0, 0);
	ck_assert_int_eq(salon.session.keeper->dump_due, 1);
	answer("[not yet asked]");
	salon_gather(&salon, end, &album);
	ck_assert_str_eq(album.types, "A");
	ck_assert_int_eq(salon.session.keeper_late.set, 1);
	salon_gather(&salon, keeper, &kept);
	answer("[dump]");
	salon_gather(&salon, end, &album);
	ck_assert_int_eq(album_has(&album, "[dump]"), 1);
	ck_assert_int_eq(album_has(&album, "asked"), 0);
	album_free(&album);
	(void)close(end);
}
END_TEST

/*
 * Would have caught a keeper that does not read and holds up the session for
 * good.
 */
START_TEST(does_not_read)
{
	const int end = salon_viewer(&salon, PROTO_HAVE, 0);
	static char much[1024 * 1024];
	struct album album = { 0 };
	size_t done = 0;
	int i;

	memset(much, 'x', sizeof(much));
	for (i = 0; i < 2000 && done < sizeof(much); i++) {
		done += salon_print(&salon, much, 4096);
		salon_gather(&salon, end, &album);
		if (salon.session.stall.set)
			salon_pass(&salon, 10000);
	}
	ck_assert_uint_ge(done, sizeof(much));
	ck_assert_uint_eq(album.len, ring_end(salon.session.history.ring));
	/* it missed something, so it knows nothing any more */
	salon_gather(&salon, keeper, &kept);
	ck_assert_ptr_null(salon.session.keeper);
	album_free(&album);
	(void)close(end);
}
END_TEST

/* Would have caught a keeper that counts as somebody who looks on. */
START_TEST(is_nobody)
{
	ck_assert_uint_eq(viewer_count(&salon.session), 0);
	salon.session.timeout = 1000;
	(void)close(salon_viewer(&salon, PROTO_HAVE, 0));
	salon_settle(&salon);
	ck_assert_int_eq(salon.session.alone.set, 1);
	salon_leader_ends(&salon, 0);
	salon_pass(&salon, 1000);
	ck_assert_int_eq(salon.session.end, 1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("keeper");
	TCase *tc = tcase_create("keeper");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, painted);
	tcase_add_test(tc, one_after_the_other);
	tcase_add_test(tc, first_does_not_wait);
	tcase_add_test(tc, overtaken);
	tcase_add_loop_test(tc, asked_though_full, 0, 3);
	tcase_add_test(tc, gone);
	tcase_add_test(tc, late);
	tcase_add_test(tc, says_too_much);
	tcase_add_test(tc, says_too_early);
	tcase_add_test(tc, does_not_read);
	tcase_add_test(tc, is_nobody);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
