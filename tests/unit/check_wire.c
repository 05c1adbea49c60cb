/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What the front and the service say to each other.  The bytes of the hostile
 * cases are written out here and not made by the code under test.
 */

#include "config.h"
#include "helpers/incubator/wire.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "frame.h"
#include "run.h"
#include "scene.h"

#define PATIENCE 30000

/* The service's end and the front's; what is open without them. */
static int service, front, before;
static char why[256];

static void
setup(void)
{
	int fds[2];

	before = scene_descriptors();
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	service = fds[0];
	front = fds[1];
	memset(why, 'x', sizeof(why));
}

static void
teardown(void)
{
	(void)close(service);
	if (front != -1)
		(void)close(front);
	ck_assert_int_eq(scene_descriptors(), before);
}

static void
leave(void)
{
	(void)close(front);
	front = -1;
}

/* Bytes from the front, and these descriptors with the first of them. */
static void
say(const void *bytes, size_t len, const int *fds, size_t n)
{
	struct iovec iov = { .iov_base = (void *)(uintptr_t)bytes,
	    .iov_len = len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *head;
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(64 * sizeof(int))];
	} control;

	memset(&control, 0, sizeof(control));
	if (n > 0) {
		msg.msg_control = control.space;
		msg.msg_controllen = CMSG_SPACE(n * sizeof(int));
		head = CMSG_FIRSTHDR(&msg);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(n * sizeof(int));
		memcpy(CMSG_DATA(head), fds, n * sizeof(int));
	}
	ck_assert_int_eq(sendmsg(front, &msg, 0), (ssize_t)len);
}

/* A shell, nothing in the environment, no terminal. */
#define LEAST "\0" "\0\0\0\0" "\0" "\0\0\0\0"
#define HEAD "INCUBATE" "\0\0\0\1" "\0\0\0\12"
/* Without the NUL of the literal. */
#define BYTES(s) (s), sizeof(s) - 1

static const int std[64] = { 0, 1, 2 };

/* A request comes, or does not; then no descriptor does. */
static int
receive(struct wire_request *req, int fds[3], int ms)
{
	const int open_before = scene_descriptors();
	int err, r;

	r = wire_receive_request(service, ms, req, fds, why, sizeof(why));
	err = errno;
	if (r == -1) {
		ck_assert_int_eq(scene_descriptors(), open_before);
		ck_assert_ptr_null(req->memory);
		ck_assert_uint_gt(strlen(why), 9);
	} else
		ck_assert_int_eq(scene_descriptors(), open_before + 3);
	errno = err;
	return r;
}

static void
must_refuse(int err, const char *reason)
{
	struct wire_request req;
	int fds[3];

	ck_assert_int_eq(receive(&req, fds, PATIENCE), -1);
	if (strstr(why, reason) == NULL)
		ck_abort_msg("\"%s\", and not \"%s\"", why, reason);
	ck_assert_int_eq(errno, err);
}

static void
must_take(struct wire_request *req)
{
	int fds[3], i;

	if (receive(req, fds, PATIENCE) == -1)
		ck_abort_msg("%s", why);
	for (i = 0; i < 3; i++) {
		ck_assert_int_gt(fds[i], 2);
		ck_assert_int_ne(fcntl(fds[i], F_GETFD) & FD_CLOEXEC, 0);
		(void)close(fds[i]);
	}
}

/*
 * Would have caught two descriptors that changed places, and a field that is
 * lost on the way.
 */
