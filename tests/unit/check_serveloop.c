/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * A client, a session and what stands between them, which is a child here:
 * the test plays the two others.  Each is done with a client on two pipes and
 * with one on a socket, as sshd has it.
 */

#include "config.h"
#include "serveloop.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "packet.h"
#include "proto.h"
#include "run.h"
#include "sigreset.h"

#define PIPES 0
#define SOCKET 1

static int client_in, client_out;	/* his ends; one socket, or two pipes */
static int session;
static int report;
static pid_t child;
static unsigned char buf[PACKET_BUFFER];
static struct packet packet;

struct told {
	enum serveloop_end end;
	struct serveloop_result result;
};

static void
close_ours(void)
{
	(void)close(client_in);
	if (client_out != client_in)
		(void)close(client_out);
	(void)close(session);
	(void)close(report);
}

static void
begin(int kind)
{
	int in[2], out[2], sock[2], tell[2];
	struct told told;

	memset(&told, 0, sizeof(told));
	if (kind == PIPES) {
		ck_assert_int_eq(pipe(in), 0);
		ck_assert_int_eq(pipe(out), 0);
	} else {
		ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, in), 0);
		out[0] = in[1];
		out[1] = in[0];
	}
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sock), 0);
	ck_assert_int_eq(pipe(tell), 0);
	client_in = in[1];
	client_out = out[0];
	session = sock[0];
	report = tell[0];
	child = fork();
	ck_assert_int_ne(child, -1);
	if (child == 0) {
		close_ours();
		sigreset_ignore(SIGPIPE);
		told.end = serveloop_run(in[0], out[1], sock[1], &told.result);
		ck_assert_int_eq(write(tell[1], &told, sizeof(told)),
		    (ssize_t)sizeof(told));
		_exit(0);
	}
	(void)close(in[0]);
	if (kind == PIPES)
		(void)close(out[1]);
	(void)close(sock[1]);
	(void)close(tell[1]);
	ck_assert_int_eq(fcntl(client_in, F_SETFL, O_NONBLOCK), 0);
	ck_assert_int_eq(fcntl(client_out, F_SETFL, O_NONBLOCK), 0);
}

/* How it ended.  One that does not is libcheck's to end. */
static struct told
ended(void)
{
	struct told told;
	int wstatus;

	ck_assert_int_eq(read(report, &told, sizeof(told)),
	    (ssize_t)sizeof(told));
	ck_assert_int_eq(waitpid(child, &wstatus, 0), child);
	ck_assert_int_eq(wstatus, 0);
	close_ours();
	return told;
}

static void
until(int fd, short events)
{
	struct pollfd pfd = { .fd = fd, .events = events };

	ck_assert_int_eq(poll(&pfd, 1, -1), 1);
}

/* Wait until one of them is ready, or both. */
static void
until_either(int fd, short events, int other, short other_events)
{
	struct pollfd fds[2] = {
		{ .fd = fd, .events = events },
		{ .fd = other, .events = other_events },
	};

	ck_assert_int_ge(poll(fds, 2, -1), 1);
}

static void
say(const char *text, size_t len)
{
	ssize_t n;

	for (; len > 0; text += n, len -= (size_t)n) {
		until(client_in, POLLOUT);
		n = write(client_in, text, len);
		ck_assert_int_gt(n, 0);
	}
}

#define SAY(literal) say((literal), sizeof(literal) - 1)

static void
end_input(int kind)
{
	if (kind == SOCKET) {
		ck_assert_int_eq(shutdown(client_in, SHUT_WR), 0);
		return;
	}
	(void)close(client_in);
	client_in = -1;
}

static void
hang_up(void)
{
	(void)close(client_in);
	if (client_out != client_in)
		(void)close(client_out);
	client_in = client_out = -1;
}

/* What the client gets, "len" bytes of it. */
static void
get(char *text, size_t len)
{
	ssize_t n;

	for (; len > 0; text += n, len -= (size_t)n) {
		until(client_out, POLLIN);
		n = read(client_out, text, len);
		ck_assert_int_gt(n, 0);
	}
}

static void
expect_output(const char *text)
{
	char got[64];

	ck_assert_uint_lt(strlen(text), sizeof(got));
	get(got, strlen(text));
	ck_assert_int_eq(memcmp(got, text, strlen(text)), 0);
}

