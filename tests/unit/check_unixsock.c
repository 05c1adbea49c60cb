/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Bytes and descriptors over a socket of AF_UNIX, against another side that
 * does what it should not.  Each test counts the descriptors of this process
 * before and after: one too many a connection fills a table in the end.
 */

#include "config.h"
#include "unixsock.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deadline.h"
#include "run.h"
#include "scene.h"

/* More than any machine needs; what is expected comes at once. */
#define PATIENCE 30000

/* What SCM_RIGHTS carries at most (SCM_MAX_FD of the kernel). */
#define KERNEL_MOST 253

/* A pair: ours, and the other side's. */
static int ours, theirs, before;

static void
setup(void)
{
	int fds[2];

	before = scene_descriptors();
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	ours = fds[0];
	theirs = fds[1];
}

static void
teardown(void)
{
	(void)close(ours);
	if (theirs != -1)
		(void)close(theirs);
	ck_assert_int_eq(scene_descriptors(), before);
}

/* Send "len" bytes and "n" copies of descriptor 0, past all that is ours. */
static void
hostile_send(size_t len, size_t n)
{
	static char bytes[4096];
	struct iovec iov = { .iov_base = bytes, .iov_len = len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *head;
	int zeros[KERNEL_MOST] = { 0 };
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(zeros))];
	} control;

	memset(&control, 0, sizeof(control));
	if (n > 0) {
		msg.msg_control = control.space;
		msg.msg_controllen = CMSG_SPACE(n * sizeof(int));
		head = CMSG_FIRSTHDR(&msg);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(n * sizeof(int));
		memcpy(CMSG_DATA(head), zeros, n * sizeof(int));
	}
	ck_assert_int_eq(sendmsg(theirs, &msg, 0), (ssize_t)len);
}

/* Would have caught the wrong clock, and a wait for ever for a negative. */
START_TEST(deadlines)
{
	ck_assert_int_eq(deadline_left(deadline_in(0)), 0);
	ck_assert_int_eq(deadline_left(deadline_in(-1)), 0);
	ck_assert_int_eq(deadline_left(deadline_in(INT_MIN)), 0);
	ck_assert_int_gt(deadline_left(deadline_in(PATIENCE)), 0);
	ck_assert_int_le(deadline_left(deadline_in(PATIENCE)), PATIENCE);
	ck_assert_int_gt(deadline_left(deadline_in(INT_MAX)), INT_MAX - 60000);
	ck_assert_int_eq(deadline_left(LLONG_MAX), INT_MAX);
	ck_assert_int_eq(deadline_left(0), 0);
}
END_TEST

static char directory[] = "/tmp/check_unixsock.XXXXXX";

/* The address of a socket there, whose path is "len" bytes long. */
static struct sockaddr_un
address(size_t len)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	ck_assert_uint_lt(len, sizeof(addr.sun_path));
	memset(addr.sun_path, 'x', len);
	memcpy(addr.sun_path, directory, strlen(directory));
	addr.sun_path[strlen(directory)] = '/';
	return addr;
}

static int
listen_at(const struct sockaddr_un *addr, int backlog)
{
	const int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ne(sock, -1);
	ck_assert_int_eq(bind(sock, (const struct sockaddr *)addr,
	    sizeof(*addr)), 0);
	ck_assert_int_eq(listen(sock, backlog), 0);
	return sock;
}

/*
 * Would have caught a path that is cut where the address ends, and the empty
 * one, which the kernel takes for a name that anybody can bind.
 */
