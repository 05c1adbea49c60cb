/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * env-filter: pass on the environment variables that the administrator
 * accepts, and only those, and become a command.  It runs as the user and
 * faces whoever sent the variables: his client, or a file that PAM read.
 */

#include "config.h"

#include <unistd.h>

#include "audit.h"
#include "exitcode.h"
#include "log.h"
#include "options.h"
#include "serve.h"
#include "start.h"
#include "stdfd.h"

int
main(int argc, char **argv)
{
	int closed = stdfd_sanitise(), status = EXITCODE_USAGE;
	struct options opt = { 0 };
	char *const *envp = environ;
	const char *reason;
	char why[512];

	log_init("env-filter", 0);
	if (start_check(argc, argv, envp, closed, &reason) == -1)
		return audit_refused(1, reason);
	if (stdfd_closefrom(STDERR_FILENO + 1) == -1 ||
	    start_clean() == -1)
		return audit_refused(1, "cannot make a clean start");
	switch (options_parse(&opt, argc, argv, why, sizeof(why))) {
	case OPTIONS_RUN:
		log_init("env-filter", opt.verbosity);
		status = serve_request(&opt, envp, argv[0][0] == '-');
		break;
	case OPTIONS_DONE:
		status = 0;
		break;
	case OPTIONS_WRONG:
		(void)audit_refused(opt.action == OPTIONS_COMMAND, why);
		break;
	case OPTIONS_UNKNOWN:
		(void)audit_refused(opt.action == OPTIONS_COMMAND, why);
		log_warnx("try \"%s --help\"", "env-filter");
		break;
	case OPTIONS_FAILED:
		status = audit_refused(1, "out of memory");
		break;
	}
	options_free(&opt);
	return status;
}
