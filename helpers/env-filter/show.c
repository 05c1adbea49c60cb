/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIBBSD_OPENBSD_VIS
#include <vis.h>

#include "environ.h"
#include "envfilter.h"
#include "exitcode.h"
#include "log.h"
#include "policy.h"

/* A rule with the longest pattern that a command line has room for is cut. */
#define RULE_MAX_BYTES 1024

/* Returns 0, or -1 with errno. */
static int
print_visible(const char *text, const char *after)
{
	char *safe = reallocarray(NULL, strlen(text) + 1, 4);

	if (safe == NULL)
		return -1;
	(void)strvis(safe, text, VIS_NL | VIS_TAB | VIS_OCTAL);
	(void)printf("%s%s", safe, after);
	free(safe);
	return 0;
}

static int
finish(int r)
{
	if (r == 0 && fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	log_warn("standard output");
	return EXITCODE_REFUSED;
}

int
show_variables(const struct envfilter *filter, int nul)
{
	char *const *envp = environ_envp(envfilter_environ(filter));
	int r = 0;

	for (; r == 0 && *envp != NULL; envp++) {
		if (nul)
			(void)fwrite(*envp, 1, strlen(*envp) + 1, stdout);
		else
			r = print_visible(*envp, "\n");
	}
	return finish(r);
}

/* ", FILE line N" behind a rule of the file's.  Returns 0, or -1. */
static int
print_source(const struct conf_value *source)
{
	if (source == NULL)
		return 0;
	(void)printf(", ");
	if (print_visible(source->file, " line ") == -1)
		return -1;
	(void)printf("%u", source->line);
	return 0;
}

int
show_verdicts(const struct envfilter *filter, const struct policy *policy)
{
	const struct envfilter_verdict *verdict;
	char rule[RULE_MAX_BYTES];
	size_t i;
	int r = 0;

	for (i = 0; r == 0 &&
	    (verdict = envfilter_at(filter, i)) != NULL; i++) {
		r = print_visible(verdict->name, "\t");
		(void)printf("%s\t%s",
		    verdict->passes ? "passes" : "refused",
		    envfilter_describe(verdict, rule, sizeof(rule)));
		if (r == 0)
			r = print_source(policy_source(policy, verdict));
		(void)putchar('\n');
	}
	return finish(r);
}

void
show_refused(const struct envfilter *filter, const struct policy *policy)
{
	const struct envfilter_verdict *verdict;
	const struct conf_value *source;
	char rule[RULE_MAX_BYTES];
	size_t i;

	for (i = 0; (verdict = envfilter_at(filter, i)) != NULL; i++) {
		if (verdict->passes)
			continue;
		(void)envfilter_describe(verdict, rule, sizeof(rule));
		if ((source = policy_source(policy, verdict)) != NULL)
			log_info("%.256s: refused: %s, %s line %u",
			    verdict->name, rule, source->file, source->line);
		else
			log_info("%.256s: refused: %s", verdict->name, rule);
	}
}