START_TEST(connect_to_paths)
{
	const size_t most = sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1;
	struct sockaddr_un addr, nameless = { .sun_family = AF_UNIX };
	struct timeval limit;
	socklen_t len = sizeof(limit);
	char path[256];
	int listener, other, sock;

	ck_assert_ptr_nonnull(mkdtemp(directory));
	addr = address(most);
	listener = listen_at(&addr, 5);
	other = listen_at(&nameless, 5);
	ck_assert_int_ne(sock = unixsock_connect(addr.sun_path, PATIENCE), -1);
	ck_assert_int_ne(fcntl(sock, F_GETFD) & FD_CLOEXEC, 0);
	/* a limit that stays would be one for all that is sent later */
	ck_assert_int_eq(getsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &limit,
	    &len), 0);
	ck_assert_int_eq(limit.tv_sec, 0);
	ck_assert_int_eq(limit.tv_usec, 0);
	(void)close(sock);
	(void)snprintf(path, sizeof(path), "%sx", addr.sun_path);
	ck_assert_int_eq(unixsock_connect(path, PATIENCE), -1);
	ck_assert_int_eq(errno, ENAMETOOLONG);
	ck_assert_int_eq(unixsock_connect("", PATIENCE), -1);
	ck_assert_int_eq(errno, EINVAL);
	(void)close(listener);
	(void)close(other);
	ck_assert_int_eq(unixsock_connect(addr.sun_path, PATIENCE), -1);
	ck_assert_int_eq(errno, ECONNREFUSED);
	ck_assert_int_eq(unlink(addr.sun_path), 0);
	ck_assert_int_eq(unixsock_connect(addr.sun_path, PATIENCE), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(rmdir(directory), 0);
}
END_TEST

/* How often the process was interrupted, for its children to see. */
static volatile sig_atomic_t *interrupts;

static void
on_alarm(int sig)
{
	(void)sig;
	if (interrupts != NULL)
		(*interrupts)++;
}

/* SIGALRM every 5 ms, or no more. */
static void
interrupt(int on)
{
	const struct sigaction act = { .sa_handler = on_alarm };
	const struct itimerval often = {
		.it_interval = { .tv_usec = on ? 5000 : 0 },
		.it_value = { .tv_usec = on ? 5000 : 0 },
	};

	if (on)
		ck_assert_int_eq(sigaction(SIGALRM, &act, NULL), 0);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &often, NULL), 0);
}

/*
 * A listener with a full queue, with and without signals meanwhile.  Would
 * have caught EAGAIN for an answer, EINTR for one, and a wait for ever.
 */
START_TEST(connect_to_a_full_queue)
{
	struct sockaddr_un addr;
	int count = 0, listener, socks[16], sock;
	pid_t pid;

	ck_assert_ptr_nonnull(mkdtemp(directory));
	addr = address(60);
	listener = listen_at(&addr, 0);
	interrupt(_i);
	while ((sock = unixsock_connect(addr.sun_path, 50)) != -1) {
		ck_assert_int_lt(count, 16);
		socks[count++] = sock;
	}
	ck_assert_int_eq(errno, ETIMEDOUT);
	ck_assert_int_ge(count, 1);
	ck_assert_int_eq(unixsock_connect(addr.sun_path, 0), -1);
	ck_assert_int_eq(errno, ETIMEDOUT);
	/* and one that is not full for ever: once the wait was interrupted */
	interrupts = mmap(NULL, sizeof(*interrupts), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne((void *)(uintptr_t)interrupts, MAP_FAILED);
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		while (_i && *interrupts < 5)
			(void)poll(NULL, 0, 1);
		while (accept(listener, NULL, NULL) != -1)
			continue;
		_exit(1);
	}
	ck_assert_int_ne(sock = unixsock_connect(addr.sun_path, PATIENCE), -1);
	interrupt(0);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	(void)close(sock);
	while (count > 0)
		(void)close(socks[--count]);
	(void)close(listener);
	ck_assert_int_eq(unlink(addr.sun_path), 0);
	ck_assert_int_eq(rmdir(directory), 0);
}
END_TEST

static const struct {
	int domain, type;
} no_streams[] = {
	{ AF_UNIX, SOCK_DGRAM }, { AF_UNIX, SOCK_SEQPACKET },
	{ AF_INET, SOCK_STREAM },
};

