/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* Whole messages, or none; and what may come with one. */

#include "config.h"
#include "packet.h"

#include <sys/socket.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "run.h"
#include "scene.h"

static int pair[2], before;
static unsigned char buf[PACKET_BUFFER], big[PACKET_MAX + 1];
static struct packet packet;

static void
setup(void)
{
	before = scene_descriptors();
	/* That it does not wait is not for the socket to say. */
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
}

static void
teardown(void)
{
	(void)close(pair[0]);
	if (pair[1] != -1)
		(void)close(pair[1]);
	ck_assert_int_eq(scene_descriptors(), before);
}

/* Would have caught a message of another length than the one sent. */
START_TEST(all_lengths)
{
	static const size_t lengths[] = { 0, 1, 2, PACKET_MAX - 1, PACKET_MAX };
	size_t i, half;

	for (i = 0; i < sizeof(big); i++)
		big[i] = (unsigned char)(i * 7);
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		half = lengths[i] / 2;
		ck_assert_int_eq(packet_send(pair[0], 200, big, lengths[i],
		    -1), 0);
		ck_assert_int_eq(packet_send_parts(pair[0], 0, big, half,
		    big + half, lengths[i] - half), 0);
		ck_assert_int_eq(packet_receive(pair[1], buf, &packet), 1);
		ck_assert_int_eq(packet.type, 200);
		ck_assert_uint_eq(packet.len, lengths[i]);
		ck_assert_int_eq(memcmp(packet.data, big, lengths[i]), 0);
		ck_assert_int_eq(packet.fd, -1);
		ck_assert_int_eq(packet_receive(pair[1], buf, &packet), 1);
		ck_assert_int_eq(packet.type, 0);
		ck_assert_uint_eq(packet.len, lengths[i]);
		ck_assert_int_eq(memcmp(packet.data, big, lengths[i]), 0);
	}
	ck_assert_int_eq(packet_receive(pair[1], buf, &packet), -1);
	ck_assert_int_eq(errno, EAGAIN);
}
END_TEST

/* Would have caught a sum that wraps, and one that is cut. */
START_TEST(too_long)
{
	ck_assert_int_eq(packet_send(pair[0], 1, big, PACKET_MAX + 1, -1),
	    -1);
	ck_assert_int_eq(errno, EMSGSIZE);
	ck_assert_int_eq(packet_send_parts(pair[0], 1, big, 1, big,
	    PACKET_MAX), -1);
	ck_assert_int_eq(errno, EMSGSIZE);
	ck_assert_int_eq(packet_send_parts(pair[0], 1, big, 2, big,
	    (size_t)-1), -1);
	ck_assert_int_eq(errno, EMSGSIZE);
	ck_assert_int_eq(packet_receive(pair[1], buf, &packet), -1);
	ck_assert_int_eq(errno, EAGAIN);
	/* and from one who does not keep to it */
	ck_assert_int_eq((int)send(pair[0], big, sizeof(big), 0),
	    (int)sizeof(big));
	ck_assert_int_eq(packet_receive(pair[1], buf, &packet), 1);
	ck_assert_uint_eq(packet.len, PACKET_MAX);
	ck_assert_int_eq((int)send(pair[0], (unsigned char[PACKET_MAX + 2]){
	    0 }, PACKET_MAX + 2, 0), (int)PACKET_MAX + 2);
	ck_assert_int_eq(packet_receive(pair[1], buf, &packet), -1);
	ck_assert_int_eq(errno, EPROTO);
}
END_TEST

/* Would have caught half a message where there is no more room. */
START_TEST(full)
{
	int n = 0;

	while (packet_send(pair[0], n & 0xff, big, PACKET_MAX, -1) == 0)
		n++;
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_int_gt(n, 1);
	for (; n > 0; n--) {
		ck_assert_int_eq(packet_receive(pair[1], buf, &packet), 1);
		ck_assert_uint_eq(packet.len, PACKET_MAX);
	}
	ck_assert_int_eq(packet_receive(pair[1], buf, &packet), -1);
}
END_TEST

/* Would have caught a SIGPIPE. */
START_TEST(no_peer)
{
	(void)close(pair[1]);
	pair[1] = -1;
	ck_assert_int_eq(packet_send(pair[0], 1, NULL, 0, -1), -1);
	ck_assert_int_eq(errno, EPIPE);
	ck_assert_int_eq(packet_receive(pair[0], buf, &packet), 0);
}
END_TEST

/* Would have caught a descriptor that a child inherits, or is lost. */
START_TEST(descriptor)
{
	const int null = open("/dev/null", O_RDWR);

	ck_assert_int_eq(packet_send(pair[0], 1, "x", 1, null), 0);
	(void)close(null);
	ck_assert_int_eq(packet_receive(pair[1], buf, &packet), 1);
	ck_assert_int_ne(packet.fd, -1);
	ck_assert_int_eq(fcntl(packet.fd, F_GETFD), FD_CLOEXEC);
	(void)close(packet.fd);
}
END_TEST

/* Send a message with that many descriptors. */
static void
send_many(size_t len, int count)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(64 * sizeof(int))];
	} control;
	char first = 'x';
	struct iovec iov = { .iov_base = &first, .iov_len = len };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.space,
		.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int)),
	};
	int i;

	memset(&control, 0, sizeof(control));
	control.align.cmsg_level = SOL_SOCKET;
	control.align.cmsg_type = SCM_RIGHTS;
	control.align.cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
	for (i = 0; i < count; i++)
		memcpy(CMSG_DATA(&control.align) + (size_t)i * sizeof(int),
		    &pair[0], sizeof(int));
	ck_assert_int_eq((int)sendmsg(pair[0], &msg, 0), (int)len);
}

/*
 * Would have caught descriptors that stay open in the receiver, however many
 * somebody sends (teardown counts them).
 */
START_TEST(too_many_descriptors)
{
	static const int counts[] = { 2, 8, 9, 64 };
	size_t i;

	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		send_many(1, counts[i]);
		ck_assert_int_eq(packet_receive(pair[1], buf, &packet), -1);
		ck_assert_int_eq(errno, EPROTO);
	}
	/* and with no message at all */
	send_many(0, 1);
	ck_assert_int_eq(packet_receive(pair[1], buf, &packet), -1);
	ck_assert_int_eq(errno, EPROTO);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("packet");
	TCase *tc = tcase_create("packet");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, all_lengths);
	tcase_add_test(tc, too_long);
	tcase_add_test(tc, full);
	tcase_add_test(tc, no_peer);
	tcase_add_test(tc, descriptor);
	tcase_add_test(tc, too_many_descriptors);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
