/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* A session is made, once, or nothing is left of it. */

#include "config.h"
#include "create.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "deadline.h"
#include "den.h"
#include "invocation.h"
#include "listener.h"
#include "lockfile.h"
#include "packet.h"
#include "proto.h"
#include "run.h"
#include "scene.h"
#include "userplace.h"

/* More than any machine needs. */
#define PATIENCE 60000

static struct userplace place;
static int before;
static char why[512];
static int status;
static const char *lent;

static void
setup(void)
{
	before = scene_descriptors();
	lent = NULL;
	den_make();
	place.dir = den_open("");
}

static void
teardown(void)
{
	(void)close(place.dir);
	den_remove();
	ck_assert_int_eq(scene_descriptors(), before);
}

static enum create_result
create(const char *program, const char *script, size_t buffer)
{
	char name[64], dash[] = "-c", text[128];
	char *argv[] = { name, dash, text, NULL };
	char *envp[] = { NULL };
	struct invocation run = { 0 };
	const struct winsize size = { .ws_row = 24, .ws_col = 80 };
	const struct create_facts facts = {
		.name = "x", .run = &run, .envp = envp, .buffer = buffer,
		.policy = PROTO_LATEST, .size = &size, .lent = lent,
	};
	enum create_result result;

	(void)strlcpy(name, program, sizeof(name));
	(void)strlcpy(text, script, sizeof(text));
	ck_assert_int_eq(invocation_program(&run, NULL, argv), 0);
	ck_assert_int_eq(invocation_locate(&run, "/usr/bin:/bin"), 0);
	result = create_session(&place, &facts, &status, why, sizeof(why));
	invocation_free(&run);
	return result;
}

static void
next(int sock, unsigned char *buf, struct packet *packet)
{
	struct pollfd pfd = { .fd = sock, .events = POLLIN };

	ck_assert_int_eq(poll(&pfd, 1, PATIENCE), 1);
	ck_assert_int_eq(packet_receive(sock, buf, packet), 1);
}

/* Greet it, have it killed, and wait until nothing is left. */
static void
end_session(void)
{
	const long long deadline = deadline_in(PATIENCE);
	const int sock = listener_connect(place.dir, "x.sock", SOCK_SEQPACKET,
	    PATIENCE);
	unsigned char buf[PACKET_BUFFER];
	struct packet packet;

	ck_assert_int_ne(sock, -1);
	ck_assert_int_eq(proto_send_number(sock, PROTO_HELLO, PROTO_VERSION),
	    0);
	next(sock, buf, &packet);
	ck_assert_int_eq(packet.type, PROTO_HELLO);
	ck_assert_int_eq(proto_send_word(sock, PROTO_KILL), 0);
	ck_assert_int_eq(proto_send_word(sock, PROTO_WAIT), 0);
	next(sock, buf, &packet);
	ck_assert_int_eq(packet.type, PROTO_EXIT);
	(void)close(sock);
	while (lockfile_is_held(place.dir, "x.lock", USERPLACE_ALIVE) == 1) {
		ck_assert_int_gt(deadline_left(deadline), 0);
		(void)poll(NULL, 0, 10);
	}
}

static void
expect_nothing(void)
{
	ck_assert_int_eq(den_kind_of("x.lock"), DEN_NOTHING);
	ck_assert_int_eq(den_kind_of("x.sock"), DEN_NOTHING);
	ck_assert_int_eq(den_kind_of("x.info"), DEN_NOTHING);
	ck_assert_int_eq(den_kind_of("x.agent"), DEN_NOTHING);
}

/* Would have caught a session that leaves files, or is not there in time. */
START_TEST(made)
{
	ck_assert_int_eq(create("sh", "read x", 65536), CREATE_MADE);
	ck_assert_int_eq(den_mode("x.sock"), 0600);
	ck_assert_int_eq(create("sh", "read x", 65536), CREATE_THERE);
	end_session();
	expect_nothing();
	/* and once more */
	ck_assert_int_eq(create("sh", "read x", 65536), CREATE_MADE);
	end_session();
}
END_TEST

