/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces the front's side (see wirecode.c), which may also say nothing, stop
 * in the middle, go away, or send descriptors that it should not.
 */

#include "config.h"
#include "wire.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bigendian.h"
#include "deadline.h"
#include "frame.h"
#include "unixsock.h"

#define MAGIC "INCUBATE"
#define MAGIC_SIZE ((size_t)8)
#define HEAD_SIZE (MAGIC_SIZE + 4 + 4)

/* ASCII's "acknowledge", and "negative acknowledge". */
#define ANSWER 6
#define NO_ANSWER 21

/* How a command ended, the first byte of END; then a u32. */
enum { END_EXITED = 0, END_SIGNALLED = 1 };
#define END_SIZE ((size_t)5)

/* Above it wait(2) has "stopped". */
#define SIGNAL_MAX 126u

int
wire_send_request(int sock, const struct wire_request *req,
    const int fds[3], int ms)
{
	const long long deadline = deadline_in(ms);
	unsigned char head[HEAD_SIZE];
	void *bytes;
	size_t len;
	int r, saved;

	if (wirecode_encode(req, &bytes, &len) == -1)
		return -1;
	memcpy(head, MAGIC, MAGIC_SIZE);
	bigendian_put(head + MAGIC_SIZE, WIRE_VERSION);
	bigendian_put(head + MAGIC_SIZE + 4, (uint32_t)len);
	r = unixsock_send(sock, head, sizeof(head), fds, 3, deadline);
	if (r == 0)
		r = unixsock_send(sock, bytes, len, NULL, 0, deadline);
	saved = errno;
	free(bytes);
	errno = saved;
	return r;
}

/*
 * What the front sends and nobody wants is closed while we receive, by us or
 * by the kernel; and the last close of a socket of TCP's waits for as long as
 * the front has told it to (SO_LINGER), or until a signal comes.  Some come
 * when the time for the rest is over.
 */
struct hurry {
	struct sigaction before;
};

static void
be_interrupted(int sig)
{
	(void)sig;
}

static void
hurry_begin(struct hurry *hurry, int ms)
{
	const struct itimerval timer = {
		.it_value.tv_sec = ms / 1000 + 1,
		.it_interval.tv_usec = 10000,
	};
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = be_interrupted;
	(void)sigaction(SIGALRM, &action, &hurry->before);
	(void)setitimer(ITIMER_REAL, &timer, NULL);
}

/* Keeps errno. */
static void
hurry_end(const struct hurry *hurry)
{
	const struct itimerval none = { .it_value.tv_sec = 0 };
	const int saved = errno;

	(void)setitimer(ITIMER_REAL, &none, NULL);
	(void)sigaction(SIGALRM, &hurry->before, NULL);
	errno = saved;
}

/* A request that is being received. */
struct receipt {
	int sock;
	int ms;			/* for all of it */
	long long deadline;
	int fds[UNIXSOCK_FDS_MAX];
	size_t count;		/* of the descriptors that came */
	unsigned char head[HEAD_SIZE];
	char *why;
	size_t size;
};

__attribute__((format(printf, 3, 4))) static int
refuse(const struct receipt *in, int err, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(in->why, in->size, format, ap);
	va_end(ap);
	errno = err;
	return -1;
}

/* Say in words what errno says of a receipt that failed. */
static int
explain(const struct receipt *in)
{
	switch (errno) {
	case ETIMEDOUT:
		return refuse(in, ETIMEDOUT,
		    "request: not all of it came within %d ms", in->ms);
	case EPROTO:
		return refuse(in, EPROTO, "request: a descriptor came behind "
		    "its first byte");
	case ENODATA:
	case ECONNABORTED:
	case ECONNRESET:
		return refuse(in, ECONNRESET, "request: the connection ended "
		    "in the middle of it");
	default:
		return refuse(in, errno, "request: %s", strerror(errno));
	}
}

/* The first byte, by itself: the descriptors come with it. */
static int
receive_first(struct receipt *in)
{
	ssize_t n;

	in->count = UNIXSOCK_FDS_MAX;
	n = unixsock_receive(in->sock, in->head, 1, in->fds, &in->count,
	    in->deadline);
	if (n == 0 || (n == -1 && errno == ECONNRESET))
		return refuse(in, ECONNRESET, "request: the connection ended "
		    "before it");
	if (n == -1 && errno == EPROTO)
		return refuse(in, EPROTO, "request: far more than 3 "
		    "descriptors came with it, or there was no room for them");
	return n == -1 ? explain(in) : 0;
}

/*
 * The head; the length of what follows goes to *len.  Another version is told
 * by its name, so nothing else is looked at before: it may have another
 * number of descriptors.
 */
