/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "longopt.h"
#include "optclash.h"
#include "optvalue.h"
#include "policy.h"

static const char usage_text[] =
    "usage: agent-forwarder [-v] [--policy FILE] [POLICY] [LIMITS]\n"
    "           [--audit[=required]] [--audit-file FILE] [--exclusive]\n"
    "           [--stable[=NAME] [--shared] [--timeout SECONDS]]\n"
    "           [--pass-all] [--print-policy] [--] [COMMAND [ARG ...]]\n"
    "       agent-forwarder --raw [-v] [--listen PATH [--unlink]\n"
    "           [--allow-dir DIR]] [--connect PATH]\n"
    "           [--max-connections N] [--] [COMMAND [ARG ...]]\n"
    "       agent-forwarder --serve-fd N --watch-fd N [--peer-uid UID]\n"
    "           [--policy FILE] [POLICY] [--pass-all] [LIMITS]\n"
    "       agent-forwarder status [--json] [NAME]\n"
    "       agent-forwarder stop [NAME]\n"
    "       agent-forwarder -h | --help | -V | --version\n"
    "POLICY: [--allow-key FINGERPRINT] [--deny-key FINGERPRINT]\n"
    "        [--allow-ca FINGERPRINT] [--allow-principal PATTERN]\n"
    "        [--allow OPERATION] [--deny OPERATION] [--class CLASS]\n"
    "        [--user PATTERN] [--host FINGERPRINT] [--namespace PATTERN]\n"
    "        [--rate N/TIME] [--max-signatures N] [--max-per-key N]\n"
    "        [--expire TIME]\n"
    "LIMITS: [--list-timeout SECONDS] [--sign-timeout SECONDS]\n"
    "        [--max-connections N]\n"
    "See agent-forwarder(1).\n";

enum {
	OPT_ALLOW_DIR = UCHAR_MAX + 1,
	OPT_AUDIT,
	OPT_AUDIT_FILE,
	OPT_CONNECT,
	OPT_EXCLUSIVE,
	OPT_JSON,
	OPT_LIST_TIMEOUT,
	OPT_LISTEN,
	OPT_MAX_CONNECTIONS,
	OPT_PASS_ALL,
	OPT_PEER_UID,
	OPT_POLICY,
	OPT_PRINT_POLICY,
	OPT_RAW,
	OPT_SERVE_FD,
	OPT_SHARED,
	OPT_SIGN_TIMEOUT,
	OPT_STABLE,
	OPT_TIMEOUT,
	OPT_UNLINK,
	OPT_WATCH_FD,
	OPT_WORD,		/* this and what follows: policy_word() */
};

static const struct option fixed_options[] = {
	{ "allow-dir", required_argument, NULL, OPT_ALLOW_DIR },
	{ "audit", optional_argument, NULL, OPT_AUDIT },
	{ "audit-file", required_argument, NULL, OPT_AUDIT_FILE },
	{ "connect", required_argument, NULL, OPT_CONNECT },
	{ "exclusive", no_argument, NULL, OPT_EXCLUSIVE },
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "list-timeout", required_argument, NULL, OPT_LIST_TIMEOUT },
	{ "listen", required_argument, NULL, OPT_LISTEN },
	{ "max-connections", required_argument, NULL, OPT_MAX_CONNECTIONS },
	{ "pass-all", no_argument, NULL, OPT_PASS_ALL },
	{ "peer-uid", required_argument, NULL, OPT_PEER_UID },
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "print-policy", no_argument, NULL, OPT_PRINT_POLICY },
	{ "raw", no_argument, NULL, OPT_RAW },
	{ "serve-fd", required_argument, NULL, OPT_SERVE_FD },
	{ "shared", no_argument, NULL, OPT_SHARED },
	{ "sign-timeout", required_argument, NULL, OPT_SIGN_TIMEOUT },
	{ "stable", optional_argument, NULL, OPT_STABLE },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "unlink", no_argument, NULL, OPT_UNLINK },
	{ "verbose", no_argument, NULL, 'v' },
	{ "version", no_argument, NULL, 'V' },
	{ "watch-fd", required_argument, NULL, OPT_WATCH_FD },
};
#define NFIXED (sizeof(fixed_options) / sizeof(fixed_options[0]))