/* Would have caught a left-over of somebody who was killed. */
START_TEST(after_a_crash)
{
	den_plant(DEN_SOCKET, "x.sock", 0600);
	den_plant(DEN_FILE, "x.lock", 0600);
	ck_assert_int_eq(create("sh", "read x", 65536), CREATE_MADE);
	end_session();
	expect_nothing();
}
END_TEST

static void
expect_failure(enum create_result result, int want, const char *text)
{
	ck_assert_int_eq(result, CREATE_FAILED);
	ck_assert_int_eq(status, want);
	ck_assert_msg(strstr(why, text) != NULL, "%s: no %s in it", why, text);
	expect_nothing();
}

/* Would have caught a session around a command that never ran. */
START_TEST(no_command)
{
	expect_failure(create("there-is-none", "", 65536), 127,
	    "there-is-none: No such file");
	den_plant(DEN_FILE, "data", 0600);
	expect_failure(create(den_path("data"), "", 65536), 126,
	    "Permission denied");
}
END_TEST

/* The same of one that cannot have its terminal. */
START_TEST(no_terminal)
{
	scene_deny_only(SYS_ioctl, 1, TIOCSCTTY, EPERM);
	expect_failure(create("sh", "read x", 65536), 255,
	    "Operation not permitted");
}
END_TEST

/*
 * Would have caught success where the session's own program could not begin:
 * it was told as a name that is busy, and socket and lock stayed.
 */
START_TEST(no_memory)
{
	scene_deny_only(SYS_mremap, 1, 0, ENOMEM);	/* the ring */
	expect_failure(create("sh", "read x", 65536), 255,
	    "Cannot allocate memory");
}
END_TEST

START_TEST(no_such_size)
{
	expect_failure(create("sh", "read x", 0), 255, "Invalid argument");
}
END_TEST

/* Would have caught what is no socket of ours being replaced (I8). */
START_TEST(planted)
{
	ck_assert_int_eq(mkfifo(den_path("x.sock"), 0600), 0);
	ck_assert_int_eq(create("sh", "read x", 65536), CREATE_FAILED);
	ck_assert_int_eq(status, 255);
	ck_assert_int_eq(den_kind_of("x.sock"), DEN_FIFO);
}
END_TEST

/*
 * Would have caught a command that has no agent before somebody attaches, one
 * that has that of a session which was killed, and a link that is left.
 */
START_TEST(agent)
{
	char target[32];
	ssize_t n;

	lent = "/nowhere";
	ck_assert_int_eq(create("sh", "read x", 65536), CREATE_MADE);
	n = readlinkat(place.dir, "x.agent", target, sizeof(target));
	ck_assert_int_eq(n, 8);
	ck_assert_mem_eq(target, "/nowhere", 8);
	end_session();
	expect_nothing();
	expect_failure(create("there-is-none", "", 65536), 127,
	    "there-is-none: No such file");
	den_plant(DEN_LINK, "x.agent", 0600);
	lent = NULL;
	ck_assert_int_eq(create("sh", "read x", 65536), CREATE_MADE);
	ck_assert_int_eq(den_kind_of("x.agent"), DEN_NOTHING);
	end_session();
}
END_TEST

static int
make_one(int i)
{
	(void)i;
	switch (create("sh", "read x", 65536)) {
	case CREATE_MADE:
		return 0;
	case CREATE_THERE:
		return 1;
	default:
		return 2;
	}
}

/* Would have caught two sessions of one name. */
START_TEST(many_at_once)
{
	ck_assert_int_eq(den_crowd(8, make_one), 1);
	end_session();
	expect_nothing();
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("create");
	TCase *tc = tcase_create("create");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, made);
	tcase_add_test(tc, after_a_crash);
	tcase_add_test(tc, no_command);
	tcase_add_test(tc, no_terminal);
	tcase_add_test(tc, no_memory);
	tcase_add_test(tc, no_such_size);
	tcase_add_test(tc, planted);
	tcase_add_test(tc, agent);
	tcase_add_test(tc, many_at_once);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
