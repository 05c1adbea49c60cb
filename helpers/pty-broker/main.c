/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * pty-broker: terminals that outlive the connection.  It runs as the user, and
 * faces other processes of the same user, which it tells from everybody
 * else's by the kernel's word alone.
 */

#include "config.h"

#include <unistd.h>

#include "act.h"
#include "audit.h"
#include "exitcode.h"
#include "log.h"
#include "options.h"
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

	log_init("pty-broker", 0);
	if (start_check(argc, argv, envp, closed, &reason) == -1)
		return audit_refused(reason);
	if (stdfd_closefrom(STDERR_FILENO + 1) == -1 || start_clean() == -1)
		return audit_refused("cannot make a clean start");
	switch (options_parse(&opt, argc, argv, why, sizeof(why))) {
	case OPTIONS_RUN:
		log_init("pty-broker", opt.verbosity);
		status = act(&opt, envp);
		break;
	case OPTIONS_DONE:
		status = 0;
		break;
	case OPTIONS_WRONG:
		(void)audit_refused(why);
		break;
	case OPTIONS_UNKNOWN:
		(void)audit_refused(why);
		log_warnx("try \"%s --help\"", "pty-broker");
		break;
	}
	return status;
}