/* Nothing more comes, and it has ended. */
static void
expect_no_more_output(void)
{
	char c;

	until(client_out, POLLIN);
	ck_assert_int_eq(read(client_out, &c, 1), 0);
}

/* The next that the session gets.  Returns as packet_receive(). */
static int
receive(void)
{
	int r;

	for (;;) {
		until(session, POLLIN);
		r = packet_receive(session, buf, &packet);
		if (r != -1 || errno != EAGAIN)
			return r;
	}
}

static void
expect_input(const char *text)
{
	ck_assert_int_eq(receive(), 1);
	ck_assert_int_eq(packet.type, PROTO_INPUT);
	ck_assert_uint_eq(packet.len, strlen(text));
	ck_assert_int_eq(memcmp(packet.data, text, packet.len), 0);
}

static void
put(int type, const void *data, size_t len)
{
	ck_assert_int_eq(packet_send(session, type, data, len, -1), 0);
}

static void
put_output(const char *text)
{
	unsigned char head[8];

	proto_put_offset(head, 12345);
	ck_assert_int_eq(packet_send_parts(session, PROTO_OUTPUT, head,
	    sizeof(head), text, strlen(text)), 0);
}

static void
put_number(enum proto_type type, uint32_t number)
{
	ck_assert_int_eq(proto_send_number(session, type, number), 0);
}

/* Would have caught a size before what was typed at the one before it. */
START_TEST(types_and_resizes)
{
	struct proto_size size;

	begin(_i);
	SAY("{\"height\":25,\"width\":81,\"data\":\"a\"}{}\n{\"data\":\"b\"}");
	expect_input("a");
	ck_assert_int_eq(receive(), 1);
	ck_assert_int_eq(packet.type, PROTO_RESIZE);
	ck_assert_int_eq(proto_get_size(&size, packet.data, packet.len), 0);
	ck_assert_uint_eq(size.rows, 25);
	ck_assert_uint_eq(size.cols, 81);
	ck_assert_uint_eq(size.xpixel, 0);
	expect_input("b");
	SAY("{\"data_b64\":\"/4A=\"}");
	expect_input("\377\200");
	hang_up();
	ck_assert_int_eq(ended().end, SERVELOOP_LEFT);
}
END_TEST