/* Would have caught a service started by hand with a terminal for a socket. */
START_TEST(what_is_a_stream)
{
	int fds[2], sock;
	size_t i;

	ck_assert_int_eq(unixsock_is_stream(ours), 1);
	for (i = 0; i < sizeof(no_streams) / sizeof(no_streams[0]); i++) {
		sock = socket(no_streams[i].domain, no_streams[i].type, 0);
		ck_assert_int_ne(sock, -1);
		ck_assert_int_eq(unixsock_is_stream(sock), 0);
		(void)close(sock);
		if (no_streams[i].domain != AF_UNIX)
			continue;
		ck_assert_int_eq(socketpair(AF_UNIX, no_streams[i].type, 0,
		    fds), 0);
		ck_assert_int_eq(unixsock_is_stream(fds[0]), 0);
		(void)close(fds[0]);
		(void)close(fds[1]);
	}
	ck_assert_int_ne(sock = socket(AF_UNIX, SOCK_STREAM, 0), -1);
	ck_assert_int_eq(unixsock_is_stream(sock), 0);
	ck_assert_int_eq(listen(sock, 1), -1);
	(void)close(sock);
	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(unixsock_is_stream(fds[0]), 0);
	(void)close(fds[0]);
	(void)close(fds[1]);
	ck_assert_int_eq(unixsock_is_stream(-1), 0);
}
END_TEST

#define MUCH ((size_t)4 * 1024 * 1024)

static unsigned char
byte_at(size_t i)
{
	return (unsigned char)(i * 31 + i / 251);
}

/*
 * More than a socket holds, through a reader that takes odd pieces, with
 * signals all the time.  Would have caught what is sent twice or left out
 * after a part of it went, and the descriptors that go with each part.
 */
START_TEST(much_at_once)
{
	const long long deadline = deadline_in(PATIENCE);
	unsigned char *bytes;
	size_t have, nfds, piece;
	int fds[1], wstatus;
	ssize_t n;
	pid_t pid;

	ck_assert_ptr_nonnull(bytes = malloc(MUCH));
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		for (have = 0; have < MUCH; have++)
			bytes[have] = byte_at(have);
		interrupt(1);
		fds[0] = 0;
		_exit(unixsock_send(theirs, bytes, MUCH, fds, 1,
		    deadline) == 0 ? 0 : 1);
	}
	(void)close(theirs);
	theirs = -1;
	interrupt(1);
	for (have = 0; have < MUCH; have += (size_t)n) {
		piece = have % 8191 + 1;
		if (piece > MUCH - have)
			piece = MUCH - have;
		nfds = 1;
		n = unixsock_receive(ours, bytes + have, piece, fds, &nfds,
		    deadline);
		ck_assert_int_gt(n, 0);
		ck_assert_uint_eq(nfds, have == 0);
		unixsock_close_all(fds, nfds);
	}
	nfds = 1;
	ck_assert_int_eq(unixsock_receive(ours, bytes, 1, fds, &nfds,
	    deadline), 0);
	interrupt(0);
	ck_assert_uint_eq(nfds, 0);
	for (have = 0; have < MUCH; have++)
		if (bytes[have] != byte_at(have))
			ck_abort_msg("byte %zu is another", have);
	free(bytes);
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_int_eq(wstatus, 0);
}
END_TEST

/*
 * The other side does nothing.  Would have caught every call that waits
 * without a limit on a socket that is not O_NONBLOCK, or spins on one that is.
 */
START_TEST(silence)
{
	static char much[MUCH];
	char byte;

	ck_assert_int_eq(fcntl(ours, F_SETFL, _i ? O_NONBLOCK : 0), 0);
	ck_assert_int_eq(unixsock_receive(ours, &byte, 1, NULL, NULL,
	    deadline_in(20)), -1);
	ck_assert_int_eq(errno, ETIMEDOUT);
	ck_assert_int_eq(unixsock_receive_all(ours, &byte, 1,
	    deadline_in(0)), -1);
	ck_assert_int_eq(errno, ETIMEDOUT);
	ck_assert_int_eq(unixsock_send(ours, much, sizeof(much), NULL, 0,
	    deadline_in(20)), -1);
	ck_assert_int_eq(errno, ETIMEDOUT);
}
END_TEST