/* Those above, and the words of a policy.  Returns NULL without memory. */
static struct option *
make_table(void)
{
	const struct policy_word *word;
	struct option *table;
	size_t n = 0, i;

	while (policy_word(n) != NULL)
		n++;
	if ((table = calloc(NFIXED + n + 1, sizeof(*table))) == NULL)
		return NULL;
	memcpy(table, fixed_options, sizeof(fixed_options));
	for (i = 0; i < n; i++) {
		word = policy_word(i);
		table[NFIXED + i].name = word->option;
		table[NFIXED + i].has_arg = required_argument;
		table[NFIXED + i].val = OPT_WORD + (int)i;
	}
	return table;
}

/* Returns NULL, or why it cannot be so. */
static const char *
take_mode(struct options *opt, enum options_mode mode)
{
	if (opt->mode != OPTIONS_SESSION && opt->mode != mode)
		return "--raw and --stable exclude each other";
	opt->mode = mode;
	return NULL;
}

/* The same. */
static const char *
take_act(struct options *opt, enum options_act act)
{
	if (opt->act != OPTIONS_COMMAND && opt->act != act)
		return "--print-policy, --serve-fd, status and stop exclude "
		    "each other";
	opt->act = act;
	return NULL;
}

/* What any client may ask of an agent; the rest has no meaning. */
static const char *
allow_all(struct policy *policy)
{
	static char words[][16] = {
		"add", "remove", "remove-all", "lock", "unlock", "smartcard",
		"extension:*",
	};
	char *list[sizeof(words) / sizeof(words[0])], why[128];
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		list[i] = words[i];
	return policy_add(policy, "AllowOperation", list, i, why,
	    sizeof(why)) == 0 ? NULL : "out of memory";
}

static const char *
take_flag(struct options *opt, int c)
{
	switch (c) {
	case 'v':
		opt->verbosity++;
		break;
	case OPT_EXCLUSIVE:
		opt->exclusive = 1;
		break;
	case OPT_JSON:
		opt->json = 1;
		break;
	case OPT_PASS_ALL:
		return allow_all(opt->policy);
	case OPT_PRINT_POLICY:
		return take_act(opt, OPTIONS_PRINT_POLICY);
	case OPT_RAW:
		return take_mode(opt, OPTIONS_RAW);
	case OPT_SHARED:
		opt->shared = 1;
		break;
	default:
		opt->unlink = 1;
		break;
	}
	return NULL;
}

static const char *
take_text(struct options *opt, int c, const char *text)
{
	switch (c) {
	case OPT_ALLOW_DIR:
		return optvalue_path(text, &opt->allowed[opt->nallowed++]);
	case OPT_AUDIT_FILE:
		return optvalue_path(text, &opt->audit_file);
	case OPT_CONNECT:
		return optvalue_path(text, &opt->connect);
	case OPT_LISTEN:
		return optvalue_path(text, &opt->listen);
	case OPT_POLICY:
		/* Of two files, one would be obeyed by nobody. */
		if (opt->file != NULL)
			return "there can be one file only";
		opt->file = text;
		return *text != '\0' ? NULL : "the name is empty";
	default:
		opt->name = "default";
		if (text != NULL && optvalue_name(text, &opt->name) != NULL)
			return optvalue_name(text, &opt->name);
		return take_mode(opt, OPTIONS_STABLE);
	}
}

static const char *
take_number(struct options *opt, int c, const char *text)
{
	switch (c) {
	case OPT_LIST_TIMEOUT:
		return optvalue_seconds(text, &opt->list_ms);
	case OPT_SIGN_TIMEOUT:
		return optvalue_seconds(text, &opt->sign_ms);
	case OPT_TIMEOUT:
		return optvalue_seconds(text, &opt->timeout_ms);
	case OPT_MAX_CONNECTIONS:
		return optvalue_count(text, &opt->connections);
	case OPT_PEER_UID:
		return optvalue_uid(text, &opt->peer);
	case OPT_SERVE_FD:
		if (take_act(opt, OPTIONS_SERVE) != NULL)
			return take_act(opt, OPTIONS_SERVE);
		return optvalue_descriptor(text, &opt->listener);
	default:
		return optvalue_descriptor(text, &opt->watch);
	}
}