/* Would have caught an offset among the output, and a message that kills. */
START_TEST(shows)
{
	begin(_i);
	put(PROTO_ATTACHED, "\0\0\0\0\0\0\0\0\0\0\0\1", 12);
	put(PROTO_PAINT, "paint", 5);
	put_output("output");
	put(PROTO_GAP, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	put(PROTO_SIZE, "\0\1\0\1\0\0\0\0", 8);
	put(PROTO_OUTPUT, "cut", 3);
	put(PROTO_OUTPUT, "\0\0\0\0\0\0\0\0", 8);
	put(PROTO_PAINT, "", 0);
	put(200, "what nobody knows", 17);
	/* a descriptor is nothing that it was asked for */
	ck_assert_int_eq(packet_send(session, 201, "x", 1, report), 0);
	put_output("end");
	expect_output("paintoutputend");
	put_number(PROTO_EXIT, 7 << 8);
	expect_no_more_output();
	ck_assert_int_eq(ended().result.wstatus, 7 << 8);
}
END_TEST

/* A stream that is no other at any place: byte i of it. */
static char
pattern(size_t i)
{
	return (char)('a' + (i / 26 + i) % 26);
}

/* Fails where a stream is not itself, from its byte i on. */
static void
expect_pattern(const void *bytes, size_t len, size_t i)
{
	const char *text = bytes;
	size_t n;

	for (n = 0; n < len && text[n] == pattern(i + n); n++)
		continue;
	ck_assert_uint_eq(i + n, i + len);
}

#define MESSAGES ((size_t)256)
#define EACH ((size_t)16000)

/*
 * A session that takes nothing.  Would have caught input that is gathered in
 * memory, and any that is lost or out of order when it goes on.
 */
START_TEST(stops_reading)
{
	static const char head[] = "{\"data\":\"", tail[] = "\"}";
	const size_t len = sizeof(head) - 1 + EACH + sizeof(tail) - 1;
	char *text = malloc(MESSAGES * len);
	struct pollfd pfd = { .events = POLLOUT };
	size_t said = 0, got = 0, at, i;
	ssize_t n;

	ck_assert_ptr_nonnull(text);
	for (i = 0; i < MESSAGES; i++) {
		at = i * len;
		memcpy(text + at, head, sizeof(head) - 1);
		memcpy(text + at + len - 2, tail, sizeof(tail) - 1);
		for (n = 0; n < (ssize_t)EACH; n++)
			text[at + sizeof(head) - 1 + (size_t)n] =
			    pattern(i * EACH + (size_t)n);
	}
	begin(_i);
	pfd.fd = client_in;
	/* too early an end of this only proves less */
	while (said < MESSAGES * len && poll(&pfd, 1, 200) == 1) {
		n = write(client_in, text + said, MESSAGES * len - said);
		ck_assert_int_gt(n, 0);
		said += (size_t)n;
	}
	ck_assert_uint_lt(said, MESSAGES * len / 4);
	while (got < MESSAGES * EACH) {
		until_either(said < MESSAGES * len ? client_in : -1, POLLOUT,
		    session, POLLIN);
		if (said < MESSAGES * len && poll(&pfd, 1, 0) == 1 &&
		    (n = write(client_in, text + said,
		    MESSAGES * len - said)) > 0)
			said += (size_t)n;
		if (packet_receive(session, buf, &packet) != 1)
			continue;
		ck_assert_int_eq(packet.type, PROTO_INPUT);
		expect_pattern(packet.data, packet.len, got);
		got += packet.len;
	}
	free(text);
	ck_assert_uint_eq(got, MESSAGES * EACH);
	hang_up();
	ck_assert_int_eq(ended().end, SERVELOOP_LEFT);
}
END_TEST

/* One message of the greatest length is more than one packet. */
START_TEST(a_long_one)
{
	static const char head[] = "{\"data\":\"", tail[] = "\"}";
	const size_t len = 1024 * 1024 - 11;
	char *text = malloc(len + 11);
	size_t i, got = 0, said = 0;
	ssize_t n;

	ck_assert_ptr_nonnull(text);
	memcpy(text, head, 9);
	for (i = 0; i < len; i++)
		text[9 + i] = pattern(i);
	memcpy(text + 9 + len, tail, 2);
	begin(_i);
	while (got < len) {
		until_either(said < len + 11 ? client_in : -1, POLLOUT,
		    session, POLLIN);
		if (said < len + 11 && (n = write(client_in, text + said,
		    len + 11 - said)) > 0)
			said += (size_t)n;
		if (packet_receive(session, buf, &packet) != 1)
			continue;
		expect_pattern(packet.data, packet.len, got);
		got += packet.len;
	}
	free(text);
	hang_up();
	ck_assert_int_eq(ended().end, SERVELOOP_LEFT);
}
END_TEST

#define FLOOD ((size_t)4 * 1024 * 1024)
#define PART ((size_t)10000)

/* Send the output's next part, if there is room.  Returns its new end. */
static size_t
flood(size_t sent)
{
	unsigned char head[8] = { 0 };
	char part[PART];
	size_t i;

	for (i = 0; i < PART; i++)
		part[i] = pattern(sent + i);
	return packet_send_parts(session, PROTO_OUTPUT, head, sizeof(head),
	    part, PART) == 0 ? sent + PART : sent;
}

/*
 * A client who reads nothing.  Would have caught output that is gathered in
 * memory, a ^C that waits behind it, and what is lost when he reads again.
 */
START_TEST(stops_receiving)
{
	struct pollfd pfd = { .events = POLLOUT };
	size_t sent = 0, got = 0;
	char part[PART];
	ssize_t n;

	begin(_i);
	pfd.fd = session;
	while (sent < FLOOD && poll(&pfd, 1, 200) == 1)
		sent = flood(sent);
	ck_assert_uint_lt(sent, FLOOD / 4);
	SAY("{\"data\":\"\\u0003\"}");
	expect_input("\3");
	while (sent < FLOOD || got < sent) {
		until_either(sent < FLOOD ? session : -1, POLLOUT,
		    client_out, POLLIN);
		if (sent < FLOOD)
			sent = flood(sent);
		n = read(client_out, part, sizeof(part));
		if (n > 0) {
			expect_pattern(part, (size_t)n, got);
			got += (size_t)n;
		}
	}
	hang_up();
	ck_assert_int_eq(ended().end, SERVELOOP_LEFT);
}
END_TEST

/*
 * I9: a session ends, having read all that was typed or not (the kernel tells
 * that as an error, in front of what it wrote).  Would have caught output
 * that is lost behind the status, and the status behind the error.
 */
static void
see_the_end(int kind, int unread, uint32_t wstatus)
{
	size_t sent = 0, got = 0, last = 1;
	char part[PART];
	struct told told;
	ssize_t n;

	begin(kind);
	while (last != sent) {
		last = sent;
		sent = flood(sent);
	}
	if (unread) {
		SAY("{\"data\":\"x\"}{\"data\":\"y\"}");
		until(session, POLLIN);
	}
	while (proto_send_number(session, PROTO_EXIT, wstatus) == -1) {
		ck_assert_int_eq(errno, EAGAIN);
		until_either(session, POLLOUT, client_out, POLLIN);
		if ((n = read(client_out, part, sizeof(part))) <= 0)
			continue;
		expect_pattern(part, (size_t)n, got);
		got += (size_t)n;
	}
	(void)close(session);
	session = -1;
	while (got < sent) {
		until(client_out, POLLIN);
		n = read(client_out, part, sizeof(part));
		ck_assert_int_gt(n, 0);
		expect_pattern(part, (size_t)n, got);
		got += (size_t)n;
	}
	ck_assert_uint_eq(got, sent);
	told = ended();
	ck_assert_int_eq(told.end, SERVELOOP_EXIT);
	ck_assert_int_eq(told.result.wstatus, (int)wstatus);
}

START_TEST(output_before_status)
{
	see_the_end(_i, 0, 7 << 8);
}
END_TEST

START_TEST(output_before_status_unread)
{
	see_the_end(_i, 1, SIGTERM);
}
END_TEST

/* Would have caught a client who never leaves, and one cut short. */
START_TEST(ends_the_input)
{
	begin(_i);
	SAY("{\"data\":\"a\"}\n");
	end_input(_i);
	expect_input("a");
	ck_assert_int_eq(receive(), 1);
	ck_assert_int_eq(packet.type, PROTO_DETACH);
	put_output("last");
	put(PROTO_PAINT, "undone", 6);
	put_number(PROTO_DETACHED, PROTO_ASKED);
	expect_output("lastundone");
	expect_no_more_output();
	ck_assert_int_eq(ended().end, SERVELOOP_LEFT);
}
END_TEST

/* Would have caught a DETACH that is lost when there is no room for it. */
START_TEST(ends_the_input_late)
{
	size_t i;
	int r;

	begin(_i);
	for (i = 0; i < 4000; i++)
		if (write(client_in, "{\"data\":\"a\"}", 12) != 12)
			break;
	end_input(_i);
	do {
		r = receive();
		ck_assert_int_eq(r, 1);
	} while (packet.type == PROTO_INPUT);
	ck_assert_int_eq(packet.type, PROTO_DETACH);
	put_number(PROTO_DETACHED, PROTO_ASKED);
	ck_assert_int_eq(ended().end, SERVELOOP_LEFT);
}
END_TEST

/* Would have caught a visit that outlives a client who only listened. */
START_TEST(hangs_up)
{
	begin(_i);
	SAY("{\"data\":\"a\"}");
	hang_up();
	expect_input("a");
	ck_assert_int_eq(ended().end, SERVELOOP_LEFT);
}
END_TEST

/* With two pipes one of them can go alone. */
START_TEST(stops_listening)
{
	begin(PIPES);
	(void)close(client_out);
	client_out = -1;
	ck_assert_int_eq(ended().end, SERVELOOP_LEFT);
}
END_TEST

/*
 * Nobody listens, the session takes nothing more, writes all the time, and
 * more was typed.  Would have caught who waits for any of them.
 */
START_TEST(hangs_up_in_a_flood)
{
	struct pollfd pfd = { .events = POLLIN };
	size_t sent, last;

	begin(_i);
	pfd.fd = report;
	for (sent = 0, last = 1; last != sent; sent = flood(sent))
		last = sent;
	while (write(client_in, "{\"data\":\"aaaaaaaaaa\"}", 21) == 21)
		(void)flood(0);
	hang_up();
	while (poll(&pfd, 1, 0) == 0)
		(void)flood(0);
	ck_assert_int_eq(ended().end, SERVELOOP_LEFT);
}
END_TEST

/* Until the child waits for something: one that spins never does. */
static void
until_asleep(void)
{
	char path[32], text[256], *state;
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)child);
	do {
		(void)poll(NULL, 0, 1);
		ck_assert_int_ne(fd = open(path, O_RDONLY), -1);
		n = read(fd, text, sizeof(text) - 1);
		(void)close(fd);
		ck_assert_int_gt(n, 0);
		text[n] = '\0';
		state = strrchr(text, ')');
		ck_assert_ptr_nonnull(state);
	} while (state[1] != ' ' || state[2] != 'S');
}

