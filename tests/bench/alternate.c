/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Runs commands in turn, so that what slows the machine down slows all of
 * them down, and prints how long each took from fork to exit: the median, the
 * quartiles and the ratio of the medians to the first command's.
 *
 *	alternate ROUNDS NAME COMMAND [ARG ...] [-- NAME COMMAND ...] ...
 */

#include <sys/wait.h>

#include <err.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CONTENDERS_MAX 16

extern char **environ;

struct contender {
	const char *name;
	char **argv;
	double *ms;
};

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* How long it took; a command that fails would be fast for nothing. */
static double
run(const struct contender *c, posix_spawn_file_actions_t *quiet)
{
	double start = now(), end;
	int status;
	pid_t pid;

	if (posix_spawnp(&pid, c->argv[0], quiet, NULL, c->argv,
	    environ) != 0)
		errx(1, "%s: cannot run %s", c->name, c->argv[0]);
	if (waitpid(pid, &status, 0) != pid)
		err(1, "waitpid");
	end = now();
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		errx(1, "%s: ended with wait status %#x", c->name,
		    (unsigned int)status);
	return end - start;
}

/* Each up to the next "--".  Returns how many. */
static int
parse(char **argv, struct contender *c, size_t rounds)
{
	int n = 0;

	while (*argv != NULL) {
		if (n == CONTENDERS_MAX || argv[1] == NULL ||
		    strcmp(argv[1], "--") == 0)
			errx(64, "too many, or a name without a command");
		c[n].name = *argv++;
		c[n].argv = argv;
		if ((c[n].ms = calloc(rounds, sizeof(double))) == NULL)
			err(1, NULL);
		while (*argv != NULL && strcmp(*argv, "--") != 0) {
			/* "\--" stands for an argument "--". */
			if (strcmp(*argv, "\\--") == 0)
				++*argv;
			argv++;
		}
		if (*argv != NULL)
			*argv++ = NULL;
		n++;
	}
	return n;
}

static void
print(const struct contender *c, int n, size_t rounds)
{
	double first = 0, median;
	int i;

	printf("%-28s %9s %9s %9s %7s\n", "", "median", "quarter",
	    "quarter", "ratio");
	for (i = 0; i < n; i++) {
		qsort(c[i].ms, rounds, sizeof(double), compare);
		median = c[i].ms[rounds / 2];
		if (i == 0)
			first = median;
		printf("%-28s %6.2f ms %6.2f ms %6.2f ms %7.3f\n", c[i].name,
		    median, c[i].ms[rounds / 4], c[i].ms[rounds * 3 / 4],
		    median / first);
	}
}

int
main(int argc, char **argv)
{
	struct contender c[CONTENDERS_MAX];
	posix_spawn_file_actions_t quiet;
	size_t round, rounds;
	int i, n;

	if (argc < 4 || (rounds = strtoul(argv[1], NULL, 10)) == 0)
		errx(64, "usage: alternate ROUNDS NAME COMMAND ... [-- ...]");
	n = parse(argv + 2, c, rounds);
	if (posix_spawn_file_actions_init(&quiet) != 0 ||
	    posix_spawn_file_actions_addopen(&quiet, 0, "/dev/null", O_RDONLY,
	    0) != 0 ||
	    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY,
	    0) != 0)
		errx(1, "posix_spawn_file_actions");
	for (i = 0; i < n; i++)
		(void)run(&c[i], &quiet);	/* not counted: caches fill */
	for (round = 0; round < rounds; round++) {
		/* Forward and backward, so that nobody is always behind. */
		for (i = 0; i < n; i++) {
			int k = round % 2 == 0 ? i : n - 1 - i;

			c[k].ms[round] = run(&c[k], &quiet);
		}
	}
	print(c, n, rounds);
	return 0;
}
