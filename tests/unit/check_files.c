/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* A session's socket and lock, and what others do to them (I8). */

#include "config.h"
#include "files.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "deliver.h"
#include "den.h"
#include "listener.h"
#include "lockfile.h"
#include "place.h"
#include "record.h"
#include "run.h"
#include "salon.h"
#include "userdir.h"
#include "userplace.h"
#include "viewer.h"

/* More than any machine needs. */
#define PATIENCE 60000

static struct salon salon;

static void
setup(void)
{
	struct session *s = &salon.session;

	salon_open(&salon, 4096);
	(void)close(s->record.dir);
	den_plant(DEN_DIRECTORY, "place", 0700);
	den_plant(DEN_DIRECTORY, "home", 0700);
	s->record.dir = den_open("place");
	salon.dir = den_open("place");
	s->fallback = den_path("home");
	s->lock = lockfile_hold(salon.dir, "salon.lock", USERPLACE_ALIVE, 0);
	s->listener.fd = listener_bind(salon.dir, "salon.sock",
	    SOCK_SEQPACKET);
	ck_assert_int_ne(s->lock, -1);
	ck_assert_int_ne(s->listener.fd, -1);
	files_watch(s);
	ck_assert_int_ne(s->removal.fd, -1);
	record_write(s);
}

static void
teardown(void)
{
	(void)close(salon.dir);
	salon_close(&salon);
}

static int
has_all(int dir)
{
	int sock;

	if (faccessat(dir, "salon.info", F_OK, 0) != 0 ||
	    lockfile_is_held(dir, "salon.lock", USERPLACE_ALIVE) != 1 ||
	    (sock = listener_connect(dir, "salon.sock", SOCK_SEQPACKET,
	    PATIENCE)) == -1)
		return 0;
	(void)close(sock);
	return 1;
}

/* Would have caught a session that cannot be found after that. */
START_TEST(socket_removed)
{
	int i;

	salon.session.fallback = NULL;
	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(unlinkat(salon.dir, "salon.sock", 0), 0);
		salon_settle(&salon);
		ck_assert_int_eq(has_all(salon.dir), 1);
	}
}
END_TEST

START_TEST(socket_moved)
{
	salon.session.fallback = NULL;
	ck_assert_int_eq(renameat(salon.dir, "salon.sock", salon.dir, "x"),
	    0);
	salon_settle(&salon);
	ck_assert_int_eq(has_all(salon.dir), 1);
}
END_TEST

START_TEST(all_removed)
{
	salon.session.fallback = NULL;
	ck_assert_int_eq(unlinkat(salon.dir, "salon.lock", 0), 0);
	ck_assert_int_eq(unlinkat(salon.dir, "salon.info", 0), 0);
	ck_assert_int_eq(unlinkat(salon.dir, "salon.sock", 0), 0);
	salon_settle(&salon);
	ck_assert_int_eq(has_all(salon.dir), 1);
	files_remove(&salon.session);
	ck_assert_int_eq(den_kind_of("place/salon.lock"), DEN_NOTHING);
	ck_assert_int_eq(den_kind_of("place/salon.sock"), DEN_NOTHING);
	ck_assert_int_eq(den_kind_of("place/salon.info"), DEN_NOTHING);
}
END_TEST

/*
 * Would have caught an end that is known while the name is still taken:
 * between the two there is the log, which may hang.
 */
START_TEST(killed)
{
	const int visitor = salon_visitor(&salon);
	struct album album = { 0 };

	salon_say(&salon, visitor, PROTO_KILL, NULL, 0);
	ck_assert_int_eq(has_all(salon.dir), 1);
	salon_leader_ends(&salon, SIGHUP);
	ck_assert_int_eq(salon.session.end, 0);
	ck_assert_int_eq(den_kind_of("place/salon.lock"), DEN_NOTHING);
	ck_assert_int_eq(den_kind_of("place/salon.sock"), DEN_NOTHING);
	ck_assert_int_eq(den_kind_of("place/salon.info"), DEN_NOTHING);
	salon_say(&salon, visitor, PROTO_WAIT, NULL, 0);
	salon_gather(&salon, visitor, &album);
	ck_assert_uint_eq(album.count[PROTO_EXIT], 1);
	ck_assert_int_eq(salon.session.end, 1);
	ck_assert_int_eq(den_kind_of("place/salon.info"), DEN_NOTHING);
	album_free(&album);
	(void)close(visitor);
}
END_TEST

