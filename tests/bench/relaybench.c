/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What relays of unix sockets cost, in turn, so that what slows the machine
 * down slows all of them down.
 *
 *	relaybench bulk ROUNDS MIB BLOCK SINK NAME=PATH ...
 *	relaybench connect ROUNDS COUNT SINK NAME=PATH ...
 *
 * Listens at SINK, where the relays that listen at the paths lead to; a path
 * may be SINK itself.  bulk: MiB a second with writes of BLOCK bytes, each
 * time on a new connection, until the number of bytes that arrived has come
 * back.  connect: connections a second, one after the other, each with a byte
 * and an answer.  The median, the quartiles and the ratio to the first one.
 */

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <err.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CONTENDERS_MAX 16
#define BUFFER_SIZE 262144

struct contender {
	const char *name, *path;
	double *rates;
};

static unsigned char buffer[BUFFER_SIZE];

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static struct sockaddr_un
address(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(addr.sun_path))
		errx(1, "%s: too long", path);
	memcpy(addr.sun_path, path, strlen(path));
	return addr;
}

static int
connect_to(const char *path)
{
	const struct sockaddr_un addr = address(path);
	const int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd == -1 || connect(fd, (const struct sockaddr *)&addr,
	    sizeof(addr)) == -1)
		err(1, "%s", path);
	return fd;
}

/* Count what comes on each connection, and say so at its end. */
static void
sink(int listener)
{
	uint64_t count;
	ssize_t n;
	int fd;

	for (;;) {
		if ((fd = accept(listener, NULL, NULL)) == -1)
			err(1, "accept");
		count = 0;
		while ((n = read(fd, buffer, sizeof(buffer))) > 0)
			count += (uint64_t)n;
		if (write(fd, &count, sizeof(count)) != sizeof(count))
			warn("answer");
		(void)close(fd);
	}
}

static pid_t
start_sink(const char *path)
{
	const struct sockaddr_un addr = address(path);
	const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	pid_t pid;

	(void)unlink(path);
	if (fd == -1 || bind(fd, (const struct sockaddr *)&addr,
	    sizeof(addr)) == -1 || listen(fd, 128) == -1)
		err(1, "%s", path);
	if ((pid = fork()) == -1)
		err(1, "fork");
	if (pid == 0)
		sink(fd);
	(void)close(fd);
	return pid;
}

/* Once: send so much, and hear that all of it arrived. */
static void
send_all(const struct contender *c, uint64_t size, size_t block)
{
	const int fd = connect_to(c->path);
	uint64_t sent = 0, count = 0;
	ssize_t n;

	while (sent < size) {
		n = write(fd, buffer, block);
		if (n <= 0)
			err(1, "%s: write", c->name);
		sent += (uint64_t)n;
	}
	(void)shutdown(fd, SHUT_WR);
	if (recv(fd, &count, sizeof(count), MSG_WAITALL) != sizeof(count))
		errx(1, "%s: no answer", c->name);
	if (count != sent)
		errx(1, "%s: %llu of %llu bytes arrived", c->name,
		    (unsigned long long)count, (unsigned long long)sent);
	(void)close(fd);
}

static int
compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
print(struct contender *c, int n, size_t rounds, const char *unit)
{
	double first = 0, median;
	int i;

	printf("%-28s %9s %9s %9s %6s\n", unit, "median", "quarter",
	    "quarter", "ratio");
	for (i = 0; i < n; i++) {
		qsort(c[i].rates, rounds, sizeof(double), compare);
		median = c[i].rates[rounds / 2];
		if (i == 0)
			first = median;
		printf("%-28s %9.0f %9.0f %9.0f %6.3f\n", c[i].name, median,
		    c[i].rates[rounds / 4], c[i].rates[rounds * 3 / 4],
		    median / first);
	}
}

static int
parse(char **argv, struct contender *c, size_t rounds)
{
	int n;

	for (n = 0; argv[n] != NULL; n++) {
		char *path = strchr(argv[n], '=');

		if (n == CONTENDERS_MAX || path == NULL)
			errx(64, "too many, or not NAME=PATH");
		*path = '\0';
		c[n].name = argv[n];
		c[n].path = path + 1;
		if ((c[n].rates = calloc(rounds, sizeof(double))) == NULL)
			err(1, NULL);
	}
	return n;
}

int
main(int argc, char **argv)
{
	struct contender c[CONTENDERS_MAX];
	const int bulk = argc > 1 && strcmp(argv[1], "bulk") == 0;
	size_t amount, block = 1, i, round, rounds, times = 1;
	double start;
	pid_t pid;
	int n;

	if (argc < 6 + bulk)
		errx(64, "usage: relaybench bulk ROUNDS MIB BLOCK SINK "
		    "NAME=PATH ... | connect ROUNDS COUNT SINK ...");
	rounds = strtoul(argv[2], NULL, 10);
	amount = strtoul(argv[3], NULL, 10);
	if (bulk)
		block = strtoul(argv[4], NULL, 10);
	else
		times = amount;
	if (rounds == 0 || amount == 0 || block == 0 || block > BUFFER_SIZE)
		errx(64, "numbers");
	n = parse(argv + 5 + bulk, c, rounds);
	pid = start_sink(argv[4 + bulk]);
	for (round = 0; round < rounds * (size_t)n; round++) {
		/* Forward and backward, so that nobody is always behind. */
		const size_t turn = round / (size_t)n;
		const size_t k = round % (size_t)n;
		struct contender *who = &c[turn % 2 == 0 ? k :
		    (size_t)n - 1 - k];

		start = now();
		for (i = 0; i < times; i++)
			send_all(who, bulk ? (uint64_t)amount << 20 : 1,
			    block);
		who->rates[turn] = (double)amount / (now() - start);
	}
	print(c, n, rounds, bulk ? "MiB/s" : "connections/s");
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	return 0;
}
