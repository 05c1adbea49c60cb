/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * A client of a session of pty-broker(1) at its socket, without a terminal:
 *
 *	ptyclient [-gw] [-n BYTES] [-p FILE] [-s ROWSxCOLS] SOCKET FILE
 *
 * follows the output into FILE.  What FILE holds to begin with it has: it says
 * so, and goes on behind it.  Ends as the session's command did; with 90 if
 * something was lost or came twice, with 91 if the session went away, with 92
 * if it was detached, with 0 after BYTES.
 *
 *	-g	gaps are no fault: each is told on standard error
 *	-p	type what is in FILE
 *	-w	take a rest of 5 ms after each message
 *
 *	ptyclient -v VERSION SOCKET
 *
 * greets, and shows the answer.
 *
 *	ptyclient -r SEED -n TIMES SOCKET
 *
 * talks nonsense, each time on a new connection, with descriptors of all kinds
 * among it.
 */

#include "config.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "packet.h"
#include "proto.h"

#define LOST 90
#define GONE 91
#define DETACHED 92

static uint64_t have;		/* the next byte that is to come */
static int gaps;		/* are no fault */
static int rests;		/* after each message */
static int file = -1, typing = -1;

static int
dial(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const int sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(addr.sun_path))
		errx(99, "%s: too long", path);
	memcpy(addr.sun_path, path, strlen(path) + 1);
	if (sock == -1 ||
	    connect(sock, (struct sockaddr *)&addr, sizeof(addr)) == -1)
		err(GONE, "%s", path);
	return sock;
}

static void
await(int sock, short events)
{
	struct pollfd pfd = { .fd = sock, .events = events };

	while (poll(&pfd, 1, -1) == -1)
		if (errno != EINTR)
			err(99, "poll");
}

static void
send_it(int sock, int type, const void *data, size_t len)
{
	while (packet_send(sock, type, data, len, -1) == -1) {
		if (errno != EAGAIN)
			err(GONE, "send");
		await(sock, POLLOUT);
	}
}

/* Returns 1, or 0 for the end. */
static int
receive(int sock, struct packet *packet)
{
	static unsigned char buf[PACKET_BUFFER];
	int r;

	while ((r = packet_receive(sock, buf, packet)) == -1) {
		if (errno == ECONNRESET)
			return 0;
		if (errno != EAGAIN)
			err(99, "receive");
		await(sock, POLLIN);
	}
	return r;
}

static void
greet(int sock)
{
	unsigned char buf[4];
	struct packet packet;

	proto_put_number(buf, PROTO_VERSION);
	send_it(sock, PROTO_HELLO, buf, sizeof(buf));
	if (receive(sock, &packet) != 1 || packet.type != PROTO_HELLO)
		errx(GONE, "no greeting");
}

static void
attach(int sock, const struct proto_size *size)
{
	struct proto_attach request = {
		.flags = PROTO_HAVE, .offset = have, .size = *size,
	};
	unsigned char buf[PROTO_ATTACH_LEN];

	proto_put_attach(buf, &request);
	send_it(sock, PROTO_ATTACH, buf, sizeof(buf));
}

static void
hear_output(const struct packet *packet)
{
	const unsigned char *p = packet->data + 8;
	size_t len = packet->len - 8;
	uint64_t offset;
	ssize_t n;

	if (proto_get_offset(&offset, packet->data, packet->len) == -1 ||
	    offset != have)
		errx(LOST, "output of %llu, not of %llu",
		    (unsigned long long)offset, (unsigned long long)have);
	for (; len > 0; p += n, len -= (size_t)n, have += (uint64_t)n)
		if ((n = write(file, p, len)) == -1)
			err(99, "write");
}

static void
hear_gap(const struct packet *packet)
{
	uint64_t from, to;

	if (packet->len < 16 ||
	    proto_get_offset(&from, packet->data, 8) == -1 ||
	    proto_get_offset(&to, packet->data + 8, 8) == -1 ||
	    from != have || to <= from || !gaps)
		errx(LOST, "a gap behind %llu", (unsigned long long)have);
	fprintf(stderr, "gap %llu %llu\n", (unsigned long long)from,
	    (unsigned long long)to);
	have = to;
}