START_TEST(a_request)
{
	static char command[] = "echo a\n\033[31mb\377", one[] = "A=",
	    two[] = "B=x=y\n", *env[] = { one, two };
	struct wire_request in = { .command = command, .env = env, .nenv = 2,
	    .has_tty = 1, .tty = "/dev/pts/3" }, out;
	int fds[2], got[3], list[3];
	struct stat a, b;
	size_t i;

	ck_assert_int_eq(pipe(fds), 0);
	list[0] = fds[0];
	list[1] = fds[1];
	ck_assert_int_ne(list[2] = open("/dev/null", O_RDWR), -1);
	ck_assert_int_eq(wire_send_request(front, &in, list, PATIENCE), 0);
	ck_assert_int_eq(receive(&out, got, PATIENCE), 0);
	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(fstat(list[i], &a), 0);
		ck_assert_int_eq(fstat(got[i], &b), 0);
		ck_assert_uint_eq(a.st_ino, b.st_ino);
		ck_assert_int_eq(fcntl(list[i], F_GETFL),
		    fcntl(got[i], F_GETFL));
		(void)close(list[i]);
		(void)close(got[i]);
	}
	ck_assert_str_eq(out.command, command);
	ck_assert_uint_eq(out.nenv, 2);
	ck_assert_str_eq(out.env[0], one);
	ck_assert_str_eq(out.env[1], two);
	ck_assert_ptr_null(out.env[2]);
	ck_assert_int_eq(out.has_tty, 1);
	ck_assert_str_eq(out.tty, in.tty);
	wirecode_free(&out);
	wirecode_free(&out);
}
END_TEST

/* No command and an empty one are the same, in the form too: a shell. */
START_TEST(a_shell)
{
	static char empty[] = "";
	struct wire_request in = { .command = _i ? empty : NULL }, out;
	void *bytes;
	size_t len;

	ck_assert_int_eq(wirecode_encode(&in, &bytes, &len), 0);
	ck_assert_uint_eq(len, sizeof(LEAST) - 1);
	ck_assert_int_eq(memcmp(bytes, LEAST, len), 0);
	free(bytes);

	ck_assert_int_eq(wire_send_request(front, &in, std, PATIENCE), 0);
	must_take(&out);
	ck_assert_ptr_null(out.command);
	ck_assert_uint_eq(out.nenv, 0);
	ck_assert_ptr_null(out.env[0]);
	ck_assert_int_eq(out.has_tty, 0);
	ck_assert_str_eq(out.tty, "");
	wirecode_free(&out);
}
END_TEST

static char *
long_string(const char *begin, size_t len)
{
	char *string = malloc(len + 1);

	ck_assert_ptr_nonnull(string);
	memset(string, 'x', len);
	memcpy(string, begin, strlen(begin));
	string[len] = '\0';
	return string;
}

/*
 * As much as execve(2) takes, and more than a socket holds at once.  Would
 * have caught a limit that refuses what sshd hands over.
 */
START_TEST(the_largest)
{
	struct wire_request in = { .nenv = 7 }, out;
	char *env[8] = { NULL };
	int wstatus;
	pid_t pid;
	size_t i;

	in.command = long_string("", WIRECODE_STRING_MAX);
	in.env = env;
	/* 7 of 128 KiB less the lengths, and then what is left */
	for (i = 0; i < 7; i++)
		env[i] = long_string("A=", WIRECODE_STRING_MAX - 8);
	ck_assert_int_ne(pid = fork(), -1);
	if (pid == 0)
		_exit(wire_send_request(front, &in, std, PATIENCE) == 0 &&
		    read(front, &i, 1) == 1 ? 0 : 1);
	must_take(&out);
	ck_assert_uint_eq(out.nenv, 7);
	ck_assert_str_eq(out.command, in.command);
	for (i = 0; i < 7; i++)
		ck_assert_str_eq(out.env[i], env[i]);
	wirecode_free(&out);
	ck_assert_int_eq(write(service, "x", 1), 1);
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_int_eq(wstatus, 0);
	/* one more small one is too much */
	env[7] = long_string("B=", 200);
	in.nenv = 8;
	ck_assert_int_eq(wire_send_request(front, &in, std, PATIENCE), -1);
	ck_assert_int_eq(errno, E2BIG);
	for (i = 0; i < 8; i++)
		free(env[i]);
	free(in.command);
}
END_TEST

