/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Messages out of a stream that may stop anywhere.
 */

#include "config.h"
#include "frame.h"

#include <sys/socket.h>

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deadline.h"
#include "run.h"
#include "scene.h"
#include "unixsock.h"

#define PATIENCE 30000

static int reader_end, writer_end, before;
static struct frame_reader reader;
static struct frame frame;

static void
setup(void)
{
	int fds[2];

	before = scene_descriptors();
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	reader_end = fds[0];
	writer_end = fds[1];
}

static void
leave(void)
{
	(void)close(writer_end);
	writer_end = -1;
}

static void
teardown(void)
{
	frame_reader_free(&reader);
	frame_reader_free(&reader);
	(void)close(reader_end);
	if (writer_end != -1)
		leave();
	ck_assert_int_eq(scene_descriptors(), before);
}

static void
say(const char *bytes, size_t len)
{
	ck_assert_int_eq(send(writer_end, bytes, len, 0), (ssize_t)len);
}

#define SAY(literal) say((literal), sizeof(literal) - 1)

static enum frame_result
take(void)
{
	return frame_read(&reader, reader_end, &frame);
}

static const struct {
	int type;
	size_t len;
} messages[] = {
	{ 0, 0 }, { 1, 1 }, { 2, 4 }, { 255, 5 }, { 7, 255 }, { 7, 256 },
	{ 7, 65535 }, { 7, 65536 },
};

/* Would have caught a length whose bytes are in another order, or cut. */
START_TEST(messages_arrive)
{
	const size_t len = messages[_i].len;
	char *data = malloc(len + 1);
	size_t i;

	ck_assert_ptr_nonnull(data);
	for (i = 0; i < len; i++)
		data[i] = (char)(i * 7 + i / 256);
	ck_assert_int_eq(frame_send(writer_end, messages[_i].type, data, len,
	    deadline_in(PATIENCE)), 0);
	ck_assert_int_eq(frame_send(writer_end, 9, "abc", 3,
	    deadline_in(PATIENCE)), 0);
	ck_assert_int_eq(take(), FRAME_READ);
	ck_assert_int_eq(frame.type, messages[_i].type);
	ck_assert_uint_eq(frame.len, len);
	ck_assert_int_eq(memcmp(frame.data, data, len), 0);
	ck_assert_int_eq(frame.data[len], '\0');
	ck_assert_int_eq(take(), FRAME_READ);
	ck_assert_int_eq(frame.type, 9);
	ck_assert_str_eq(frame.data, "abc");
	ck_assert_int_eq(take(), FRAME_NONE);
	ck_assert_uint_eq(reader.count, 2);
	free(data);
}
END_TEST

/* The form itself, which programs of two versions must share. */
START_TEST(the_form)
{
	char bytes[16];

	ck_assert_int_eq(frame_send(writer_end, 4, "ab", 2,
	    deadline_in(PATIENCE)), 0);
	ck_assert_int_eq(recv(reader_end, bytes, sizeof(bytes), 0), 7);
	ck_assert_int_eq(memcmp(bytes, "\4\0\0\0\2ab", 7), 0);
}
END_TEST

/* Would have caught a reader that forgets what came before it had to wait. */
START_TEST(byte_by_byte)
{
	static const char stream[] = "\1\0\0\0\3abc" "\2\0\0\0\0" "\3\0\0\0\1x";
	size_t i, read = 0;

	for (i = 0; i < sizeof(stream) - 1; i++) {
		say(stream + i, 1);
		if (take() == FRAME_NONE)
			continue;
		read++;
		ck_assert_int_eq(frame.type, (int)read);
		ck_assert_uint_eq(i, read == 1 ? 7 : read == 2 ? 12 : 18);
	}
	ck_assert_uint_eq(read, 3);
	ck_assert_str_eq(frame.data, "x");
}
END_TEST

/* Would have caught memory of 4 GiB, and a length that wraps around. */
START_TEST(too_long)
{
	static const char *const heads[] = {
		"\1\0\1\0\1", "\1\377\377\377\377", "\1\200\0\0\0",
		"\1\1\0\0\0",
	};
	char *data = calloc(1, FRAME_MAX + 1);

	say(heads[_i], 5);
	ck_assert_int_eq(take(), FRAME_BAD);
	/* whoever asks again must not get what was never read */
	SAY("\1\0\0\0\0");
	ck_assert_int_eq(take(), FRAME_BAD);
	ck_assert_ptr_nonnull(data);
	ck_assert_int_eq(frame_send(writer_end, 1, data, FRAME_MAX + 1,
	    deadline_in(PATIENCE)), -1);
	ck_assert_int_eq(errno, EMSGSIZE);
	free(data);
}
END_TEST

/*
 * The stream ends after each byte of two messages.  Would have caught half a
 * message that counts for one, and an end that looks like the other.
 */
START_TEST(an_end_anywhere)
{
	static const char stream[] = "\1\0\0\0\3abc" "\2\0\0\0\0";
	const unsigned long whole = _i == 13 ? 2 : _i >= 8;
	const enum frame_result end = _i == 0 || _i == 8 || _i == 13 ?
	    FRAME_END : FRAME_CUT;

	if (_i > 0)
		say(stream, (size_t)_i);
	leave();
	while (take() == FRAME_READ)
		continue;
	ck_assert_int_eq(take(), end);
	ck_assert_uint_eq(reader.count, whole);
}
END_TEST

