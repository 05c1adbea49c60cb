/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What sessions that nobody looks at cost: the memory of their keepers, by the
 * kernel's own sums (smaps_rollup: what several processes share is divided
 * among them), and how often these are woken while nothing happens.  The
 * programs in the sessions are the same everywhere, and not counted.
 *
 *	ptyidle SIDES INNER DIRECTORY SESSIONS SECONDS
 */

#include "tests/bench/ptyside.h"

#include <err.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PIDS_MAX 8192

struct sums {
	double pss, dirty, rss;	/* kB */
	double switches;
	size_t keepers, inner;
};

/* The sum of what stands behind such a word in a file of the process. */
static double
number_of(pid_t pid, const char *file, const char *word)
{
	char path[64], line[256];
	double sum = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%ld/%s", (long)pid, file);
	f = fopen(path, "re");
	if (f == NULL)
		return 0;	/* it has just ended */
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, word, strlen(word)) == 0)
			sum += strtod(line + strlen(word), NULL);
	(void)fclose(f);
	return sum;
}

static struct sums
add_up(void)
{
	static pid_t pids[PIDS_MAX];
	struct sums sums = { 0 };
	size_t n = side_below(pids, PIDS_MAX), i;

	for (i = 0; i < n; i++) {
		if (side_is_inner(pids[i])) {
			sums.inner++;
			continue;
		}
		sums.keepers++;
		sums.pss += number_of(pids[i], "smaps_rollup", "Pss:");
		sums.dirty += number_of(pids[i], "smaps_rollup",
		    "Private_Dirty:");
		sums.rss += number_of(pids[i], "smaps_rollup", "Rss:");
		sums.switches += number_of(pids[i], "status",
		    "voluntary_ctxt_switches:");
	}
	return sums;
}

/*
 * Every program has come to its first rest, and nobody has been woken for a
 * tenth of a second.
 */
static void
settle(const char *name, size_t sessions)
{
	struct sums now, before = { 0 };
	const double start = side_now();

	for (;;) {
		now = add_up();
		if (now.inner == sessions && now.keepers == before.keepers &&
		    now.switches == before.switches)
			return;
		/* Some are never at rest. */
		if (side_now() - start > 10000)
			break;
		before = now;
		(void)poll(NULL, 0, 100);
	}
	if (now.inner != sessions)
		errx(1, "%s: %zu of %zu sessions", name, now.inner, sessions);
}

static void
measure(const struct side *side, size_t sessions, unsigned int seconds)
{
	struct sums before, after;
	const double each = 1.0 / (double)sessions;
	char session[32];
	size_t i;

	for (i = 0; i < sessions; i++) {
		(void)snprintf(session, sizeof(session), "i%zu", i);
		(void)side_start(side->create, session, 0);
	}
	settle(side->name, sessions);
	before = add_up();
	(void)poll(NULL, 0, (int)seconds * 1000);
	after = add_up();
	printf("%-26s %9.1f %9.1f %9.1f %9.2f %9.2f\n", side->name,
	    before.pss * each, before.dirty * each, before.rss * each,
	    (double)before.keepers * each,
	    (after.switches - before.switches) * each);
	(void)fflush(stdout);
	(void)side_end_all();
}

int
main(int argc, char **argv)
{
	static struct side sides[SIDES_MAX];
	size_t n, i, sessions;
	unsigned int seconds;

	if (argc != 6 || (sessions = strtoul(argv[4], NULL, 10)) == 0)
		errx(64, "usage: ptyidle SIDES INNER DIRECTORY SESSIONS "
		    "SECONDS");
	seconds = (unsigned int)strtoul(argv[5], NULL, 10);
	n = side_read(argv[1], sides, 1);
	side_inner(argv[2], argv[3]);
	side_adopt();
	printf("%-26s %9s %9s %9s %9s %9s\n", "kB a session", "PSS",
	    "own", "RSS", "processes", "wakeups");
	for (i = 0; i < n; i++)
		if (sides[i].create != NULL)
			measure(&sides[i], sessions, seconds);
	return 0;
}
