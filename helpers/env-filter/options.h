/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stddef.h>

#include "envfilter.h"

/* What is done with the filtered environment. */
enum options_action {
	OPTIONS_COMMAND,	/* a command runs in it */
	OPTIONS_PRINT,
	OPTIONS_EXPLAIN,
};

/* The command line.  Strings are argv's own. */
struct options {
	int verbosity;
	enum options_action action;
	int nul;		/* -0 */
	const char *config;	/* an incubator.conf(5), or NULL */
	struct envfilter_rules rules;
	char **args;		/* what follows, NULL-terminated */
	const char **lists;	/* owned: what the rules point into */
};

enum options_result {
	OPTIONS_RUN,
	OPTIONS_DONE,		/* help or version was printed: end with 0 */
	OPTIONS_WRONG,		/* the reason is in "why": end with 64 */
	OPTIONS_UNKNOWN,	/* the same, and --help would help */
	OPTIONS_FAILED,		/* out of memory; end with 255 */
};

enum options_result options_parse(struct options *opt, int argc,
    char **argv, char *why, size_t size);
void options_free(struct options *opt);

#endif
