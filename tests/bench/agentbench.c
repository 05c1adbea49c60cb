/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * How fast an agent is through those that stand in front of it.  The sides in
 * turn, there and back, so that what slows the machine down slows all of them
 * down; the first one is what the others are compared to, round by round.
 *
 *	agentbench ROUNDS WHAT OPERATIONS CLIENTS <SIDES
 *	  list | sign		on connections that stay
 *	  connect		a list on a new connection each time
 *	agentbench ROUNDS idle CONNECTIONS <SIDES
 *				what connections cost that do nothing, after a
 *				list each
 *
 * A side is a line "NAME|SOCKET|PID ...": what is between, without the agent;
 * the processes below these count, too.
 */

#include "tests/bench/agentside.h"

#include <sys/epoll.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SIDES_MAX 16
#define PIDS_MAX 8
#define CLIENTS_MAX 1024

struct side {
	char *name;
	char *path;
	pid_t pids[PIDS_MAX];
	size_t npids;
	double *figure[2];	/* a round each: us or a second; the p99 */
	double cpu;		/* of all rounds, in us */
};

struct client {
	int fd;
	double start;
	struct agent_frame reply;
};

static size_t rounds, operations, clients = 1;
static int fresh;		/* a connection for each operation */
static int answer = 12;		/* the type of the replies */
static struct agent_frame request;
static struct client client[CLIENTS_MAX];
static double *us;		/* of each operation */

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
quantile(double *values, size_t n, double part)
{
	qsort(values, n, sizeof(double), compare);
	return values[(size_t)((double)(n - 1) * part + 0.5)];
}

static size_t
read_sides(struct side *sides)
{
	char *line = NULL, *rest, *word;
	struct side *side;
	size_t size = 0, n = 0;

	while (getline(&line, &size, stdin) > 0) {
		if (n == SIDES_MAX)
			errx(64, "too many sides");
		side = &sides[n++];
		rest = strdup(line);
		side->name = strsep(&rest, "|");
		side->path = strsep(&rest, "|\n");
		while ((word = strsep(&rest, " \n")) != NULL)
			if (*word != '\0' && side->npids < PIDS_MAX)
				side->pids[side->npids++] =
				    (pid_t)strtol(word, NULL, 10);
		side->figure[0] = calloc(rounds, sizeof(double));
		side->figure[1] = calloc(rounds, sizeof(double));
		if (side->path == NULL || side->figure[0] == NULL ||
		    side->figure[1] == NULL)
			errx(64, "a side is NAME|SOCKET|PID ...");
	}
	free(line);
	if (n == 0)
		errx(64, "no sides");
	return n;
}

/* One after the other: nothing but the agent is waited for. */
static void
run_one(const char *path)
{
	struct client *c = &client[0];
	double start;
	size_t i;

	if (!fresh)
		c->fd = agent_connect(path);
	for (i = 0; i < operations; i++) {
		start = now();
		if (fresh)
			c->fd = agent_connect(path);
		agent_ask(c->fd, &request, &c->reply, answer);
		if (fresh)
			(void)close(c->fd);
		us[i] = now() - start;
	}
	if (!fresh)
		(void)close(c->fd);
}

static void
begin(struct client *c, int poller, const char *path)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };

	c->start = now();
	c->reply.len = 0;
	if (c->fd == -1) {
		c->fd = agent_connect(path);
		if (epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event) == -1)
			err(1, "epoll_ctl");
	}
	agent_send(c->fd, &request);
}

/* Each with one request on its way.  Returns 1 if its reply is there. */
static int
hear(struct client *c)
{
	if (agent_read(c->fd, &c->reply) <= 0)
		errx(1, "a request without a reply");
	if (!agent_is_whole(&c->reply))
		return 0;
	if (c->reply.data[4] != answer)
		errx(1, "a reply of type %d", c->reply.data[4]);
	if (fresh) {
		(void)close(c->fd);
		c->fd = -1;
	}
	return 1;
}

static void
run_many(const char *path)
{
	struct epoll_event events[64];
	const int poller = epoll_create1(EPOLL_CLOEXEC);
	size_t begun, done = 0, i;
	struct client *c;
	int n;

	for (begun = 0; begun < clients; begun++) {
		client[begun].fd = -1;
		begin(&client[begun], poller, path);
	}
	while (done < operations) {
		if ((n = epoll_wait(poller, events, 64, 60000)) <= 0)
			errx(1, "%s: nothing for a minute", path);
		while (n-- > 0 && done < operations) {
			c = events[n].data.ptr;
			if (!hear(c))
				continue;
			us[done++] = now() - c->start;
			if (begun < operations) {
				begun++;
				begin(c, poller, path);
			}
		}
	}
	for (i = 0; i < clients; i++)
		if (client[i].fd != -1)
			(void)close(client[i].fd);
	(void)close(poller);
}