/* Would have caught a deadline that begins anew with each byte. */
START_TEST(one_byte_now_and_then)
{
	static char much[MUCH];
	pid_t pid;

	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0) {
		(void)alarm(PATIENCE / 1000);
		while (poll(NULL, 0, 10) == 0 && send(theirs, "x", 1, 0) == 1)
			continue;
		_exit(1);
	}
	ck_assert_int_eq(unixsock_receive_all(ours, much, sizeof(much),
	    deadline_in(200)), -1);
	ck_assert_int_eq(errno, ETIMEDOUT);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}
END_TEST

/* Would have caught the SIGPIPE that ends the service, and an end that is 0. */
START_TEST(the_other_side_is_gone)
{
	char bytes[4];

	ck_assert_int_eq(send(theirs, "abc", 3, 0), 3);
	(void)close(theirs);
	theirs = -1;
	ck_assert_int_eq(unixsock_send(ours, "x", 1, NULL, 0,
	    deadline_in(PATIENCE)), -1);
	ck_assert_int_eq(errno, EPIPE);
	ck_assert_int_eq(unixsock_receive_all(ours, bytes, _i ? 4 : 3,
	    deadline_in(PATIENCE)), _i ? -1 : 0);
	if (_i)
		ck_assert_int_eq(errno, ECONNABORTED);
	ck_assert_int_eq(unixsock_receive_all(ours, bytes, 4,
	    deadline_in(PATIENCE)), -1);
	ck_assert_int_eq(errno, ENODATA);
	ck_assert_int_eq(unixsock_receive(ours, bytes, 4, NULL, NULL,
	    deadline_in(PATIENCE)), 0);
}
END_TEST

/* Would have caught a descriptor that outlives exec, and a wrong order. */
START_TEST(descriptors_arrive)
{
	const size_t count = (size_t)_i;
	int in[UNIXSOCK_FDS_MAX], out[UNIXSOCK_FDS_MAX], pipes[2];
	size_t i, nfds = UNIXSOCK_FDS_MAX;
	struct stat a, b;
	char byte;

	for (i = 0; i < count; i++) {
		ck_assert_int_eq(pipe(pipes), 0);
		in[i] = pipes[0];
		(void)close(pipes[1]);
	}
	ck_assert_int_eq(unixsock_send(theirs, "x", 1, in, count,
	    deadline_in(PATIENCE)), 0);
	ck_assert_int_eq(unixsock_receive(ours, &byte, 1, out, &nfds,
	    deadline_in(PATIENCE)), 1);
	ck_assert_uint_eq(nfds, count);
	for (i = 0; i < count; i++) {
		ck_assert_int_eq(fstat(in[i], &a), 0);
		ck_assert_int_eq(fstat(out[i], &b), 0);
		ck_assert_uint_eq(a.st_ino, b.st_ino);
		ck_assert_int_ne(fcntl(out[i], F_GETFD) & FD_CLOEXEC, 0);
	}
	unixsock_close_all(in, count);
	unixsock_close_all(out, count);
	for (i = 0; i < count; i++)
		ck_assert_int_eq(out[i], -1);
	errno = 7;
	unixsock_close_all(out, count);
	ck_assert_int_eq(errno, 7);
}
END_TEST

static const size_t too_many[] = { 4, 5, 8, 9, 64, KERNEL_MOST };

/* Would have caught each descriptor over three that is left open. */
START_TEST(more_descriptors_than_may)
{
	int fds[3] = { -1, -1, -1 };
	size_t nfds = 3;
	char byte;

	hostile_send(1, too_many[_i]);
	ck_assert_int_eq(unixsock_receive(ours, &byte, 1, fds, &nfds,
	    deadline_in(PATIENCE)), -1);
	ck_assert_int_eq(errno, EPROTO);
	ck_assert_uint_eq(nfds, 0);
	/* those that nobody asked for */
	hostile_send(1, too_many[_i]);
	ck_assert_int_eq(unixsock_receive(ours, &byte, 1, NULL, NULL,
	    deadline_in(PATIENCE)), -1);
	ck_assert_int_eq(errno, EPROTO);
	/* no trace of them, and the stream goes on */
	hostile_send(1, 0);
	ck_assert_int_eq(unixsock_receive(ours, &byte, 1, NULL, NULL,
	    deadline_in(PATIENCE)), 1);
}
END_TEST

