/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * An option that nobody obeys is worse than none: who wrote it relies on it.
 */

#include "config.h"
#include "optclash.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "options.h"
#include "optvalue.h"

/* Is anything said that is about an agent's requests? */
static int
is_filtered(const struct options *opt)
{
	return opt->file != NULL || opt->filtered || opt->audit ||
	    opt->audit_file != NULL || opt->list_ms != -1 ||
	    opt->sign_ms != -1;
}

/* What says nothing without another one.  Returns 0, or -1 with the reason. */
static int
find_lonely(const struct options *opt, char *why, size_t size)
{
	const int raw = opt->mode == OPTIONS_RAW;
	const int listens = opt->listen != NULL;
	const int stable = opt->mode == OPTIONS_STABLE;
	const int serves = opt->act == OPTIONS_SERVE;
	const struct {
		int given, met;
		const char *option, *with;
	} rows[] = {
		{ listens, raw, "--listen", "--raw" },
		{ opt->connect != NULL, raw, "--connect", "--raw" },
		{ opt->unlink, listens, "--unlink", "--listen" },
		{ opt->nallowed > 0, listens, "--allow-dir", "--listen" },
		{ opt->shared, stable, "--shared", "--stable" },
		{ opt->timeout_ms != -1, stable, "--timeout", "--stable" },
		{ opt->audit_file != NULL, opt->audit, "--audit-file",
		    "--audit" },
		{ opt->json, opt->act == OPTIONS_STATUS, "--json", "status" },
		{ serves, opt->watch != -1, "--serve-fd", "--watch-fd" },
		{ opt->watch != -1, serves, "--watch-fd", "--serve-fd" },
		{ opt->peer != (uid_t)-1, serves, "--peer-uid", "--serve-fd" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!rows[i].given || rows[i].met)
			continue;
		(void)snprintf(why, size, "%s goes with %s", rows[i].option,
		    rows[i].with);
		return -1;
	}
	return 0;
}

static const char *
clash_of_mode(const struct options *opt)
{
	if (opt->mode != OPTIONS_RAW)
		return NULL;
	if (is_filtered(opt))
		return "--raw looks at nothing: it goes with no policy, no "
		    "record and no timeout";
	if (opt->act == OPTIONS_PRINT_POLICY)
		return "--raw looks at nothing: there is no policy to print";
	if (opt->exclusive)
		return "--raw and --exclusive exclude each other";
	return NULL;
}

static const char *
clash_of_act(const struct options *opt)
{
	const int serves = opt->act == OPTIONS_SERVE;

	if (serves && opt->watch == opt->listener)
		return "--watch-fd is another descriptor than --serve-fd";
	if (serves && (opt->mode != OPTIONS_SESSION || opt->exclusive))
		return "--serve-fd goes without --stable, --raw and "
		    "--exclusive";
	if (serves && opt->args[0] != NULL)
		return "--serve-fd goes without a command";
	if (opt->args[0] != NULL && opt->args[0][0] == '\0')
		return "the command is empty";
	return NULL;
}

/* "status" and "stop": nothing but a name. */
static const char *
clash_of_words(struct options *opt)
{
	if (is_filtered(opt) || opt->mode != OPTIONS_SESSION ||
	    opt->exclusive || opt->connections != 0)
		return "no such option here";
	if (opt->args[0] == NULL)
		return NULL;
	if (opt->args[1] != NULL)
		return "one name, or none";
	return optvalue_name(opt->args[0], &opt->name);
}

int
optclash_find(struct options *opt, char *why, size_t size)
{
	const int word = opt->act == OPTIONS_STATUS ||
	    opt->act == OPTIONS_STOP;
	const char *fault;

	if (find_lonely(opt, why, size) == -1)
		return -1;
	if ((fault = clash_of_mode(opt)) == NULL)
		fault = word ? NULL : clash_of_act(opt);
	if (fault != NULL) {
		(void)strlcpy(why, fault, size);
		return -1;
	}
	if (!word || (fault = clash_of_words(opt)) == NULL)
		return 0;
	(void)snprintf(why, size, "%s: %s",
	    opt->act == OPTIONS_STATUS ? "status" : "stop", fault);
	return -1;
}