static void
measure(struct side *side, size_t round)
{
	const double cpu = agent_cpu(side->pids, side->npids);
	const double start = now();
	double all;

	if (clients == 1)
		run_one(side->path);
	else
		run_many(side->path);
	all = now() - start;
	side->cpu += agent_cpu(side->pids, side->npids) - cpu;
	side->figure[0][round] = fresh || clients > 1 ?
	    (double)operations * 1e6 / all : quantile(us, operations, 0.5);
	side->figure[1][round] = quantile(us, operations, 0.99);
}

/* The median, what it is more, and the ratio, of the rounds. */
static void
print_side(const struct side *side, const struct side *first)
{
	double *over = calloc(rounds, sizeof(double));
	double *ratio = calloc(rounds, sizeof(double));
	size_t i;

	if (over == NULL || ratio == NULL)
		err(1, NULL);
	for (i = 0; i < rounds; i++) {
		over[i] = side->figure[0][i] - first->figure[0][i];
		ratio[i] = side->figure[0][i] / first->figure[0][i];
	}
	printf("%-24s", side->name);
	/* Sorting the first one's rounds would part them from the others'. */
	printf(" %7.2f %7.2f %7.2f", quantile(ratio, rounds, 0.5),
	    quantile(ratio, rounds, 0.25), quantile(ratio, rounds, 0.75));
	printf(" %8.1f", quantile(over, rounds, 0.5));
	memcpy(over, side->figure[0], rounds * sizeof(double));
	printf(" %9.1f", quantile(over, rounds, 0.5));
	printf(" %9.1f", quantile(side->figure[1], rounds, 0.5));
	if (side->npids > 0)
		printf(" %8.1f", side->cpu /
		    (double)(rounds * operations));
	putchar('\n');
	free(over);
	free(ratio);
}

static void
bench(struct side *sides, size_t n)
{
	size_t round, i, k;

	us = calloc(operations, sizeof(double));
	if (us == NULL)
		err(1, NULL);
	for (i = 0; i < n; i++) {
		measure(&sides[i], 0);	/* not counted: caches fill */
		sides[i].cpu = 0;
	}
	for (round = 0; round < rounds; round++)
		for (i = 0; i < n; i++) {
			k = round % 2 == 0 ? i : n - 1 - i;
			measure(&sides[k], round);
		}
	printf("%-24s %7s %7s %7s %8s %9s %9s %8s\n", "", "ratio", "quarter",
	    "quarter", "more", fresh || clients > 1 ? "a second" : "p50, us",
	    "p99, us", "cpu, us");
	for (i = 0; i < n; i++)
		print_side(&sides[i], &sides[0]);
	free(us);
}

static void
idle(struct side *sides, size_t n)
{
	double before[2], after[2];
	size_t i, k;

	printf("%-24s %9s %9s %12s %12s\n", "KiB", "RSS", "PSS",
	    "RSS a conn.", "PSS a conn.");
	for (i = 0; i < n; i++) {
		if (sides[i].npids == 0)
			continue;
		before[0] = agent_memory(sides[i].pids, sides[i].npids, "Rss");
		before[1] = agent_memory(sides[i].pids, sides[i].npids, "Pss");
		for (k = 0; k < operations; k++) {
			client[k].fd = agent_connect(sides[i].path);
			agent_ask(client[k].fd, &request, &client[k].reply,
			    answer);
		}
		after[0] = agent_memory(sides[i].pids, sides[i].npids, "Rss");
		after[1] = agent_memory(sides[i].pids, sides[i].npids, "Pss");
		for (k = 0; k < operations; k++)
			(void)close(client[k].fd);
		printf("%-24s %9.0f %9.0f %12.2f %12.2f\n", sides[i].name,
		    before[0], before[1],
		    (after[0] - before[0]) / (double)operations,
		    (after[1] - before[1]) / (double)operations);
	}
}

/* What all sides are asked; the first one knows the key. */
static void
choose(const char *what, const char *path)
{
	agent_list_request(&request);
	fresh = strcmp(what, "connect") == 0;
	if (strcmp(what, "sign") != 0)
		return;
	client[0].fd = agent_connect(path);
	agent_ask(client[0].fd, &request, &client[0].reply, answer);
	agent_sign_request(&request, &client[0].reply);
	answer = 14;
	(void)close(client[0].fd);
}

int
main(int argc, char **argv)
{
	static struct side sides[SIDES_MAX];
	size_t n;

	if (argc < 4 || argc > 5)
		errx(64, "usage: agentbench ROUNDS WHAT OPERATIONS CLIENTS");
	rounds = strtoul(argv[1], NULL, 10);
	operations = strtoul(argv[3], NULL, 10);
	if (argc == 5)
		clients = strtoul(argv[4], NULL, 10);
	if (rounds == 0 || operations == 0 || clients == 0 ||
	    clients > CLIENTS_MAX || clients > operations)
		errx(64, "ROUNDS, OPERATIONS, CLIENTS");
	n = read_sides(sides);
	choose(argv[2], sides[0].path);
	if (strcmp(argv[2], "idle") != 0)
		bench(sides, n);
	else if (operations <= CLIENTS_MAX)
		idle(sides, n);
	return 0;
}
