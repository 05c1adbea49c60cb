/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * agent-forwarder: a forwarded agent that is limited, recorded and stays
 * valid.  It runs as the user, and faces his own processes, which speak to the
 * agent through it, and the agent, which is on a machine of his choice.
 */

#include "config.h"

#include <unistd.h>

#include "act.h"
#include "exitcode.h"
#include "log.h"
#include "options.h"
#include "refusal.h"
#include "start.h"
#include "stdfd.h"

/* A line in sshd_config is wrong for people who may not see why. */
static void
tell_usage(const struct options *opt, const char *why)
{
	if (opt->act == OPTIONS_COMMAND || opt->act == OPTIONS_SERVE)
		(void)refusal(why);
	else
		log_warnx("%s", why);
}

int
main(int argc, char **argv)
{
	int closed = stdfd_sanitise(), status = EXITCODE_USAGE;
	struct options opt = { 0 };
	char *const *envp = environ;
	const char *reason;
	char why[512];

	log_init("agent-forwarder", 0);
	if (start_check(argc, argv, envp, closed, &reason) == -1)
		return refusal(reason);
	if (start_clean() == -1)
		return refusal("cannot make a clean start");
	switch (options_parse(&opt, argc, argv, why, sizeof(why))) {
	case OPTIONS_RUN:
		log_init("agent-forwarder", opt.verbosity);
		status = act(&opt, envp);
		break;
	case OPTIONS_DONE:
		status = 0;
		break;
	case OPTIONS_WRONG:
		tell_usage(&opt, why);
		break;
	case OPTIONS_UNKNOWN:
		tell_usage(&opt, why);
		log_warnx("try \"%s --help\"", "agent-forwarder");
		break;
	case OPTIONS_FAILED:
		status = refusal(why);
		break;
	}
	options_free(&opt);
	return status;
}