/*
 * A listener that closes without a word what it was sent, as systemd does
 * when there are too many connections.  Would have caught "it has ended" for
 * an answer, and the last message lost in front of it.
 */
START_TEST(a_reset)
{
	const unsigned long count = (unsigned long)_i;

	if (count > 0)
		SAY("\1\0\0\0\0");
	ck_assert_int_eq(send(reader_end, "x", 1, 0), 1);
	leave();
	while (take() == FRAME_READ)
		continue;
	ck_assert_int_eq(take(), FRAME_RESET);
	ck_assert_uint_eq(reader.count, count);
}
END_TEST

/* Would have caught a descriptor that a service leaves with a front. */
START_TEST(a_descriptor)
{
	const int zero = 0;

	ck_assert_int_eq(unixsock_send(writer_end, "\1\0\0\0\0", 5, &zero, 1,
	    deadline_in(PATIENCE)), 0);
	ck_assert_int_eq(take(), FRAME_BAD);
}
END_TEST

/*
 * Where it may come it comes with its message and no other, and is open.
 * Would have caught one that is lost, or given to who reads next.
 */
START_TEST(a_descriptor_that_may)
{
	const int bytes = FRAME_MAX / 2;
	static char data[FRAME_MAX / 2];
	int fds[2];

	reader.takes_fd = 1;
	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(frame_send(writer_end, 1, "a", 1,
	    deadline_in(PATIENCE)), 0);
	ck_assert_int_eq(frame_send_fd(writer_end, 2, data, (size_t)bytes,
	    fds[1], deadline_in(PATIENCE)), 0);
	ck_assert_int_eq(frame_send(writer_end, 3, "", 0,
	    deadline_in(PATIENCE)), 0);
	(void)close(fds[1]);
	ck_assert_int_eq(take(), FRAME_READ);
	ck_assert_int_eq(frame.fd, -1);
	ck_assert_int_eq(take(), FRAME_READ);
	ck_assert_int_eq(frame.type, 2);
	ck_assert_int_eq((int)frame.len, bytes);
	ck_assert_int_ne(frame.fd, -1);
	ck_assert_int_eq(write(frame.fd, "!", 1), 1);
	(void)close(frame.fd);
	ck_assert_int_eq(read(fds[0], data, 2), 1);
	ck_assert_int_eq(read(fds[0], data, 2), 0);
	(void)close(fds[0]);
	ck_assert_int_eq(take(), FRAME_READ);
	ck_assert_int_eq(frame.fd, -1);
}
END_TEST

/*
 * With the head's second byte, with the data, two at once; and one whose
 * message never comes.  teardown() counts what is open.
 */
START_TEST(descriptors_that_may_not)
{
	const int zeros[2] = { 0, 0 };
	const long long soon = deadline_in(PATIENCE);
	static const char head[] = "\1\0\0\0\2";

	reader.takes_fd = 1;
	switch (_i) {
	case 0:
		ck_assert_int_eq(unixsock_send(writer_end, head, 1, NULL, 0,
		    soon), 0);
		ck_assert_int_eq(take(), FRAME_NONE);
		ck_assert_int_eq(unixsock_send(writer_end, head + 1, 4, zeros,
		    1, soon), 0);
		break;
	case 1:
		ck_assert_int_eq(unixsock_send(writer_end, head, 5, zeros, 1,
		    soon), 0);
		ck_assert_int_eq(unixsock_send(writer_end, "ab", 2, zeros, 1,
		    soon), 0);
		break;
	case 2:
		ck_assert_int_eq(unixsock_send(writer_end, head, 5, zeros, 2,
		    soon), 0);
		break;
	default:
		ck_assert_int_eq(unixsock_send(writer_end, head, 5, zeros, 1,
		    soon), 0);
		ck_assert_int_eq(take(), FRAME_NONE);
		return;
	}
	ck_assert_int_eq(take(), FRAME_BAD);
	ck_assert_int_eq(take(), FRAME_BAD);
}
END_TEST

/* Would have caught a descriptor that is no socket, taken for an end. */
START_TEST(no_socket)
{
	ck_assert_int_eq(frame_read(&reader, -1, &frame), FRAME_ERROR);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("frame");
	TCase *tc = tcase_create("frame");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, messages_arrive, 0,
	    (int)(sizeof(messages) / sizeof(messages[0])));
	tcase_add_test(tc, the_form);
	tcase_add_test(tc, byte_by_byte);
	tcase_add_loop_test(tc, too_long, 0, 4);
	tcase_add_loop_test(tc, an_end_anywhere, 0, 14);
	tcase_add_loop_test(tc, a_reset, 0, 2);
	tcase_add_test(tc, a_descriptor);
	tcase_add_test(tc, a_descriptor_that_may);
	tcase_add_loop_test(tc, descriptors_that_may_not, 0, 4);
	tcase_add_test(tc, no_socket);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