/* ... of one that was over, killed or waited for, with others still there. */
START_TEST(over)
{
	const int visitor = salon_visitor(&salon);
	const int other = salon_visitor(&salon);

	salon_leader_ends(&salon, 0);
	ck_assert_int_eq(has_all(salon.dir), 1);
	salon_say(&salon, visitor, _i ? PROTO_KILL : PROTO_WAIT, NULL, 0);
	ck_assert_int_eq(salon.session.end, 0);
	ck_assert_int_eq(den_kind_of("place/salon.lock"), DEN_NOTHING);
	ck_assert_int_eq(den_kind_of("place/salon.sock"), DEN_NOTHING);
	(void)close(visitor);
	(void)close(other);
	salon_settle(&salon);
	ck_assert_int_eq(salon.session.end, 1);
}
END_TEST

/*
 * The waiter hears of it when nothing is left, not a turn later.  Would have
 * caught what the log, or a slow processor, puts between the two.
 */
START_TEST(waited_for)
{
	struct viewer *viewer;
	const int visitor = salon_visitor(&salon);
	struct album album = { 0 };

	salon_say(&salon, visitor, PROTO_WAIT, NULL, 0);
	viewer = salon.session.viewers;
	ck_assert_int_eq(viewer->waits, 1);
	salon.session.over = 1;
	viewer->due = 1;
	deliver_due(&salon.session);
	ck_assert_int_eq(den_kind_of("place/salon.lock"), DEN_NOTHING);
	salon_gather(&salon, visitor, &album);
	ck_assert_uint_eq(album.count[PROTO_EXIT], 1);
	album_free(&album);
	(void)close(visitor);
}
END_TEST

static void
remove_place(void)
{
	(void)unlink(den_path("place/salon.lock"));
	(void)unlink(den_path("place/salon.info"));
	(void)unlink(den_path("place/salon.env"));
	(void)unlink(den_path("place/salon.agent"));
	(void)unlink(den_path("place/salon.sock"));
	ck_assert_int_eq(rmdir(den_path("place")), 0);
	salon_settle(&salon);
}

/* Would have caught a session lost with XDG_RUNTIME_DIR, or half of one. */
START_TEST(directory_removed)
{
	const char *agent = "SSH_AUTH_SOCK=/agent";
	char target[32] = "";
	int end, dir;

	end = salon_visitor(&salon);
	salon_say(&salon, end, PROTO_ENVIRON, agent, strlen(agent));
	salon_say_attach(&salon, end, &(struct proto_attach){ .flags = 0 },
	    -1);
	remove_place();
	dir = userdir_open(den_path("home"), PLACE_BELOW, 0);
	ck_assert_int_ne(dir, -1);
	ck_assert_int_eq(has_all(dir), 1);
	ck_assert_int_eq(faccessat(dir, "salon.env", F_OK, 0), 0);
	ck_assert_int_eq((int)readlinkat(dir, "salon.agent", target,
	    sizeof(target) - 1), 6);
	ck_assert_str_eq(target, "/agent");
	files_remove(&salon.session);
	ck_assert_int_eq(faccessat(dir, "salon.lock", F_OK, 0), -1);
	ck_assert_int_eq(faccessat(dir, "salon.sock", F_OK, 0), -1);
	ck_assert_int_eq(faccessat(dir, "salon.env", F_OK, 0), -1);
	(void)close(dir);
	(void)close(end);
}
END_TEST