/* 300 need two messages.  Would have caught a look at the first alone. */
START_TEST(three_hundred_descriptors)
{
	char bytes[8];

	hostile_send(4, KERNEL_MOST);
	hostile_send(4, 300 - KERNEL_MOST);
	ck_assert_int_eq(unixsock_receive_all(ours, bytes, 8,
	    deadline_in(PATIENCE)), -1);
	ck_assert_int_eq(errno, EPROTO);
	ck_assert_int_eq(unixsock_receive_all(ours, bytes, 4,
	    deadline_in(PATIENCE)), -1);
	ck_assert_int_eq(errno, EPROTO);
}
END_TEST

/*
 * Descriptors that come with a later byte.  Would have caught bytes in front
 * of them being taken for theirs, where one byte is asked for.
 */
START_TEST(descriptors_behind_the_first_byte)
{
	int fds[3];
	size_t nfds = 3;
	char bytes[4];

	hostile_send(2, 0);
	hostile_send(2, 3);
	ck_assert_int_eq(unixsock_receive(ours, bytes, 1, fds, &nfds,
	    deadline_in(PATIENCE)), 1);
	ck_assert_uint_eq(nfds, 0);
	ck_assert_int_eq(unixsock_receive_all(ours, bytes, 3,
	    deadline_in(PATIENCE)), -1);
	ck_assert_int_eq(errno, EPROTO);
}
END_TEST

/*
 * The table has room for two of three.  Would have caught the two that are
 * opened before the kernel gives up.
 */
START_TEST(no_room_for_descriptors)
{
	const struct rlimit limit = { (rlim_t)theirs + 3, (rlim_t)theirs + 3 };
	int fds[3] = { -1, -1, -1 };
	size_t nfds = 3;
	char byte;

	hostile_send(1, 3);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_int_eq(unixsock_receive(ours, &byte, 1, fds, &nfds,
	    deadline_in(PATIENCE)), -1);
	ck_assert_int_eq(errno, EPROTO);
	ck_assert_uint_eq(nfds, 0);
}
END_TEST

/* Would have caught an array on the stack that is written past its end. */
START_TEST(impossible_arguments)
{
	int fds[UNIXSOCK_FDS_MAX + 1] = { 0 };
	size_t nfds = UNIXSOCK_FDS_MAX + 1;
	char byte;

	ck_assert_int_eq(unixsock_send(ours, "x", 1, fds, nfds, 0), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(unixsock_receive(ours, &byte, 1, fds, &nfds, 0), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(unixsock_send(ours, "", 0, fds, 1, 0), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(unixsock_receive(ours, &byte, 0, NULL, NULL, 0), -1);
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("unixsock");
	TCase *tc = tcase_create("unixsock");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, deadlines);
	tcase_add_test(tc, connect_to_paths);
	tcase_add_loop_test(tc, connect_to_a_full_queue, 0, 2);
	tcase_add_test(tc, what_is_a_stream);
	tcase_add_test(tc, much_at_once);
	tcase_add_loop_test(tc, silence, 0, 2);
	tcase_add_test(tc, one_byte_now_and_then);
	tcase_add_loop_test(tc, the_other_side_is_gone, 0, 2);
	tcase_add_loop_test(tc, descriptors_arrive, 0, UNIXSOCK_FDS_MAX + 1);
	tcase_add_loop_test(tc, more_descriptors_than_may, 0,
	    (int)(sizeof(too_many) / sizeof(too_many[0])));
	tcase_add_test(tc, three_hundred_descriptors);
	tcase_add_test(tc, descriptors_behind_the_first_byte);
	tcase_add_test(tc, no_room_for_descriptors);
	tcase_add_test(tc, impossible_arguments);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
