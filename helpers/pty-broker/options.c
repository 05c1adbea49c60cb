/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "options.h"

#include <getopt.h>
#include <limits.h>
#include <string.h>

#include "longopt.h"
#include "optvalue.h"
#include "userplace.h"

static const char usage_text[] =
    "usage: pty-broker attach [-dr] [--detach-key KEY] [MAKING] NAME\n"
    "           [-- COMMAND [ARG ...]]\n"
    "       pty-broker new [MAKING] NAME [-- COMMAND [ARG ...]]\n"
    "       pty-broker list [--json]\n"
    "       pty-broker peek | kill | wait NAME\n"
    "       pty-broker run [--modes HEX] [--size ROWSxCOLS] [--term TERM]\n"
    "           [-- COMMAND [ARG ...]]\n"
    "       pty-broker serve [--buffer BYTES] [--restore ring|screen]\n"
    "           [--timeout SECONDS]\n"
    "       pty-broker -h | --help | -V | --version\n"
    "MAKING: [--buffer BYTES] [--restore ring|screen] [--scope]\n"
    "        [--size POLICY] [--timeout SECONDS]\n"
    "See pty-broker(1).\n";

enum {
	OPT_BUFFER = UCHAR_MAX + 1,
	OPT_DETACH_KEY,
	OPT_JSON,
	OPT_MODES,
	OPT_RESTORE,
	OPT_SCOPE,
	OPT_SIZE,
	OPT_TERM,
	OPT_TIMEOUT,
};

/* The acts for which there is an option, a bit each. */
#define ON(act) (1u << OPTIONS_##act)
#define MAKING (ON(ATTACH) | ON(NEW))

static const struct option long_options[] = {
	{ "buffer", required_argument, NULL, OPT_BUFFER },
	{ "detach-key", required_argument, NULL, OPT_DETACH_KEY },
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "modes", required_argument, NULL, OPT_MODES },
	{ "restore", required_argument, NULL, OPT_RESTORE },
	{ "scope", no_argument, NULL, OPT_SCOPE },
	{ "size", required_argument, NULL, OPT_SIZE },
	{ "term", required_argument, NULL, OPT_TERM },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "verbose", no_argument, NULL, 'v' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static const struct {
	int option;
	unsigned int acts;
} takes[] = {
	{ 'd', ON(ATTACH) },
	{ 'r', ON(ATTACH) },
	{ OPT_BUFFER, MAKING | ON(SERVE) },
	{ OPT_DETACH_KEY, ON(ATTACH) },
	{ OPT_JSON, ON(LIST) },
	{ OPT_MODES, ON(RUN_ONCE) },
	{ OPT_RESTORE, MAKING | ON(SERVE) },
	{ OPT_SCOPE, MAKING },
	{ OPT_SIZE, MAKING | ON(RUN_ONCE) },
	{ OPT_TERM, ON(RUN_ONCE) },
	{ OPT_TIMEOUT, MAKING | ON(SERVE) },
};

static const char *const act_names[] = {
	[OPTIONS_ATTACH] = "attach", [OPTIONS_NEW] = "new",
	[OPTIONS_LIST] = "list", [OPTIONS_PEEK] = "peek",
	[OPTIONS_KILL] = "kill", [OPTIONS_WAIT] = "wait",
	[OPTIONS_RUN_ONCE] = "run", [OPTIONS_SERVE] = "serve",
};
#define ACTS (sizeof(act_names) / sizeof(act_names[0]))

static enum options_result
print_and_end(int c, char *why, size_t size)
{
	return longopt_answer(c, "pty-broker", usage_text, stdout, why,
	    size) == 0 ? OPTIONS_DONE : OPTIONS_WRONG;
}

static int
is_taken(const struct options *opt, int c)
{
	size_t i;

	for (i = 0; i < sizeof(takes) / sizeof(takes[0]); i++)
		if (takes[i].option == c)
			return (takes[i].acts >> opt->act & 1) != 0;
	return 1;
}

static const char *
take_flag(struct options *opt, int c)
{
	switch (c) {
	case 'd':
		opt->detach_others = 1;
		break;
	case 'r':
		opt->readonly = 1;
		break;
	case 'v':
		opt->verbosity++;
		break;
	case OPT_JSON:
		opt->json = 1;
		break;
	default:
		opt->scope = 1;
		break;
	}
	return NULL;
}