static int
receive_head(struct receipt *in, size_t *len)
{
	unsigned int version;

	if (receive_first(in) == -1)
		return -1;
	if (unixsock_receive_all(in->sock, in->head + 1, HEAD_SIZE - 1,
	    in->deadline) == -1)
		return explain(in);
	if (memcmp(in->head, MAGIC, MAGIC_SIZE) != 0)
		return refuse(in, EPROTO,
		    "request: it does not begin as one does");
	version = bigendian_get(in->head + MAGIC_SIZE);
	if (version != WIRE_VERSION)
		return refuse(in, EPROTONOSUPPORT, "request: protocol version "
		    "%u is not known here; this is %u", version, WIRE_VERSION);
	if (in->count != 3)
		return refuse(in, EPROTO, "request: 3 descriptors belong to "
		    "its first byte, %zu came", in->count);
	*len = bigendian_get(in->head + MAGIC_SIZE + 4);
	if (*len == 0 || *len > WIRECODE_MAX)
		return refuse(in, EPROTO, "request: %zu bytes; it has 1 to %zu",
		    *len, WIRECODE_MAX);
	return 0;
}

/* The rest, and nothing behind it: nobody may speak out of turn. */
static int
receive_body(const struct receipt *in, size_t len, struct wire_request *req)
{
	/* An empty one has a place, too. */
	char *bytes = malloc(len + 1), more;
	ssize_t n;
	int r, saved;

	if (bytes == NULL)
		return explain(in);
	if (unixsock_receive_all(in->sock, bytes, len, in->deadline) == -1)
		r = explain(in);
	else
		r = wirecode_decode(bytes, len, req, in->why, in->size);
	saved = errno;
	free(bytes);
	errno = saved;
	if (r == -1)
		return -1;
	n = recv(in->sock, &more, 1, MSG_PEEK | MSG_DONTWAIT);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	wirecode_free(req);
	if (n == 1)
		return refuse(in, EPROTO, "request: something came behind it");
	return refuse(in, ECONNRESET,
	    "request: the connection ended behind it");
}

static int
receive(struct receipt *in, struct wire_request *req)
{
	size_t len = 0;

	if (receive_head(in, &len) == 0 && receive_body(in, len, req) == 0)
		return 0;
	unixsock_close_all(in->fds, in->count);
	return -1;
}

int
wire_receive_request(int sock, int ms, struct wire_request *req, int fds[3],
    char *why, size_t size)
{
	struct receipt in = { .sock = sock, .ms = ms, .why = why,
	    .deadline = deadline_in(ms), .size = size };
	struct hurry hurry;
	int i, r;

	memset(req, 0, sizeof(*req));
	hurry_begin(&hurry, ms);
	r = receive(&in, req);
	hurry_end(&hurry);
	for (i = 0; r == 0 && i < 3; i++)
		fds[i] = in.fds[i];
	return r;
}

int
wire_answer(int sock, int ms)
{
	const char answer = ANSWER;

	return unixsock_send(sock, &answer, 1, NULL, 0, deadline_in(ms));
}

int
wire_decline(int sock, int ms)
{
	const char answer = NO_ANSWER;

	return unixsock_send(sock, &answer, 1, NULL, 0, deadline_in(ms));
}

int
wire_wait_answer(int sock, int ms)
{
	struct hurry hurry;
	char answer[2];
	ssize_t n;

	hurry_begin(&hurry, ms);
	n = unixsock_receive(sock, answer, sizeof(answer), NULL, NULL,
	    deadline_in(ms));
	hurry_end(&hurry);
	if (n == -1)
		return -1;
	if (n == 1 && answer[0] == ANSWER)
		return 0;
	if (n == 1 && answer[0] == NO_ANSWER)
		errno = ECANCELED;
	else
		errno = n == 0 ? ECONNRESET : EPROTO;
	return -1;
}

int
wire_send(int sock, enum wire_type type, const void *data, size_t len,
    int ms)
{
	return frame_send(sock, (int)type, data, len, deadline_in(ms));
}

int
wire_send_text(int sock, const char *text, size_t len, int ms)
{
	const long long deadline = deadline_in(ms);
	size_t part;

	for (; len > 0; text += part, len -= part) {
		part = len < FRAME_MAX ? len : FRAME_MAX;
		if (frame_send(sock, WIRE_TEXT, text, part, deadline) == -1)
			return -1;
	}
	return 0;
}

int
wire_send_end(int sock, int wstatus, int ms)
{
	unsigned char end[END_SIZE];

	if (WIFEXITED(wstatus)) {
		end[0] = END_EXITED;
		bigendian_put(end + 1, (uint32_t)WEXITSTATUS(wstatus));
	} else if (WIFSIGNALED(wstatus)) {
		end[0] = END_SIGNALLED;
		bigendian_put(end + 1, (uint32_t)WTERMSIG(wstatus));
	} else {
		errno = EINVAL;
		return -1;
	}
	return wire_send(sock, WIRE_END, end, sizeof(end), ms);
}

int
wire_get_end(const struct frame *frame, int *wstatus)
{
	const unsigned char *end = (const unsigned char *)frame->data;
	unsigned int number;

	if (frame->type != WIRE_END || frame->len != END_SIZE)
		return -1;
	number = bigendian_get(end + 1);
	/* As the kernel packs it, which wait(2) does not name. */
	if (end[0] == END_EXITED && number <= 255)
		*wstatus = (int)(number << 8);
	else if (end[0] == END_SIGNALLED && number > 0 && number <= SIGNAL_MAX)
		*wstatus = (int)number;
	else
		return -1;
	return 0;
}