static void
hear(const struct packet *packet)
{
	uint32_t status;

	switch (packet->type) {
	case PROTO_OUTPUT:
		hear_output(packet);
		break;
	case PROTO_GAP:
		hear_gap(packet);
		break;
	case PROTO_PAINT:
		/* Who has all of it needs none, but for the end. */
		if (gaps)
			fprintf(stderr, "paint %zu\n", packet->len);
		break;
	case PROTO_EXIT:
		if (proto_get_number(&status, packet->data, packet->len) == -1)
			errx(99, "bad status");
		exit(WIFSIGNALED((int)status) ?
		    128 + WTERMSIG((int)status) : WEXITSTATUS((int)status));
	case PROTO_DETACHED:
		exit(DETACHED);
	case PROTO_REFUSED:
		errx(GONE, "refused: %.*s", (int)packet->len,
		    (const char *)packet->data);
	default:
		break;
	}
}

/* Type the next piece, if there is room for it. */
static void
type_some(int sock)
{
	static unsigned char buf[4096];
	static ssize_t n;

	if (n == 0 && (n = read(typing, buf, sizeof(buf))) <= 0) {
		close(typing);
		typing = -1;
		return;
	}
	if (packet_send(sock, PROTO_INPUT, buf, (size_t)n, -1) == 0)
		n = 0;
	else if (errno != EAGAIN)
		err(GONE, "send");
}

static void
follow(int sock, uint64_t limit)
{
	struct pollfd pfd = { .fd = sock };
	struct packet packet;

	while (have < limit) {
		pfd.events = (short)(POLLIN | (typing != -1 ? POLLOUT : 0));
		if (poll(&pfd, 1, -1) == -1)
			err(99, "poll");
		if (pfd.revents & POLLOUT)
			type_some(sock);
		if (!(pfd.revents & (POLLIN | POLLHUP | POLLERR)))
			continue;
		if (receive(sock, &packet) != 1)
			errx(GONE, "the session is gone");
		hear(&packet);
		if (rests)
			usleep(5000);
	}
}

static int
show_answer(int sock, uint32_t version)
{
	unsigned char buf[4];
	struct packet packet;

	proto_put_number(buf, version);
	send_it(sock, PROTO_HELLO, buf, sizeof(buf));
	if (receive(sock, &packet) != 1)
		errx(GONE, "no answer");
	if (packet.type == PROTO_REFUSED)
		printf("refused: %.*s\n", (int)packet.len,
		    (const char *)packet.data);
	else
		printf("%d\n", packet.type);
	return 0;
}

