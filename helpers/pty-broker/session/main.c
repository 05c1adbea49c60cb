/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * pty-broker-session: one session of pty-broker(1), which starts it and is
 * its only user.  A program of its own because there may be very many of
 * them, each as small as it can be: no name is looked up here, nothing is
 * allocated that is not needed, and it is linked statically where that works.
 *
 *	pty-broker-session NAME TTY LEADER TIMEOUT BUFFER POLICY SCREEN \
 *	    AWAITED FALLBACK UTEMPTER
 */

#include "config.h"

#include <sys/resource.h>

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "birth.h"
#include "decimal.h"
#include "exitcode.h"
#include "procs.h"
#include "session.h"
#include "sigreset.h"

#define WORDS 11

static int
number(const char *word, uint64_t max, uint64_t *value)
{
	return decimal_read(word, strlen(word), max, value);
}

/* To who waits for the session, and nothing is left of the command. */
static int
fail(pid_t leader, int err)
{
	struct birth_failure failure = {
		.status = EXITCODE_REFUSED, .err = err, .object = "session",
	};

	(void)procs_signal_session(leader, SIGKILL, 0);
	return write(SESSION_REPORT, &failure, sizeof(failure)) == -1 ?
	    EXITCODE_REFUSED : failure.status;
}

/*
 * The limits are those of the shell in which it was made, and meant for what
 * runs there.  What was printed is in no core file, and who writes a record
 * that is too long for them is told so by errno.
 */
static void
lift_limits(void)
{
	static const int limits[] = { RLIMIT_NOFILE, RLIMIT_FSIZE, RLIMIT_AS,
	    RLIMIT_DATA, RLIMIT_CPU };
	static const struct rlimit none;
	struct rlimit limit;
	size_t i;

	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		const __rlimit_resource_t which =
		    (__rlimit_resource_t)limits[i];

		if (getrlimit(which, &limit) == -1)
			continue;
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(which, &limit);
	}
	(void)setrlimit(RLIMIT_CORE, &none);
	sigreset_ignore(SIGXFSZ);
}

int
main(int argc, char **argv)
{
	static struct session session;
	struct session_setup setup = { 0 };
	uint64_t leader = 0, timeout, buffer, policy, screen, awaited;

	if (argc != WORDS ||
	    number(argv[3], INT32_MAX, &leader) == -1 ||
	    number(argv[4], INT32_MAX, &timeout) == -1 ||
	    number(argv[5], INT32_MAX, &buffer) == -1 ||
	    number(argv[6], PROTO_FIXED, &policy) == -1 ||
	    number(argv[7], 1, &screen) == -1 ||
	    number(argv[8], 1, &awaited) == -1)
		return fail((pid_t)leader, EINVAL);
	setup.name = argv[1];
	setup.tty = argv[2];
	setup.leader = (pid_t)leader;
	setup.timeout = (int)timeout;
	setup.buffer = (size_t)buffer;
	setup.policy = (enum proto_policy)policy;
	setup.screen = (int)screen;
	setup.awaited = (int)awaited;
	setup.fallback = *argv[9] == '\0' ? NULL : argv[9];
	setup.utempter = *argv[10] == '\0' ? NULL : argv[10];
	lift_limits();
	if (session_open(&session, &setup) == -1)
		return fail(setup.leader, errno);
	(void)close(SESSION_REPORT);
	session_run(&session);
	session_close(&session);
	return 0;
}
