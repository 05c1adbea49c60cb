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

static const char *
clash_of_mode(const struct options *opt)
{
	const int raw = opt->mode == OPTIONS_RAW;

	if (!raw && (opt->listen != NULL || opt->connect != NULL ||
	    opt->unlink || opt->nallowed > 0))
		return "--listen, --connect, --unlink and --allow-dir go "
		    "with --raw";
	if (opt->listen == NULL && (opt->unlink || opt->nallowed > 0))
		return "--unlink and --allow-dir go with --listen";
	if (raw && is_filtered(opt))
		return "--raw looks at nothing: it goes with no policy, no "
		    "record and no timeout";
	if (raw && opt->exclusive)
		return "--raw and --exclusive exclude each other";
	if (opt->mode != OPTIONS_STABLE &&
	    (opt->shared || opt->timeout_ms != -1))
		return "--shared and --timeout go with --stable";
	if (opt->audit_file != NULL && !opt->audit)
		return "--audit-file goes with --audit";
	return NULL;
}

static const char *
clash_of_act(const struct options *opt)
{
	const int serves = opt->act == OPTIONS_SERVE;

	if (opt->json && opt->act != OPTIONS_STATUS)
		return "--json goes with status";
	if (serves && (opt->watch == -1 || opt->watch == opt->listener))
		return "--serve-fd goes with --watch-fd, another descriptor";
	if (!serves && (opt->watch != -1 || opt->peer != (uid_t)-1))
		return "--watch-fd and --peer-uid go with --serve-fd";
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
	    opt->exclusive || opt->connections != 0 ||
	    (opt->json && opt->act != OPTIONS_STATUS))
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
	const char *fault = clash_of_mode(opt);

	if (fault == NULL)
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
