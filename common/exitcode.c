/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "exitcode.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "names.h"

int
exitcode_of_exec(int err)
{
	return err == ENOENT || err == ENOTDIR ? EXITCODE_NOT_FOUND :
	    EXITCODE_NOT_EXECUTABLE;
}

const char *
exitcode_describe(int wstatus, char *buf, size_t size)
{
	const char *name = NULL;

	if (WIFSIGNALED(wstatus))
		name = names_of(NAMES_SIGNAL,
		    (unsigned int)WTERMSIG(wstatus));
	if (WIFEXITED(wstatus))
		(void)snprintf(buf, size, "exited with %d",
		    WEXITSTATUS(wstatus));
	else if (!WIFSIGNALED(wstatus))
		(void)snprintf(buf, size, "unknown status %d", wstatus);
	else if (name != NULL)
		(void)snprintf(buf, size, "killed by SIG%s", name);
	else
		(void)snprintf(buf, size, "killed by signal %d",
		    WTERMSIG(wstatus));
	return buf;
}

void
exitcode_end_as(int wstatus)
{
	const struct rlimit none = { 0, 0 };
	struct sigaction action;
	sigset_t set;
	int sig;

	if (WIFEXITED(wstatus))
		_exit(WEXITSTATUS(wstatus));
	if (WIFSIGNALED(wstatus)) {
		sig = WTERMSIG(wstatus);
		/*
		 * The command left its own core if it was to leave one.  The
		 * limit is for core files, the flag for core_pattern pipes,
		 * which get a core at any limit but 1 (core(5)).
		 */
		(void)setrlimit(RLIMIT_CORE, &none);
		(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
		memset(&action, 0, sizeof(action));
		action.sa_handler = SIG_DFL;
		(void)sigaction(sig, &action, NULL);
		(void)kill(getpid(), sig);
		(void)sigemptyset(&set);
		(void)sigaddset(&set, sig);
		(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
		/* Only a signal that does not end a process leads here. */
	}
	_exit(EXITCODE_REFUSED);
}