/* Would have caught a front that sends what the service must refuse. */
START_TEST(what_a_front_cannot_send)
{
	static char plain[] = "plain", equals[] = "=x", *env[1];
	struct wire_request req = { .env = env, .nenv = 1 };

	env[0] = plain;
	ck_assert_int_eq(wire_send_request(front, &req, std, PATIENCE), -1);
	ck_assert_int_eq(errno, EINVAL);
	env[0] = equals;
	ck_assert_int_eq(wire_send_request(front, &req, std, PATIENCE), -1);
	ck_assert_int_eq(errno, EINVAL);
	req.nenv = 0;
	req.command = long_string("", WIRECODE_STRING_MAX + 1);
	ck_assert_int_eq(wire_send_request(front, &req, std, PATIENCE), -1);
	ck_assert_int_eq(errno, E2BIG);
	free(req.command);
	req.command = NULL;
	(void)snprintf(req.tty, sizeof(req.tty), "pts/3");
	ck_assert_int_eq(wire_send_request(front, &req, std, PATIENCE), -1);
	ck_assert_int_eq(errno, EINVAL);
	req.has_tty = 1;
	req.tty[1] = '\n';
	ck_assert_int_eq(wire_send_request(front, &req, std, PATIENCE), -1);
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

#define NAME16 "/dev/pts/1234567"
#define ONE_AND(s) "\0" "\0\0\0\1" s "\0" "\0\0\0\0"

static const struct {
	const char *bytes;
	size_t len;
	const char *reason;		/* NULL: it is a request */
} bodies[] = {
	{ BYTES(LEAST), NULL },
	{ BYTES("\1" "\0\0\0\0" LEAST), "bytes behind its end" },
	{ BYTES("\1\0\0\0\0" "\0\0\0\0" "\0" "\0\0\0\0"), NULL },
	{ BYTES("\1\0\0\0\2l\n" "\0\0\0\0" "\0" "\0\0\0\0"), NULL },
	{ BYTES(ONE_AND("\0\0\0\3A=\n")), NULL },
	{ BYTES("\0" "\0\0\0\0" "\1" "\0\0\0\5pts/3"), NULL },
	/* a terminal of which the front has no name */
	{ BYTES("\0" "\0\0\0\0" "\1" "\0\0\0\0"), NULL },
	/* flags */
	{ BYTES("\2" "\0\0\0\0" "\0" "\0\0\0\0"), "neither yes nor no" },
	{ BYTES("\0" "\0\0\0\0" "\377" "\0\0\0\0"), "neither yes nor no" },
	/* something behind it */
	{ BYTES(LEAST "\0"), "bytes behind its end" },
	{ BYTES(LEAST LEAST), "bytes behind its end" },
	/* NULs */
	{ BYTES("\1\0\0\0\3a\0b" "\0\0\0\0" "\0" "\0\0\0\0"), "a NUL" },
	{ BYTES("\1\0\0\0\1\0" "\0\0\0\0" "\0" "\0\0\0\0"), "a NUL" },
	{ BYTES(ONE_AND("\0\0\0\4A=\0x")), "a NUL" },
	{ BYTES("\0" "\0\0\0\0" "\1" "\0\0\0\2a\0"), "a NUL" },
	/* lengths, up to the one that wraps around */
	{ BYTES("\1\0\2\0\0x" LEAST), "over 128 KiB" },
	{ BYTES("\1\377\377\377\377x" LEAST), "over 128 KiB" },
	{ BYTES("\1\200\0\0\0x" LEAST), "over 128 KiB" },
	{ BYTES("\1\0\1\377\377x" LEAST), "longer than the rest" },
	{ BYTES("\1\0\0\0\13xxxxxxxxxxx"), "ends too early" },
	{ BYTES("\1\0\0\0\14x" LEAST), "longer than the rest" },
	{ BYTES("\0" "\0\0\0\0" "\0" "\0\0\0\1"), "longer than the rest" },
	/* counts */
	{ BYTES("\0" "\377\377\377\377" "\0" "\0\0\0\0"),
	    "than there is room" },
	{ BYTES("\0" "\100\0\0\0" "\0" "\0\0\0\0"), "than there is room" },
	{ BYTES("\0" "\0\0\0\2" "\0" "\0\0\0\0"), "than there is room" },
	{ BYTES("\0" "\0\0\0\1" "\0" "\0\0\0\0"), "not NAME=VALUE" },
	/* variables */
	{ BYTES(ONE_AND("\0\0\0\0")), "not NAME=VALUE" },
	{ BYTES(ONE_AND("\0\0\0\1A")), "not NAME=VALUE" },
	{ BYTES(ONE_AND("\0\0\0\2=x")), "not NAME=VALUE" },
	/* terminals */
	{ BYTES("\0" "\0\0\0\0" "\0" "\0\0\0\5pts/3"), "and none" },
	{ BYTES("\0" "\0\0\0\0" "\1" "\0\0\0\5pts\n3"), "a control character" },
	{ BYTES("\0" "\0\0\0\0" "\1" "\0\0\0\5pts\0333"),
	    "a control character" },
	{ BYTES("\0" "\0\0\0\0" "\1" "\0\0\0\5pts\1773"),
	    "a control character" },
	{ BYTES("\0" "\0\0\0\0" "\1" "\0\0\0\100" NAME16 NAME16 NAME16
	    NAME16), "too long" },
	{ BYTES("\0" "\0\0\0\0" "\1" "\0\0\0\77/dev/pts/123456" NAME16 NAME16
	    NAME16), NULL },
	{ BYTES("\0"), "ends too early" },
	{ BYTES("\0\0\0"), "ends too early" },
};

/*
 * Each body by itself, in a block of its size, and over the socket.  Would
 * have caught reads past the end, and fields that a check forgot.
 */
START_TEST(bodies_of_all_kinds)
{
	const size_t len = bodies[_i].len;
	char head[16] = HEAD, *bytes = malloc(len);
	struct wire_request req;
	int r;

	ck_assert_ptr_nonnull(bytes);
	memcpy(bytes, bodies[_i].bytes, len);
	r = wirecode_decode(bytes, len, &req, why, sizeof(why));
	ck_assert_int_eq(r, bodies[_i].reason == NULL ? 0 : -1);
	if (r == 0)
		wirecode_free(&req);
	else
		ck_assert_ptr_nonnull(strstr(why, bodies[_i].reason));
	head[15] = (char)len;
	say(head, sizeof(head), std, 3);
	say(bytes, len, NULL, 0);
	free(bytes);
	if (bodies[_i].reason == NULL) {
		must_take(&req);
		ck_assert(req.command == NULL || *req.command != '\0');
		wirecode_free(&req);
	} else
		must_refuse(EPROTO, bodies[_i].reason);
}
END_TEST

/*
 * A request that is cut anywhere: then a front that is gone.  Would have
 * caught a request of which a part is enough.
 */
START_TEST(cut_anywhere)
{
	static const char whole[] = HEAD LEAST;

	say(whole, (size_t)_i, std, 3);
	leave();
	must_refuse(ECONNRESET, "ended in the middle");
}
END_TEST

/* The same with silence.  Would have caught a service that waits for ever. */
START_TEST(silence_anywhere)
{
	static const char whole[] = HEAD LEAST;
	struct wire_request req;
	int fds[3];

	if (_i > 0)
		say(whole, (size_t)_i, std, 3);
	ck_assert_int_eq(receive(&req, fds, 5), -1);
	ck_assert_int_eq(errno, ETIMEDOUT);
	ck_assert_str_eq(why, "request: not all of it came within 5 ms");
}
END_TEST

/* A front that says nothing, and one that is gone at once. */
START_TEST(nothing_at_all)
{
	leave();
	must_refuse(ECONNRESET, "ended before it");
}
END_TEST

static const struct {
	const char *bytes;
	size_t len;
	int err;
	const char *reason;
} heads[] = {
	{ BYTES("INCUBATF" "\0\0\0\1" "\0\0\0\12" LEAST), EPROTO,
	    "does not begin as one does" },
	{ BYTES("GET / HTTP/1.1\r\n\r\n"), EPROTO,
	    "does not begin as one does" },
	{ BYTES("INCUBATE" "\0\0\0\7" "\0\0\0\12" LEAST), EPROTONOSUPPORT,
	    "protocol version 7 is not known here; this is 1" },
	{ BYTES("INCUBATE" "\0\0\0\0" "\0\0\0\12" LEAST), EPROTONOSUPPORT,
	    "protocol version 0 is not known here; this is 1" },
	{ BYTES("INCUBATE" "\1\0\0\0" "\12\0\0\0" LEAST), EPROTONOSUPPORT,
	    "protocol version 16777216 is not known here; this is 1" },
	{ BYTES("INCUBATE" "\377\377\377\377" "\0\0\0\12" LEAST),
	    EPROTONOSUPPORT, "version 4294967295 is not known" },
	{ BYTES("INCUBATE" "\0\0\0\1" "\0\0\0\0"), EPROTO, "0 bytes" },
	{ BYTES("INCUBATE" "\0\0\0\1" "\377\377\377\377" LEAST), EPROTO,
	    "4294967295 bytes" },
	{ BYTES("INCUBATE" "\0\0\0\1" "\0\20\0\1" LEAST), EPROTO,
	    "1048577 bytes" },
	/* as long as may be, and not there: no silence, so that it ends */
	{ BYTES("INCUBATE" "\0\0\0\1" "\0\20\0\0" LEAST), ECONNRESET,
	    "ended in the middle" },
	{ BYTES(HEAD LEAST "x"), EPROTO, "something came behind it" },
	{ BYTES(HEAD LEAST HEAD LEAST), EPROTO, "something came behind it" },
	/* a front that cannot answer any more */
	{ BYTES(HEAD LEAST), ECONNRESET, "ended behind it" },
};

/*
 * Would have caught 4 GiB of memory for somebody, a version that is guessed,
 * and a second request that waits in the socket for its turn.
 */
START_TEST(heads_of_all_kinds)
{
	say(heads[_i].bytes, heads[_i].len, std, 3);
	ck_assert_int_eq(shutdown(front, SHUT_WR), 0);
	must_refuse(heads[_i].err, heads[_i].reason);
}
END_TEST

static const size_t wrong_counts[] = { 0, 1, 2, 4, 8, 9, 64 };

/* Would have caught each descriptor that is left open, or is not there. */
START_TEST(counts_of_descriptors)
{
	const size_t n = wrong_counts[_i];

	say(BYTES(HEAD LEAST), std, n);
	must_refuse(EPROTO, n > 8 ? "far more than 3 descriptors" :
	    "3 descriptors belong to its first byte");
}
END_TEST

/* A version of its own may have more of them: it is told by its name. */
START_TEST(another_version_with_four)
{
	say(BYTES("INCUBATE" "\0\0\0\7" "\0\0\0\12" LEAST), std, 4);
	must_refuse(EPROTONOSUPPORT, "protocol version 7 is not known here");
}
END_TEST

/* Three, and more of them with a later byte, at each place. */
START_TEST(descriptors_behind_the_first_byte)
{
	static const char whole[] = HEAD LEAST "x";
	const size_t at = (size_t)_i, len = sizeof(whole) - 1;

	say(whole, at, std, 3);
	say(whole + at, len - at, std, 3);
	must_refuse(EPROTO, at < len - 1 ? "behind its first byte" :
	    "something came behind it");
}
END_TEST

/* All three, but with the second byte. */
START_TEST(descriptors_on_the_second_byte)
{
	say("I", 1, NULL, 0);
	say(BYTES("NCUBATE" "\0\0\0\1" "\0\0\0\12" LEAST), std, 3);
	must_refuse(EPROTO, "behind its first byte");
}
END_TEST

/* No memory for it, and no room for the descriptors. */
START_TEST(nothing_left)
{
	const struct rlimit limit = { (rlim_t)front + 2, (rlim_t)front + 2 };

	say(BYTES(HEAD LEAST), std, 3);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	must_refuse(EPROTO, "no room for them");
}
END_TEST

static const struct {
	const char *bytes;
	size_t len;
	int err;			/* 0: it is the answer */
} answers[] = {
	{ BYTES("\6"), 0 },
	{ BYTES("\25"), ECANCELED },
	{ BYTES("\25\6"), EPROTO },
	{ BYTES("\6\6"), EPROTO },
	{ BYTES("\6x"), EPROTO },
	{ BYTES("\0"), EPROTO },
	{ BYTES("y"), EPROTO },
	{ BYTES(""), ECONNRESET },
};

/* Would have caught a service that takes any byte, or none, for an answer. */
START_TEST(answers_of_all_kinds)
{
	if (answers[_i].len > 0)
		say(answers[_i].bytes, answers[_i].len, NULL, 0);
	ck_assert_int_eq(shutdown(front, SHUT_WR), 0);
	ck_assert_int_eq(wire_wait_answer(service, PATIENCE),
	    answers[_i].err == 0 ? 0 : -1);
	if (answers[_i].err != 0)
		ck_assert_int_eq(errno, answers[_i].err);
}
END_TEST

START_TEST(an_answer)
{
	const int open_before = scene_descriptors();

	ck_assert_int_eq(wire_wait_answer(service, 5), -1);
	ck_assert_int_eq(errno, ETIMEDOUT);
	ck_assert_int_eq(wire_answer(front, PATIENCE), 0);
	ck_assert_int_eq(wire_wait_answer(service, PATIENCE), 0);
	ck_assert_int_eq(wire_decline(front, PATIENCE), 0);
	ck_assert_int_eq(wire_wait_answer(service, PATIENCE), -1);
	ck_assert_int_eq(errno, ECANCELED);
	/* one that brings a descriptor */
	say("\6", 1, std, 1);
	ck_assert_int_eq(wire_wait_answer(service, PATIENCE), -1);
	ck_assert_int_eq(errno, EPROTO);
	ck_assert_int_eq(scene_descriptors(), open_before);
	leave();
	ck_assert_int_eq(wire_wait_answer(service, PATIENCE), -1);
	ck_assert_int_eq(errno, ECONNRESET);
}
END_TEST

static const int statuses[] = {
	0, 1 << 8, 127 << 8, 255 << 8, SIGHUP, SIGKILL, SIGSEGV, 64,
};

/* Would have caught a status that becomes another on the way. */
START_TEST(how_it_ended)
{
	struct frame_reader reader = { 0 };
	struct frame frame;
	int wstatus = -1;

	ck_assert_int_eq(wire_send_end(service, statuses[_i], PATIENCE), 0);
	ck_assert_int_eq(frame_read(&reader, front, &frame), FRAME_READ);
	ck_assert_int_eq(frame.type, WIRE_END);
	ck_assert_int_eq(wire_get_end(&frame, &wstatus), 0);
	ck_assert_int_eq(wstatus, statuses[_i]);
	/* with a core file, which is not told of */
	if (WIFSIGNALED(statuses[_i])) {
		ck_assert_int_eq(wire_send_end(service, statuses[_i] | 0x80,
		    PATIENCE), 0);
		ck_assert_int_eq(frame_read(&reader, front, &frame),
		    FRAME_READ);
		ck_assert_int_eq(wire_get_end(&frame, &wstatus), 0);
		ck_assert_int_eq(wstatus, statuses[_i]);
	}
	/* "stopped" is no end */
	ck_assert_int_eq(wire_send_end(service, 0x137f, PATIENCE), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(frame_read(&reader, front, &frame), FRAME_NONE);
	frame_reader_free(&reader);
}
END_TEST

static const struct frame no_ends[] = {
	{ WIRE_END, "", 0, -1 },
	{ WIRE_END, "\0\0\0\0", 4, -1 },
	{ WIRE_END, "\0\0\0\0\0\0", 6, -1 },
	{ WIRE_END, "\0\0\0\1\0", 5, -1 },
	{ WIRE_END, "\0\377\377\377\377", 5, -1 },
	{ WIRE_END, "\1\0\0\0\0", 5, -1 },
	{ WIRE_END, "\1\0\0\0\177", 5, -1 },
	{ WIRE_END, "\1\0\0\0\200", 5, -1 },
	{ WIRE_END, "\1\0\0\1\11", 5, -1 },
	{ WIRE_END, "\2\0\0\0\0", 5, -1 },
	{ WIRE_TEXT, "\0\0\0\0\0", 5, -1 },
};

/* Would have caught a front that ends well because the rest wrapped to 0. */
START_TEST(no_end)
{
	int wstatus = 42;

	ck_assert_int_eq(wire_get_end(&no_ends[_i], &wstatus), -1);
	ck_assert_int_eq(wstatus, 42);
}
END_TEST

/*
 * A text that is longer than a message, to a front that reads; then to one
 * that does not.  Would have caught a service that its client stops.
 */
START_TEST(texts)
{
	static char text[FRAME_MAX * 2 + 5], got[FRAME_MAX * 2 + 5];
	struct frame_reader reader = { 0 };
	struct frame frame;
	size_t have = 0, i;
	int sent;

	for (i = 0; i < sizeof(text); i++)
		/* no two parts of it are alike */
		text[i] = (char)(i * 7 + i / 65521);
	ck_assert_int_eq(wire_send_text(service, text, 0, PATIENCE), 0);
	ck_assert_int_eq(wire_send(service, WIRE_READY, NULL, 0, PATIENCE), 0);
	ck_assert_int_eq(wire_send_text(service, text, sizeof(text),
	    PATIENCE), 0);
	ck_assert_int_eq(frame_read(&reader, front, &frame), FRAME_READ);
	ck_assert_int_eq(frame.type, WIRE_READY);
	while (frame_read(&reader, front, &frame) == FRAME_READ) {
		ck_assert_int_eq(frame.type, WIRE_TEXT);
		ck_assert_uint_le(have + frame.len, sizeof(got));
		memcpy(got + have, frame.data, frame.len);
		have += frame.len;
	}
	ck_assert_uint_eq(have, sizeof(text));
	ck_assert_int_eq(memcmp(text, got, have), 0);
	ck_assert_uint_eq(reader.count, 4);
	frame_reader_free(&reader);
	for (sent = 0; wire_send_text(service, text, sizeof(text), 20) == 0;)
		ck_assert_int_lt(++sent, 1000);
	ck_assert_int_eq(errno, ETIMEDOUT);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

static Suite *
suite(void)
{
	Suite *s = suite_create("wire");
	TCase *tc = tcase_create("wire");
	const int whole = (int)(sizeof(HEAD LEAST) - 1);

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_request);
	tcase_add_loop_test(tc, a_shell, 0, 2);
	tcase_add_test(tc, the_largest);
	tcase_add_test(tc, what_a_front_cannot_send);
	tcase_add_loop_test(tc, bodies_of_all_kinds, 0, COUNT(bodies));
	tcase_add_loop_test(tc, cut_anywhere, 1, whole);
	tcase_add_loop_test(tc, silence_anywhere, 0, whole);
	tcase_add_test(tc, nothing_at_all);
	tcase_add_loop_test(tc, heads_of_all_kinds, 0, COUNT(heads));
	tcase_add_loop_test(tc, counts_of_descriptors, 0,
	    COUNT(wrong_counts));
	tcase_add_test(tc, another_version_with_four);
	tcase_add_loop_test(tc, descriptors_behind_the_first_byte, 1,
	    whole + 1);
	tcase_add_test(tc, descriptors_on_the_second_byte);
	tcase_add_test(tc, nothing_left);
	tcase_add_loop_test(tc, answers_of_all_kinds, 0, COUNT(answers));
	tcase_add_test(tc, an_answer);
	tcase_add_loop_test(tc, how_it_ended, 0, COUNT(statuses));
	tcase_add_loop_test(tc, no_end, 0, COUNT(no_ends));
	tcase_add_test(tc, texts);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