/* Nothing to go to: the session goes on, and touches nothing. */
START_TEST(nowhere_to_go)
{
	salon.session.fallback = NULL;
	remove_place();
	salon_puts(&salon, "x");
	files_remove(&salon.session);
}
END_TEST

/* Another session of that name: its lock, socket and record. */
static int other_lock, other_sock;

static void
plant_other(int dir)
{
	const int fd = openat(dir, "salon.info", O_WRONLY | O_CREAT | O_TRUNC,
	    0600);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, "PID=1\n", 6), 6);
	(void)close(fd);
	other_lock = lockfile_hold(dir, "salon.lock", USERPLACE_ALIVE, 0);
	ck_assert_int_ne(other_lock, -1);
	other_sock = listener_bind(dir, "salon.sock", SOCK_SEQPACKET);
	ck_assert_int_ne(other_sock, -1);
}

static void
expect_other(int dir)
{
	char text[32] = "";
	const int fd = openat(dir, "salon.info", O_RDONLY);

	ck_assert_int_eq(has_all(dir), 1);
	ck_assert_int_eq((int)read(fd, text, sizeof(text) - 1), 6);
	ck_assert_str_eq(text, "PID=1\n");
	(void)close(fd);
}

/* All that makes a session write, or remove. */
static void
live_and_end(void)
{
	(void)close(salon_viewer(&salon, 0, 0));
	salon_settle(&salon);
	salon_leader_ends(&salon, 0);
	files_remove(&salon.session);
}

/*
 * Would have caught a session that has lost its place, and writes into the
 * record of the one that has its name there, and takes its socket away.
 */
START_TEST(name_taken_in_the_fallback)
{
	const int dir = userdir_open(den_path("home"), PLACE_BELOW, 1);

	ck_assert_int_ne(dir, -1);
	plant_other(dir);
	remove_place();
	live_and_end();
	expect_other(dir);
	(void)close(other_lock);
	(void)close(other_sock);
	(void)close(dir);
}
END_TEST

/* The same where the directory stayed, and the name was made anew. */
START_TEST(name_taken_in_the_same_place)
{
	const int dir = den_open("place");

	ck_assert_int_eq(unlinkat(dir, "salon.lock", 0), 0);
	ck_assert_int_eq(unlinkat(dir, "salon.sock", 0), 0);
	plant_other(dir);
	salon_settle(&salon);
	live_and_end();
	expect_other(dir);
	/* nor does it come back when that one's socket goes */
	ck_assert_int_eq(unlinkat(dir, "salon.sock", 0), 0);
	salon_settle(&salon);
	ck_assert_int_eq(faccessat(dir, "salon.sock", F_OK, 0), -1);
	(void)close(other_lock);
	(void)close(other_sock);
	(void)close(dir);
}
END_TEST

/* The same, with a lock that is taken and a socket that is not there yet. */
START_TEST(name_being_taken)
{
	const int dir = den_open("place");

	ck_assert_int_eq(unlinkat(dir, "salon.lock", 0), 0);
	other_lock = lockfile_hold(dir, "salon.lock", USERPLACE_ALIVE, 0);
	ck_assert_int_eq(unlinkat(dir, "salon.sock", 0), 0);
	salon_settle(&salon);
	ck_assert_int_eq(faccessat(dir, "salon.sock", F_OK, 0), -1);
	(void)close(other_lock);
	(void)close(dir);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("files");
	TCase *tc = tcase_create("files");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, socket_removed);
	tcase_add_test(tc, socket_moved);
	tcase_add_test(tc, all_removed);
	tcase_add_test(tc, killed);
	tcase_add_loop_test(tc, over, 0, 2);
	tcase_add_test(tc, waited_for);
	tcase_add_test(tc, directory_removed);
	tcase_add_test(tc, nowhere_to_go);
	tcase_add_test(tc, name_taken_in_the_fallback);
	tcase_add_test(tc, name_taken_in_the_same_place);
	tcase_add_test(tc, name_being_taken);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
