/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The message by which a front is asked to serve a socket.  It is root's, but
 * a front that takes half of one would serve somebody else.
 */

#include "config.h"
#include "helpers/incubator/wireagent.h"

#include <sys/socket.h>

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "frame.h"
#include "helpers/incubator/wire.h"
#include "run.h"

#define PATIENCE 30000

static const struct wireagent agents[] = {
	{ .uid = 0, .everything = 0, .policy = "" },
	{ .uid = 1001, .everything = 1, .policy = "" },
	{ .uid = 0xfffffffe, .everything = 0, .policy = "/etc/policy" },
};

/* Would have caught a word of it that becomes another on the way. */
START_TEST(it_arrives)
{
	struct frame_reader reader = { .takes_fd = 1 };
	struct wireagent got;
	struct frame frame;
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	ck_assert_int_eq(wireagent_send(fds[0], &agents[_i], fds[1],
	    PATIENCE), 0);
	ck_assert_int_eq(frame_read(&reader, fds[1], &frame), FRAME_READ);
	ck_assert_int_eq(frame.type, WIRE_AGENT);
	ck_assert_int_ne(frame.fd, -1);
	ck_assert_int_eq(wireagent_get(&frame, &got), 0);
	ck_assert_uint_eq(got.uid, agents[_i].uid);
	ck_assert_int_eq(got.everything, agents[_i].everything);
	ck_assert_str_eq(got.policy, agents[_i].policy);
	(void)close(frame.fd);
	frame_reader_free(&reader);
	(void)close(fds[0]);
	(void)close(fds[1]);
}
END_TEST

#define BYTES(text) text, sizeof(text) - 1

static const struct {
	const char *data;
	size_t len;
	int type, fd;
	int result;
} frames[] = {
	{ BYTES("\0\0\3\351\0"), WIRE_AGENT, 5, 0 },
	{ BYTES("\0\0\3\351\0/"), WIRE_AGENT, 5, 0 },
	{ BYTES("\0\0\3\351\0"), WIRE_AGENT, -1, -1 },
	{ BYTES("\0\0\3\351\0"), WIRE_READY, 5, -1 },
	{ BYTES("\0\0\3\351"), WIRE_AGENT, 5, -1 },
	{ BYTES(""), WIRE_AGENT, 5, -1 },
	{ BYTES("\0\0\3\351\2"), WIRE_AGENT, 5, -1 },
	{ BYTES("\0\0\3\351\0policy"), WIRE_AGENT, 5, -1 },
	{ BYTES("\0\0\3\351\0/a\0b"), WIRE_AGENT, 5, -1 },
	{ BYTES("\0\0\3\351\0/a\0"), WIRE_AGENT, 5, -1 },
};

/* Would have caught a path that is cut, and a message without its socket. */
START_TEST(frames_of_all_kinds)
{
	const struct frame frame = {
		.type = frames[_i].type, .data = frames[_i].data,
		.len = frames[_i].len, .fd = frames[_i].fd,
	};
	struct wireagent agent;

	ck_assert_int_eq(wireagent_get(&frame, &agent), frames[_i].result);
}
END_TEST

/* The longest path there is, and one more. */
START_TEST(long_paths)
{
	static char data[5 + PATH_MAX];
	struct frame frame = { .type = WIRE_AGENT, .data = data, .fd = 5,
	    .len = sizeof(data) - 1 };
	struct wireagent agent;

	memset(data + 5, '/', PATH_MAX);
	ck_assert_int_eq(wireagent_get(&frame, &agent), 0);
	ck_assert_uint_eq(strlen(agent.policy), PATH_MAX - 1);
	frame.len++;
	ck_assert_int_eq(wireagent_get(&frame, &agent), -1);
	memset(agent.policy, '/', sizeof(agent.policy));
	ck_assert_int_eq(wireagent_send(-1, &agent, -1, PATIENCE), -1);
	ck_assert_int_eq(errno, ENAMETOOLONG);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

static Suite *
suite(void)
{
	Suite *s = suite_create("wireagent");
	TCase *tc = tcase_create("wireagent");

	tcase_add_loop_test(tc, it_arrives, 0, COUNT(agents));
	tcase_add_loop_test(tc, frames_of_all_kinds, 0, COUNT(frames));
	tcase_add_test(tc, long_paths);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
