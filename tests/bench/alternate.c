/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Runs commands in turn, so that what slows the machine down slows all of
 * them down, and prints how long each took from start to exit: the median, the
 * quartiles and the ratio of the medians to the first command's.  Then the
 * same of the processor time, its children's included, which says more where
 * other people use the machine.
 *
 *	alternate [-t] ROUNDS NAME COMMAND [ARG ...] [-- NAME COMMAND ...] ...
 *
 * With -t each has a new terminal of its own, which it leads a session on;
 * else it reads from and writes to /dev/null.
 */

#include <sys/resource.h>
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

static int with_terminal;

extern char **environ;

struct contender {
	const char *name;
	char **argv;
	double *ms;	/* by the clock */
	double *cpu;	/* by the processor, in ms */
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

static double
ms_of(const struct timeval *tv)
{
	return (double)tv->tv_sec * 1e3 + (double)tv->tv_usec / 1e3;
}

/*
 * Where it reads from and writes to.  Returns the other end of the terminal,
 * which takes what is printed as long as that is not much, or -1.
 */
static int
prepare(posix_spawn_file_actions_t *files, posix_spawnattr_t *attr)
{
	char path[64];
	int master = -1, r;

	if (posix_spawn_file_actions_init(files) != 0 ||
	    posix_spawnattr_init(attr) != 0)
		errx(1, "posix_spawn_file_actions");
	if (with_terminal) {
		master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
		if (master == -1 || grantpt(master) == -1 ||
		    unlockpt(master) == -1 ||
		    ptsname_r(master, path, sizeof(path)) != 0)
			err(1, "terminal");
		/* Who leads a session, and opens one, has it. */
		r = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSID) |
		    posix_spawn_file_actions_addopen(files, 0, path, O_RDWR,
		    0) | posix_spawn_file_actions_adddup2(files, 0, 1) |
		    posix_spawn_file_actions_adddup2(files, 0, 2);
	} else
		r = posix_spawn_file_actions_addopen(files, 0, "/dev/null",
		    O_RDONLY, 0) | posix_spawn_file_actions_addopen(files, 1,
		    "/dev/null", O_WRONLY, 0);
	if (r != 0)
		errx(1, "posix_spawn_file_actions");
	return master;
}

/* Once; a command that fails would be fast for nothing. */
static void
run(const struct contender *c, size_t round)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	const int master = prepare(&files, &attr);
	const double start = now();
	struct rusage usage;
	int status;
	pid_t pid;

	if (posix_spawnp(&pid, c->argv[0], &files, &attr, c->argv,
	    environ) != 0)
		errx(1, "%s: cannot run %s", c->name, c->argv[0]);
	if (wait4(pid, &status, 0, &usage) != pid)
		err(1, "wait4");
	c->ms[round] = now() - start;
	(void)posix_spawn_file_actions_destroy(&files);
	(void)posix_spawnattr_destroy(&attr);
	if (master != -1)
		(void)close(master);
	c->cpu[round] = ms_of(&usage.ru_utime) + ms_of(&usage.ru_stime);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		errx(1, "%s: ended with wait status %#x", c->name,
		    (unsigned int)status);
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
		c[n].ms = calloc(rounds, sizeof(double));
		c[n].cpu = calloc(rounds, sizeof(double));
		if (c[n].ms == NULL || c[n].cpu == NULL)
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

static double
median(double *values, size_t n)
{
	qsort(values, n, sizeof(double), compare);
	return values[n / 2];
}

static void
print(const struct contender *c, int n, size_t rounds)
{
	double first = 0, first_cpu = 0, ms, cpu;
	int i;

	printf("%-28s %8s %8s %8s %6s %8s %6s\n", "in ms", "median", "quarter",
	    "quarter", "ratio", "cpu", "ratio");
	for (i = 0; i < n; i++) {
		ms = median(c[i].ms, rounds);
		cpu = median(c[i].cpu, rounds);
		if (i == 0) {
			first = ms;
			first_cpu = cpu;
		}
		printf("%-28s %8.2f %8.2f %8.2f %6.3f %8.2f %6.3f\n",
		    c[i].name, ms, c[i].ms[rounds / 4],
		    c[i].ms[rounds * 3 / 4], ms / first, cpu,
		    cpu / first_cpu);
	}
}

int
main(int argc, char **argv)
{
	struct contender c[CONTENDERS_MAX];
	size_t round, rounds;
	int i, n;

	if (argc > 1 && strcmp(argv[1], "-t") == 0) {
		with_terminal = 1;
		argc--;
		argv++;
	}
	if (argc < 4 || (rounds = strtoul(argv[1], NULL, 10)) == 0)
		errx(64, "usage: alternate [-t] ROUNDS NAME COMMAND ... "
		    "[-- ...]");
	n = parse(argv + 2, c, rounds);
	for (i = 0; i < n; i++)
		run(&c[i], 0);	/* not counted: caches fill */
	for (round = 0; round < rounds; round++) {
		/* Forward and backward, so that nobody is always behind. */
		for (i = 0; i < n; i++) {
			int k = round % 2 == 0 ? i : n - 1 - i;

			run(&c[k], round);
		}
	}
	print(c, n, rounds);
	return 0;
}
