/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "options.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "envfault.h"
#include "longopt.h"

static const char usage_text[] =
    "usage: env-filter [-v] [--config FILE] [--accept PATTERN]\n"
    "           [--deny PATTERN] [--set NAME=VALUE] [--unset NAME]\n"
    "           [--no-defaults]\n"
    "           [--print [-0] | --explain] [--] [COMMAND [ARG ...]]\n"
    "       env-filter -h | --help | -V | --version\n"
    "See env-filter(1).\n";

enum {
	OPT_ACCEPT = UCHAR_MAX + 1,
	OPT_CONFIG,
	OPT_DENY,
	OPT_EXPLAIN,
	OPT_NO_DEFAULTS,
	OPT_PRINT,
	OPT_SET,
	OPT_UNSET,
};

static const struct option long_options[] = {
	{ "accept", required_argument, NULL, OPT_ACCEPT },
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "deny", required_argument, NULL, OPT_DENY },
	{ "explain", no_argument, NULL, OPT_EXPLAIN },
	{ "help", no_argument, NULL, 'h' },
	{ "no-defaults", no_argument, NULL, OPT_NO_DEFAULTS },
	{ "print", no_argument, NULL, OPT_PRINT },
	{ "set", required_argument, NULL, OPT_SET },
	{ "unset", required_argument, NULL, OPT_UNSET },
	{ "verbose", no_argument, NULL, 'v' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static enum options_result
print_and_end(int c, char *why, size_t size)
{
	return longopt_answer(c, "env-filter", usage_text, stdout, why,
	    size) == 0 ? OPTIONS_DONE : OPTIONS_WRONG;
}

/* There can be no more of each than there are words. */
static int
make_lists(struct options *opt, int argc)
{
	const size_t room = (size_t)argc;

	if ((opt->lists = calloc(4 * room, sizeof(*opt->lists))) == NULL)
		return -1;
	opt->rules.accept = opt->lists;
	opt->rules.deny = opt->lists + room;
	opt->rules.unset = opt->lists + 2 * room;
	opt->rules.set = opt->lists + 3 * room;
	return 0;
}

/* A rule that could not do what it says ends the login: NULL, or why. */
static const char *
take_rule(struct options *opt, int c, const char *text)
{
	struct envfilter_rules *rules = &opt->rules;

	switch (c) {
	case OPT_CONFIG:
		/* Of two files, one would be obeyed by nobody. */
		if (opt->config != NULL)
			return "there can be one file only";
		opt->config = text;
		return *text != '\0' ? NULL : "the name is empty";
	case OPT_ACCEPT:
		rules->accept[rules->naccept++] = text;
		return envfault_pattern(text);
	case OPT_DENY:
		rules->deny[rules->ndeny++] = text;
		return envfault_pattern(text);
	case OPT_UNSET:
		rules->unset[rules->nunset++] = text;
		return envfault_name(text);
	default:
		rules->set[rules->nset++] = text;
		return envfault_assignment(text);
	}
}

/* Returns NULL, or the reason why it cannot be so. */
static const char *
take_flag(struct options *opt, int c)
{
	switch (c) {
	case 'v':
		opt->verbosity++;
		return NULL;
	case '0':
		opt->nul = 1;
		return NULL;
	case OPT_NO_DEFAULTS:
		opt->rules.no_defaults = 1;
		return NULL;
	default:
		if (opt->action != OPTIONS_COMMAND)
			return "--print and --explain exclude each other";
		opt->action = c == OPT_PRINT ? OPTIONS_PRINT :
		    OPTIONS_EXPLAIN;
		return NULL;
	}
}

/* Returns 0, or -1 with the reason in "why": never the value of a --set. */
static int
take(struct options *opt, int c, const char *text, char *why, size_t size)
{
	char name[LONGOPT_WRITTEN_SIZE];
	const char *fault;
	size_t len;

	if (text == NULL) {
		if ((fault = take_flag(opt, c)) == NULL)
			return 0;
		(void)strlcpy(why, fault, size);
		return -1;
	}
	if ((fault = take_rule(opt, c, text)) == NULL)
		return 0;
	len = strcspn(text, "=");
	if (c == OPT_SET && text[len] == '\0')
		len = 0;
	(void)longopt_written(long_options, c, name);
	(void)snprintf(why, size, "%s%s%.*s: %s", name, len > 0 ? " " : "",
	    len < 300 ? (int)len : 300, text, fault);
	return -1;
}

enum options_result
options_parse(struct options *opt, int argc, char **argv, char *why,
    size_t size)
{
	int c;

	memset(opt, 0, sizeof(*opt));
	if (make_lists(opt, argc) == -1)
		return OPTIONS_FAILED;
	while ((c = longopt_next(argc, argv, "+:0hvV", long_options, why,
	    size)) != -1) {
		if (c == 'h' || c == 'V')
			return print_and_end(c, why, size);
		if (c == '?' || c == ':')
			return c == '?' ? OPTIONS_UNKNOWN : OPTIONS_WRONG;
		if (take(opt, c, optarg, why, size) == -1)
			return OPTIONS_WRONG;
	}
	opt->args = argv + optind;
	if (opt->nul && opt->action != OPTIONS_PRINT) {
		(void)strlcpy(why, "-0 goes with --print", size);
		return OPTIONS_WRONG;
	}
	if (opt->args[0] != NULL && opt->args[0][0] == '\0') {
		(void)strlcpy(why, "the command is empty", size);
		return OPTIONS_WRONG;
	}
	return OPTIONS_RUN;
}

void
options_free(struct options *opt)
{
	free(opt->lists);
	opt->lists = NULL;
}
