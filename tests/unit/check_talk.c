/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* What somebody may say to a session, and when. */

#include "config.h"
#include "talk.h"

#include <sys/socket.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "pty.h"
#include "ring.h"
#include "run.h"
#include "salon.h"
#include "scene.h"
#include "viewer.h"

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

/* He is refused, and gone; his words are in the album's last number. */
static void
expect_refused(int end)
{
	struct album album = { 0 };

	salon_gather(&salon, end, &album);
	ck_assert_uint_eq(album.count[PROTO_REFUSED], 1);
	ck_assert_int_eq(album.ended, 1);
	ck_assert_ptr_null(salon.session.viewers);
	album_free(&album);
	(void)close(end);
}

static int
stranger(void)
{
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0, pair), 0);
	ck_assert_ptr_nonnull(viewer_new(&salon.session, pair[0]));
	return pair[1];
}

/* Would have caught anything being done for who has not said hello. */
START_TEST(no_greeting)
{
	static const int types[] = {
		PROTO_ATTACH, PROTO_INPUT, PROTO_KILL, PROTO_PEEK, PROTO_WAIT,
		PROTO_ENVIRON, 0, 255,
	};
	unsigned char request[PROTO_ATTACH_LEN] = { 0 };
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		const int end = stranger();

		salon_say(&salon, end, types[i], request, sizeof(request));
		expect_refused(end);
		ck_assert_int_eq(salon.session.killing.set, 0);
	}
}
END_TEST

START_TEST(another_version)
{
	const int newer = stranger(), empty = stranger();
	struct album album = { 0 };

	salon_say(&salon, empty, PROTO_HELLO, NULL, 0);
	salon_gather(&salon, empty, &album);
	ck_assert_str_eq(album.types, "R");
	salon_say(&salon, newer, PROTO_HELLO, "\0\0\0\2", 4);
	expect_refused(newer);
	album_free(&album);
	(void)close(empty);
}
END_TEST

/* Would have caught a session that ends a talk for what it does not know. */
START_TEST(unknown_words)
{
	const int end = salon_visitor(&salon);
	struct album album = { 0 };
	int type;

	for (type = 22; type < 256; type++)
		salon_say(&salon, end, type, "junk", 4);
	salon_say_attach(&salon, end, &(struct proto_attach){ .flags = 0 },
	    -1);
	for (type = 22; type < 256; type++)
		salon_say(&salon, end, type, "junk", 4);
	/* too short, of those that it knows */
	salon_say(&salon, end, PROTO_RESIZE, "1", 1);
	salon_say(&salon, end, PROTO_DUMP, "1", 1);
	salon_say(&salon, end, PROTO_ATTACH, "1", 1);
	salon_puts(&salon, "still here");
	salon_gather(&salon, end, &album);
	ck_assert_int_eq(album_has(&album, "still here"), 1);
	ck_assert_uint_eq(album.count[PROTO_ATTACHED], 1);
	album_free(&album);
	(void)close(end);
}
END_TEST

START_TEST(request_too_short)
{
	const int end = salon_visitor(&salon);

	salon_say(&salon, end, PROTO_ATTACH, "123", 3);
	expect_refused(end);
}
END_TEST

/* Would have caught the keeper's part being played by anybody. */
START_TEST(no_keeper)
{
	const int end = salon_viewer(&salon, PROTO_KEEPER, 0);

	ck_assert_uint_eq(viewer_count(&salon.session), 1);
	salon_say(&salon, end, PROTO_DUMP_HEAD, NULL, 0);
	salon_say(&salon, end, PROTO_DUMP, "x", 1);
	salon_say(&salon, end, PROTO_DUMP, NULL, 0);
	ck_assert_ptr_null(salon.session.keeper);
	(void)close(end);
}
END_TEST

/*
 * Would have caught a terminal on which the session would wait, or write
 * where nobody lets it; and a descriptor that stays (the teardown counts).
 */
START_TEST(wrong_terminals)
{
	const struct proto_attach attach = { .flags = PROTO_TERMINAL };
	char name[PTY_NAME_SIZE];
	int master, slave, fds[4], i, end;

	ck_assert_int_eq(pty_open(&master, &slave, name), 0);
	fds[0] = -1;
	fds[1] = open("/dev/null", O_RDWR | O_NONBLOCK);
	fds[2] = open(name, O_RDWR | O_NOCTTY);
	fds[3] = open(name, O_RDONLY | O_NOCTTY | O_NONBLOCK);
	for (i = 0; i < 4; i++) {
		end = salon_visitor(&salon);
		salon_say_attach(&salon, end, &attach, fds[i]);
		expect_refused(end);
		if (fds[i] != -1)
			(void)close(fds[i]);
	}
	(void)close(master);
	(void)close(slave);
}
END_TEST