/* Would have caught a wait for what is there all the time. */
START_TEST(idles)
{
	size_t sent, last;

	begin(_i);
	until_asleep();
	for (sent = 0, last = 1; last != sent; sent = flood(sent))
		last = sent;
	until_asleep();
	while (write(client_in, "{\"data\":\"a\"}", 12) == 12)
		continue;
	until_asleep();
	hang_up();
	ck_assert_int_eq(ended().end, SERVELOOP_LEFT);
}
END_TEST

static const struct {
	const char *stream;
	const char *why;
	int ends;		/* then the input does */
} wrong[] = {
	{ "{\"data\":\"good\"}{\"data\":\"bad\",\"height\":-1}",
	    "message 2: height is not", 0 },
	{ "{\"data\":\"good\"}{\"data\":\"bad\"x", "message 2: byte", 0 },
	{ "{\"data\":\"good\"} rm", "message 2: byte 1: not an object", 0 },
	{ "{\"data\":\"good\"}{\"data\":\"bad\"", "in the middle", 1 },
	{ "{\"data\":\"good\"}{\"data_b64\":\"YmFk=\"}", "base64", 0 },
};

/* Would have caught half of what was said, typed. */
START_TEST(wrong_messages)
{
	struct told told;

	begin(_i & 1);
	say(wrong[_i / 2].stream, strlen(wrong[_i / 2].stream));
	if (wrong[_i / 2].ends)
		end_input(_i & 1);
	expect_input("good");
	ck_assert_int_eq(receive(), 0);
	told = ended();
	ck_assert_int_eq(told.end, SERVELOOP_WRONG);
	ck_assert_msg(strstr(told.result.why, wrong[_i / 2].why) != NULL,
	    "%s", told.result.why);
}
END_TEST

