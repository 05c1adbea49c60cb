/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * How the time of the filter grows with the number of variables and that of
 * patterns: one line of figures for each pair, the median of a few rounds in
 * microseconds, and by variable.  No variable matches any pattern but the
 * last, the longest way there is.
 *
 *	filtergrowth [ROUNDS]
 */

#include "config.h"

#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "envfilter.h"
#include "envrule.h"

#define VARIABLES_MAX 100000
#define PATTERNS_MAX 128

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

/* The median time of a filter run over the first "count" variables. */
static double
measure(char *const *all, size_t count, const struct envfilter_rules *rules,
    size_t rounds)
{
	const struct envrule_facts facts = {
		.uid = getuid(), .own = 1, .user = "alice",
	};
	char **envp = calloc(count + 1, sizeof(*envp));
	double *us = calloc(rounds, sizeof(*us)), median;
	struct envfilter *filter;
	size_t i;

	if (envp == NULL || us == NULL)
		err(1, NULL);
	for (i = 0; i < count; i++)
		envp[i] = all[i];
	for (i = 0; i < rounds; i++) {
		us[i] = now();
		if ((filter = envfilter_apply(rules, &facts, envp)) == NULL)
			err(1, "envfilter_apply");
		us[i] = now() - us[i];
		envfilter_free(filter);
	}
	qsort(us, rounds, sizeof(*us), compare);
	median = us[rounds / 2];
	free(us);
	free(envp);
	return median;
}

int
main(int argc, char **argv)
{
	static const size_t variables[] = { 10, 100, 1000, 10000, 100000 };
	static const size_t patterns[] = { 1, 16, 128 };
	static char names[VARIABLES_MAX][32], text[PATTERNS_MAX][32];
	static char *all[VARIABLES_MAX];
	static const char *accept[PATTERNS_MAX];
	size_t rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 5, v, p, i;
	struct envfilter_rules rules = { .accept = accept };

	for (i = 0; i < VARIABLES_MAX; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "NAME_%zu=x", i);
		all[i] = names[i];
	}
	printf("%10s %10s %12s %14s\n", "variables", "patterns", "time",
	    "per variable");
	for (p = 0; p < 3; p++) {
		for (i = 0; i < patterns[p]; i++) {
			(void)snprintf(text[i], sizeof(text[i]),
			    i + 1 < patterns[p] ? "NO%zu_*" : "NAME_*", i);
			accept[i] = text[i];
		}
		rules.naccept = patterns[p];
		for (v = 0; v < 5; v++) {
			double us = measure(all, variables[v], &rules,
			    rounds > 0 ? rounds : 1);

			printf("%10zu %10zu %9.0f us %11.2f us\n",
			    variables[v], patterns[p], us,
			    us / (double)variables[v]);
		}
	}
	return 0;
}