static const char *
take_value(struct options *opt, int c, const char *text)
{
	switch (c) {
	case OPT_AUDIT:
		opt->audit = 1;
		return optvalue_audit(text, &opt->required);
	case OPT_ALLOW_DIR:
	case OPT_AUDIT_FILE:
	case OPT_CONNECT:
	case OPT_LISTEN:
	case OPT_POLICY:
	case OPT_STABLE:
		return take_text(opt, c, text);
	case OPT_LIST_TIMEOUT:
	case OPT_MAX_CONNECTIONS:
	case OPT_PEER_UID:
	case OPT_SERVE_FD:
	case OPT_SIGN_TIMEOUT:
	case OPT_TIMEOUT:
	case OPT_WATCH_FD:
		return take_number(opt, c, text);
	default:
		return take_flag(opt, c);
	}
}

/* Returns 0, or -1 with the reason in "why". */
static int
take(struct options *opt, const struct option *table, int c, char *text,
    char *why, size_t size)
{
	char name[LONGOPT_WRITTEN_SIZE], reason[384];
	const char *fault;

	if (c >= OPT_WORD || c == OPT_PASS_ALL)
		opt->filtered = 1;
	if (c >= OPT_WORD) {
		fault = policy_add(opt->policy,
		    policy_word((size_t)(c - OPT_WORD))->keyword, &text, 1,
		    reason, sizeof(reason)) == 0 ? NULL : reason;
	} else {
		fault = take_value(opt, c, text);
	}
	if (fault == NULL)
		return 0;
	(void)snprintf(why, size, "%s: %s",
	    longopt_written(table, c, name), fault);
	return -1;
}

static enum options_result
take_all(struct options *opt, const struct option *table, int argc,
    char **argv, char *why, size_t size)
{
	int c;

	while ((c = longopt_next(argc, argv, "+:hvV", table, why,
	    size)) != -1) {
		if (c == 'h' || c == 'V')
			return longopt_answer(c, "agent-forwarder", usage_text,
			    stdout, why, size) == 0 ? OPTIONS_DONE :
			    OPTIONS_WRONG;
		if (c == '?' || c == ':')
			return OPTIONS_UNKNOWN;
		if (take(opt, table, c, optarg, why, size) == -1)
			return OPTIONS_WRONG;
	}
	opt->args = argv + optind;
	return optclash_find(opt, why, size) == 0 ? OPTIONS_RUN :
	    OPTIONS_WRONG;
}

/* "status" and "stop" are words, and the first one. */
static int
find_act(struct options *opt, const char *word)
{
	if (word != NULL && strcmp(word, "status") == 0)
		opt->act = OPTIONS_STATUS;
	else if (word != NULL && strcmp(word, "stop") == 0)
		opt->act = OPTIONS_STOP;
	return opt->act != OPTIONS_COMMAND;
}

enum options_result
options_parse(struct options *opt, int argc, char **argv, char *why,
    size_t size)
{
	enum options_result result = OPTIONS_FAILED;
	struct option *table = make_table();
	int skip;

	memset(opt, 0, sizeof(*opt));
	opt->list_ms = opt->sign_ms = opt->timeout_ms = -1;
	opt->listener = opt->watch = -1;
	opt->peer = (uid_t)-1;
	(void)strlcpy(why, "out of memory", size);
	opt->policy = policy_new();
	/* There can be no more than there are words. */
	opt->allowed = calloc((size_t)argc + 1, sizeof(*opt->allowed));
	if (table != NULL && opt->policy != NULL && opt->allowed != NULL) {
		skip = find_act(opt, argc > 1 ? argv[1] : NULL);
		result = take_all(opt, table, argc - skip, argv + skip, why,
		    size);
	}
	free(table);
	return result;
}

void
options_free(struct options *opt)
{
	policy_free(opt->policy);
	free(opt->allowed);
	opt->policy = NULL;
	opt->allowed = NULL;
}
