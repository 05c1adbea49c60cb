/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * A program that serves a socket of AF_UNIX, and its clients.
 *
 *	streamtalk serve PATH
 *
 * says "ready"; each client is told, when he has said the end, how many bytes
 * came and what their sum is.
 *
 *	streamtalk send PATH BYTES [TIMES]
 *
 * sends that many bytes in pieces of any size, says the end, and ends with 0
 * if the answer is right, each time on a new connection; with 1 for a wrong
 * one, 3 if there was none, 2 if it could not connect.
 *
 *	streamtalk hold PATH COUNT
 *
 * opens so many connections, says "held", and waits until all of them have
 * ended; then says "ended".  Those that are ended at once count as well.
 */

#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <inttypes.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE_MAX 200000

struct sum {
	uint64_t count, sum;
};

static unsigned char buffer[PIECE_MAX];

static void
add(struct sum *sum, const unsigned char *bytes, size_t len)
{
	size_t i;

	sum->count += len;
	for (i = 0; i < len; i++)
		sum->sum = (sum->sum ^ bytes[i]) * UINT64_C(1099511628211);
}

static struct sockaddr_un
address(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(addr.sun_path))
		errx(64, "%s: too long", path);
	memcpy(addr.sun_path, path, strlen(path));
	return addr;
}

static int
dial(const char *path)
{
	const struct sockaddr_un addr = address(path);
	const int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd == -1 || connect(fd, (const struct sockaddr *)&addr,
	    sizeof(addr)) == -1)
		err(2, "%s", path);
	return fd;
}

static void
serve(const char *path)
{
	const struct sockaddr_un addr = address(path);
	const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sum sum;
	ssize_t n;
	int fd;

	if (listener == -1 || bind(listener, (const struct sockaddr *)&addr,
	    sizeof(addr)) == -1 || listen(listener, 512) == -1)
		err(2, "%s", path);
	printf("ready\n");
	fflush(stdout);
	while ((fd = accept(listener, NULL, NULL)) != -1) {
		memset(&sum, 0, sizeof(sum));
		while ((n = read(fd, buffer, sizeof(buffer))) > 0)
			add(&sum, buffer, (size_t)n);
		(void)!write(fd, &sum, sizeof(sum));
		(void)close(fd);
	}
	err(2, "accept");
}

static void
send_once(const char *path, uint64_t size, unsigned int *seed)
{
	const int fd = dial(path);
	struct sum sum = { 0, 0 }, answer;
	size_t len, i;

	while (sum.count < size) {
		len = 1 + (size_t)rand_r(seed) % PIECE_MAX;
		if (len > size - sum.count)
			len = (size_t)(size - sum.count);
		for (i = 0; i < len; i += 64)
			buffer[i] = (unsigned char)rand_r(seed);
		add(&sum, buffer, len);
		if (send(fd, buffer, len, MSG_NOSIGNAL) != (ssize_t)len)
			err(3, "send");
	}
	(void)shutdown(fd, SHUT_WR);
	if (recv(fd, &answer, sizeof(answer), MSG_WAITALL) !=
	    (ssize_t)sizeof(answer))
		errx(3, "no answer");
	if (memcmp(&answer, &sum, sizeof(sum)) != 0)
		errx(1, "%" PRIu64 " bytes of %" PRIu64, answer.count,
		    sum.count);
	(void)close(fd);
}

static void
hold(const char *path, int count)
{
	int *fds = calloc((size_t)count, sizeof(int)), i;
	char byte;

	if (fds == NULL)
		err(2, NULL);
	for (i = 0; i < count; i++)
		fds[i] = dial(path);
	printf("held\n");
	fflush(stdout);
	for (i = 0; i < count; i++)
		while (read(fds[i], &byte, 1) == 1)
			continue;
	printf("ended\n");
	free(fds);
}

int
main(int argc, char **argv)
{
	unsigned int seed = 1;
	long times;

	(void)signal(SIGPIPE, SIG_IGN);
	if (argc == 3 && strcmp(argv[1], "serve") == 0)
		serve(argv[2]);
	else if ((argc == 4 || argc == 5) && strcmp(argv[1], "send") == 0) {
		times = argc == 5 ? atol(argv[4]) : 1;
		while (times-- > 0)
			send_once(argv[2], strtoull(argv[3], NULL, 10), &seed);
	} else if (argc == 4 && strcmp(argv[1], "hold") == 0)
		hold(argv[2], atoi(argv[3]));
	else
		errx(64, "usage: see the source");
	return 0;
}