/* Returns NULL, or why it cannot be so. */
static const char *
take_value(struct options *opt, int c, const char *text)
{
	switch (c) {
	case OPT_BUFFER:
		return optvalue_bytes(text, &opt->buffer);
	case OPT_DETACH_KEY:
		return optvalue_key(text, &opt->key);
	case OPT_RESTORE:
		return optvalue_restore(text, &opt->screen);
	case OPT_SIZE:
		return opt->act == OPTIONS_RUN_ONCE ?
		    optvalue_size(text, &opt->size) :
		    optvalue_policy(text, &opt->policy);
	case OPT_TIMEOUT:
		return optvalue_seconds(text, &opt->timeout);
	case OPT_MODES:
		opt->modes = text;
		return NULL;
	default:
		opt->term = text;
		return *text != '\0' && strlen(text) < 256 ? NULL :
		    "no name of a terminal";
	}
}

static enum options_result
take(struct options *opt, int c, char *why, size_t size)
{
	char buf[LONGOPT_WRITTEN_SIZE];
	const char *fault;

	if (!is_taken(opt, c)) {
		(void)snprintf(why, size, "%s: no option of %s",
		    longopt_written(long_options, c, buf), act_names[opt->act]);
		return OPTIONS_UNKNOWN;
	}
	fault = optarg == NULL ? take_flag(opt, c) :
	    take_value(opt, c, optarg);
	if (fault == NULL)
		return OPTIONS_RUN;
	(void)snprintf(why, size, "%s: %s",
	    longopt_written(long_options, c, buf), fault);
	return OPTIONS_WRONG;
}

/* The name, and "--" with the command behind it. */
static enum options_result
take_words(struct options *opt, char **words, int dashes, char *why,
    size_t size)
{
	const unsigned int named = MAKING | ON(PEEK) | ON(KILL) | ON(WAIT);
	const unsigned int runs = MAKING | ON(RUN_ONCE);
	const unsigned int act = 1u << opt->act;

	if ((act & named) != 0) {
		if (*words == NULL || dashes) {
			(void)snprintf(why, size, "%s: which session?",
			    act_names[opt->act]);
			return OPTIONS_UNKNOWN;
		}
		opt->name = *words++;
		if (!userplace_name_ok(opt->name)) {
			(void)snprintf(why, size, "session: a name is 1 to 64 "
			    "of [A-Za-z0-9._-], and does not begin with '.'");
			return OPTIONS_WRONG;
		}
		dashes = *words != NULL && strcmp(*words, "--") == 0;
		words += dashes;
	}
	opt->args = words;
	if (*words == NULL || ((act & runs) != 0 && dashes) ||
	    opt->act == OPTIONS_RUN_ONCE)
		return OPTIONS_RUN;
	(void)snprintf(why, size, (act & MAKING) != 0 ?
	    "%s: a command is written after --" :
	    "%s: what is that word for?", *words);
	return OPTIONS_UNKNOWN;
}

static enum options_result
find_act(struct options *opt, const char *word, char *why, size_t size)
{
	size_t i;

	for (i = 0; word != NULL && i < ACTS; i++)
		if (strcmp(word, act_names[i]) == 0) {
			opt->act = (enum options_act)i;
			return OPTIONS_RUN;
		}
	if (word == NULL)
		(void)snprintf(why, size, "what is to be done?");
	else if (*word == '-')
		(void)snprintf(why, size, "%s: options are written after the "
		    "command, as in: pty-broker list --json", word);
	else
		(void)snprintf(why, size, "%s: no such command", word);
	return OPTIONS_UNKNOWN;
}

enum options_result
options_parse(struct options *opt, int argc, char **argv, char *why,
    size_t size)
{
	enum options_result result;
	int c, i;

	opt->timeout = -1;
	/* What stands before the word that says what to do. */
	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		const size_t n = strspn(argv[i] + 1, "v");

		if (n > 0 && argv[i][n + 1] == '\0')
			opt->verbosity += (int)n;
		else if (strcmp(argv[i], "-h") == 0 ||
		    strcmp(argv[i], "--help") == 0)
			return print_and_end('h', why, size);
		else if (strcmp(argv[i], "-V") == 0 ||
		    strcmp(argv[i], "--version") == 0)
			return print_and_end('V', why, size);
		else
			break;
	}
	result = find_act(opt, argv[i], why, size);
	if (result != OPTIONS_RUN)
		return result;
	argc -= i;
	argv += i;
	while ((c = longopt_next(argc, argv, "+:dhrvV", long_options, why,
	    size)) != -1) {
		if (c == 'h' || c == 'V')
			return print_and_end(c, why, size);
		if (c == '?' || c == ':')
			return OPTIONS_UNKNOWN;
		result = take(opt, c, why, size);
		if (result != OPTIONS_RUN)
			return result;
	}
	return take_words(opt, argv + optind,
	    strcmp(argv[optind - 1], "--") == 0, why, size);
}
