/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "longopt.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

static int
is_abbreviated(const char *word, const char *name)
{
	return strncmp(word, "--", 2) == 0 &&
	    strcspn(word + 2, "=") != strlen(name);
}

/* Say what is wrong with the word.  Returns c. */
static int
complain(int c, const char *word, char *why, size_t size)
{
	const char *reason = c == ':' ? "it needs an argument" :
	    "unknown option";
	int len = (int)strnlen(word, 300);

	if (strncmp(word, "--", 2) == 0) {
		/* What follows may be a secret. */
		len = (int)strcspn(word, "=");
		if (c == '?' && optopt != 0)
			reason = "it takes no value";
	}
	if (strncmp(word, "--", 2) != 0 && optopt > 0 &&
	    optopt <= UCHAR_MAX && isgraph((unsigned char)optopt))
		(void)snprintf(why, size, "-%c: %s", optopt, reason);
	else
		(void)snprintf(why, size, "%.*s: %s", len < 300 ? len : 300,
		    word, reason);
	return c;
}

int
longopt_next(int argc, char **argv, const char *shorts,
    const struct option *longs, char *why, size_t size)
{
	int c, longer = -1, word = optind;

	opterr = 0;
	optopt = 0;
	c = getopt_long(argc, argv, shorts, longs, &longer);
	if (longer != -1 && is_abbreviated(argv[word], longs[longer].name)) {
		optopt = 0;
		return complain('?', argv[word], why, size);
	}
	return c == '?' || c == ':' ?
	    complain(c, argv[optind - 1], why, size) : c;
}

const char *
longopt_written(const struct option *longs, int c,
    char buf[LONGOPT_WRITTEN_SIZE])
{
	(void)snprintf(buf, LONGOPT_WRITTEN_SIZE, "-%c", c);
	for (; c > UCHAR_MAX && longs->name != NULL; longs++)
		if (longs->val == c) {
			(void)snprintf(buf, LONGOPT_WRITTEN_SIZE, "--%s",
			    longs->name);
			break;
		}
	return buf;
}

int
longopt_answer(int c, const char *program, const char *usage, FILE *out,
    char *why, size_t size)
{
	/* Into its buffer: what fails, fails when that is written. */
	if (c == 'h')
		(void)fputs(usage, out);
	else
		(void)fprintf(out, "%s " PACKAGE_VERSION "\n", program);
	if (fflush(out) == 0)
		return 0;
	(void)snprintf(why, size, "standard output: %s", strerror(errno));
	return -1;
}