/* Would have caught each of them taken for another. */
START_TEST(other_ends)
{
	struct told told;

	begin(_i);
	put(PROTO_REFUSED, "no room", 7);
	told = ended();
	ck_assert_int_eq(told.end, SERVELOOP_REFUSED);
	ck_assert_str_eq(told.result.why, "no room");
	begin(_i);
	put_number(PROTO_DETACHED, PROTO_OTHER);
	ck_assert_int_eq(ended().end, SERVELOOP_DETACHED);
	begin(_i);
	(void)close(session);
	session = -1;
	ck_assert_int_eq(ended().end, SERVELOOP_LOST);
	begin(_i);
	put(PROTO_EXIT, "x", 1);
	ck_assert_int_eq(ended().end, SERVELOOP_LOST);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("serveloop");
	TCase *tc = tcase_create("serveloop");

	tcase_add_loop_test(tc, types_and_resizes, PIPES, SOCKET + 1);
	tcase_add_loop_test(tc, shows, PIPES, SOCKET + 1);
	tcase_add_loop_test(tc, stops_reading, PIPES, SOCKET + 1);
	tcase_add_loop_test(tc, a_long_one, PIPES, SOCKET + 1);
	tcase_add_loop_test(tc, stops_receiving, PIPES, SOCKET + 1);
	tcase_add_loop_test(tc, output_before_status, PIPES, SOCKET + 1);
	tcase_add_loop_test(tc, output_before_status_unread, PIPES,
	    SOCKET + 1);
	tcase_add_loop_test(tc, ends_the_input, PIPES, SOCKET + 1);
	tcase_add_loop_test(tc, ends_the_input_late, PIPES, SOCKET + 1);
	tcase_add_loop_test(tc, hangs_up, PIPES, SOCKET + 1);
	tcase_add_test(tc, stops_listening);
	tcase_add_loop_test(tc, hangs_up_in_a_flood, PIPES, SOCKET + 1);
	tcase_add_loop_test(tc, idles, PIPES, SOCKET + 1);
	tcase_add_loop_test(tc, wrong_messages, 0,
	    2 * (int)(sizeof(wrong) / sizeof(wrong[0])));
	tcase_add_loop_test(tc, other_ends, PIPES, SOCKET + 1);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
