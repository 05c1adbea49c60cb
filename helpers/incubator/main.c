/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * incubator: turn an authenticated connection into a session of exactly one
 * local user.  sshd starts it, by ForceCommand, Subsystem or as a login
 * shell, as the user himself or as root; systemd, as the service that makes a
 * session for who has no right to; and a person at a shell may, too.
 */

#include "config.h"

#include <unistd.h>

#include "cleanup.h"
#include "configtest.h"
#include "exitcode.h"
#include "front.h"
#include "log.h"
#include "options.h"
#include "recordauth.h"
#include "serve.h"
#include "service.h"
#include "sessions.h"
#include "start.h"
#include "stdfd.h"

static int
act(const struct options *opt, char *const *envp)
{
	switch (opt->action) {
	case OPTIONS_SESSION:
		return serve_login(opt, envp, NULL);
	case OPTIONS_TEST:
	case OPTIONS_SHOW:
		return configtest_run(opt);
	case OPTIONS_FRONT:
		return front_run(opt, envp);
	case OPTIONS_SERVICE:
		return service_run(opt);
	case OPTIONS_CLEAN_UP:
		return cleanup_run();
	case OPTIONS_SESSIONS:
		return sessions_print(opt->json);
	case OPTIONS_RECORD_AUTH:
		return recordauth_run(envp);
	}
	return EXITCODE_USAGE;
}

int
main(int argc, char **argv)
{
	int closed = stdfd_sanitise(), status = EXITCODE_USAGE;
	struct options opt = { 0 };
	char *const *envp = environ;
	const char *reason;
	char why[512];

	log_init("incubator", 0);
	if (start_check(argc, argv, envp, closed, &reason) == -1)
		return serve_nobody(reason);
	if (stdfd_closefrom(STDERR_FILENO + 1) == -1 ||
	    start_clean() == -1)
		return serve_nobody("cannot make a clean start");
	switch (options_parse(&opt, argc, argv, why, sizeof(why))) {
	case OPTIONS_RUN:
		log_init("incubator", opt.verbosity);
		status = act(&opt, envp);
		break;
	case OPTIONS_DONE:
		status = 0;
		break;
	case OPTIONS_WRONG:
		(void)serve_nobody(why);
		break;
	case OPTIONS_UNKNOWN:
		(void)serve_nobody(why);
		log_warnx("try \"%s --help\"", "incubator");
		break;
	}
	options_free(&opt);
	return status;
}