/* A descriptor that nobody asked for is closed. */
START_TEST(gifts)
{
	const int end = salon_visitor(&salon), before = scene_descriptors();
	static const int types[] = {
		PROTO_ENVIRON, PROTO_ATTACH, PROTO_INPUT, PROTO_RESIZE, 200,
	};
	unsigned char request[PROTO_ATTACH_LEN] = { 0 };
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		ck_assert_int_eq(packet_send(end, types[i], request,
		    sizeof(request), end), 0);
		salon_settle(&salon);
		ck_assert_int_eq(scene_descriptors(), before);
	}
	ck_assert_uint_eq(viewer_count(&salon.session), 1);
	(void)close(end);
}
END_TEST

/* Would have caught -d that detaches the wrong ones, or says another reason. */
START_TEST(detach_others)
{
	const int a = salon_viewer(&salon, 0, 0), b = salon_viewer(&salon, 0,
	    0), waits = salon_visitor(&salon);
	struct album album = { 0 }, other = { 0 }, third = { 0 };
	int c;

	salon_say(&salon, waits, PROTO_WAIT, NULL, 0);
	c = salon_viewer(&salon, PROTO_DETACH_OTHERS, 0);
	salon_gather(&salon, a, &album);
	salon_gather(&salon, b, &other);
	salon_gather(&salon, c, &third);
	ck_assert_uint_eq(album.number, PROTO_OTHER);
	ck_assert_uint_eq(other.number, PROTO_OTHER);
	ck_assert_int_eq(third.ended, 0);
	ck_assert_uint_eq(viewer_count(&salon.session), 1);
	album_free(&album);
	album_free(&other);
	album_free(&third);
	salon_leader_ends(&salon, 0);
	salon_gather(&salon, waits, &album);
	ck_assert_str_eq(album.types, "E");
	album_free(&album);
	(void)close(a);
	(void)close(b);
	(void)close(c);
	(void)close(waits);
}
END_TEST

/* Would have caught output on a shell's screen, and none afterwards. */
START_TEST(paused)
{
	const int end = salon_viewer(&salon, PROTO_HAVE, 0);
	struct album album = { 0 }, later = { 0 };
	static char much[100000];

	salon_puts(&salon, "\033[?1049h");
	salon_say(&salon, end, PROTO_PAUSE, NULL, 0);
	/* nobody waits for him */
	memset(much, 'x', sizeof(much));
	ck_assert_uint_eq(salon_print(&salon, much, sizeof(much)),
	    sizeof(much));
	salon_puts(&salon, "now");
	salon_gather(&salon, end, &album);
	ck_assert_str_eq(album.types, "ASOPZ");
	ck_assert_int_eq(album_has(&album, "\033[?1049l"), 1);
	salon_say(&salon, end, PROTO_PAUSE, NULL, 0);
	salon_say(&salon, end, PROTO_RESUME, NULL, 0);
	salon_say(&salon, end, PROTO_RESUME, NULL, 0);
	salon_gather(&salon, end, &later);
	ck_assert_str_eq(later.types, "P");
	ck_assert_int_eq(album_has(&later, "\033[?1049h"), 1);
	ck_assert_int_eq(album_has(&later, "xxxnow"), 1);
	album_free(&album);
	album_free(&later);
	(void)close(end);
}
END_TEST

/* Would have caught one who is paused and cannot be let go of. */
START_TEST(paused_and_detached)
{
	const int end = salon_viewer(&salon, PROTO_HAVE, 0);
	struct album album = { 0 };

	salon_puts(&salon, "\033[?1049h");
	salon_say(&salon, end, PROTO_PAUSE, NULL, 0);
	(void)close(salon_viewer(&salon, PROTO_DETACH_OTHERS, 0));
	salon_gather(&salon, end, &album);
	/* the screen is his shell's, and was put back before */
	ck_assert_str_eq(album.types, "ASOPZD");
	ck_assert_int_eq(album.ended, 1);
	album_free(&album);
	(void)close(end);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("talk");
	TCase *tc = tcase_create("talk");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, no_greeting);
	tcase_add_test(tc, another_version);
	tcase_add_test(tc, unknown_words);
	tcase_add_test(tc, request_too_short);
	tcase_add_test(tc, no_keeper);
	tcase_add_test(tc, wrong_terminals);
	tcase_add_test(tc, gifts);
	tcase_add_test(tc, detach_others);
	tcase_add_test(tc, paused);
	tcase_add_test(tc, paused_and_detached);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