/* One of each kind that somebody might hand over for a terminal. */
static int
odd_descriptor(void)
{
	static const struct {
		const char *path;
		int flags;
	} odd[] = {
		{ "/dev/null", O_RDWR }, { "/dev/zero", O_RDONLY },
		{ "/dev/ptmx", O_RDWR | O_NOCTTY },
		{ "/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK },
		{ "/dev/full", O_RDWR | O_NONBLOCK }, { "/", O_DIRECTORY },
		{ "/etc/passwd", O_RDONLY | O_NONBLOCK },
		{ "/dev/ptmx", O_PATH }, { "/etc/passwd", O_PATH },
		{ "/tmp", O_TMPFILE | O_RDWR },
	};
	const size_t kinds = sizeof(odd) / sizeof(odd[0]);
	const size_t kind = (size_t)random() % (kinds + 3);
	int pair[2] = { -1, -1 }, fd = -1;

	if (kind < kinds)
		return open(odd[kind].path, odd[kind].flags | O_CLOEXEC, 0600);
	if (kind == kinds ? pipe2(pair, O_CLOEXEC | O_NONBLOCK) :
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -1;
	if (kind == kinds + 2) {
		/* The other side of a terminal whose master is gone. */
		int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
		int no = 0;

		if (master != -1 && ioctl(master, TIOCSPTLCK, &no) == 0)
			fd = ioctl(master, TIOCGPTPEER,
			    O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
		if (master != -1)
			close(master);
	} else
		fd = dup(pair[0]);
	close(pair[0]);
	close(pair[1]);
	return fd;
}

/* Several descriptors at once, which no message has. */
static void
send_many(int sock)
{
	union {
		char buf[CMSG_SPACE(3 * sizeof(int))];
		struct cmsghdr align;
	} control;
	char type = PROTO_ATTACH;
	struct iovec iov = { &type, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	const int fds[3] = { 0, 1, sock };
	struct cmsghdr *cmsg;

	memset(&control, 0, sizeof(control));
	cmsg = CMSG_FIRSTHDR(&msg);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(cmsg), fds, sizeof(fds));
	(void)sendmsg(sock, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* Types that end the session or type into it are left to others. */
static int
any_type(void)
{
	static const int types[] = {
		PROTO_HELLO, PROTO_ATTACH, PROTO_RESIZE, PROTO_DETACH,
		PROTO_ENVIRON, PROTO_PEEK, PROTO_WAIT, PROTO_PAUSE,
		PROTO_RESUME, PROTO_DUMP_HEAD, PROTO_DUMP, PROTO_REFUSED,
		PROTO_OUTPUT, PROTO_EXIT, 0, 200, 255,
	};

	return types[(size_t)random() % (sizeof(types) / sizeof(types[0]))];
}

static void
nonsense_once(int sock)
{
	static unsigned char junk[PACKET_MAX];
	struct proto_attach request = { .flags = 0 };
	size_t len = (size_t)random() % 64, i;
	int type = any_type(), fd = -1;

	if (random() % 32 == 0)
		len = PACKET_MAX;
	for (i = 0; i < len; i++)
		junk[i] = (unsigned char)random();
	if (type == PROTO_ATTACH && random() % 2 == 0) {
		request.flags = (uint32_t)random() & 0x3fu;
		request.offset = (uint64_t)random();
		request.size.rows = (uint16_t)random();
		request.size.cols = (uint16_t)random();
		proto_put_attach(junk, &request);
		len = PROTO_ATTACH_LEN;
	}
	if (random() % 3 == 0)
		fd = odd_descriptor();
	if (random() % 16 == 0)
		send_many(sock);
	/* A packet of nothing at all, too. */
	if (random() % 64 == 0)
		(void)send(sock, "", 0, MSG_DONTWAIT | MSG_NOSIGNAL);
	(void)packet_send(sock, type, junk, len, fd);
	if (fd != -1)
		close(fd);
}

static int
talk_nonsense(const char *path, unsigned int seed, uint64_t times)
{
	unsigned char buf[4];
	long i, n;
	int sock;

	srandom(seed);
	for (; times > 0; times--) {
		sock = dial(path);
		n = random() % 20;
		if (random() % 4 != 0) {
			proto_put_number(buf, PROTO_VERSION);
			(void)packet_send(sock, PROTO_HELLO, buf, sizeof(buf),
			    -1);
		}
		for (i = 0; i < n; i++)
			nonsense_once(sock);
		close(sock);
	}
	return 0;
}

static int
open_all(const char *path, const char *input)
{
	struct stat st;

	file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (file == -1 || fstat(file, &st) == -1)
		return -1;
	have = (uint64_t)st.st_size;
	if (input != NULL)
		typing = open(input, O_RDONLY | O_CLOEXEC);
	return input == NULL || typing != -1 ? 0 : -1;
}

int
main(int argc, char **argv)
{
	struct proto_size size = { 0, 0, 0, 0 };
	const char *input = NULL, *seed = NULL, *version = NULL;
	uint64_t limit = UINT64_MAX;
	int ch, sock;

	while ((ch = getopt(argc, argv, "+gn:p:r:s:v:w")) != -1) {
		if (ch == 'g')
			gaps = 1;
		else if (ch == 'n')
			limit = strtoull(optarg, NULL, 10);
		else if (ch == 'p')
			input = optarg;
		else if (ch == 'r')
			seed = optarg;
		else if (ch == 's')
			sscanf(optarg, "%hux%hu", &size.rows, &size.cols);
		else if (ch == 'v')
			version = optarg;
		else if (ch == 'w')
			rests = 1;
		else
			return 64;
	}
	argv += optind;
	if (argv[0] == NULL)
		errx(64, "usage: ptyclient [-g] SOCKET FILE");
	if (seed != NULL)
		return talk_nonsense(argv[0], (unsigned int)atoi(seed), limit);
	sock = dial(argv[0]);
	if (version != NULL)
		return show_answer(sock, (uint32_t)atoi(version));
	if (argv[1] == NULL || open_all(argv[1], input) == -1)
		err(99, "%s", argv[1] == NULL ? "FILE" : argv[1]);
	greet(sock);
	attach(sock, &size);
	follow(sock, limit);
	return 0;
}
