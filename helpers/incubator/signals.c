/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "signals.h"

#include <stddef.h>
#include <string.h>

static volatile sig_atomic_t noted[NSIG];

static const int forwarded[] = {
	SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM,
};

/* SIGPIPE is noted and forgotten: a write tells by itself. */
static const int own[] = {
	SIGCHLD, SIGWINCH, SIGTSTP, SIGCONT, SIGPIPE,
};

static sigset_t open_mask;

static void
note(int sig)
{
	noted[sig] = 1;
}

static void
catch_one(int sig)
{
	struct sigaction action, before;

	memset(&action, 0, sizeof(action));
	action.sa_handler = note;
	action.sa_flags = SA_RESTART;
	(void)sigfillset(&action.sa_mask);
	/* Whoever waits for a child must not have SIGCHLD ignored. */
	if (sig != SIGCHLD && sigaction(sig, NULL, &before) == 0 &&
	    before.sa_handler == SIG_IGN)
		return;
	(void)sigaction(sig, &action, NULL);
}

void
signals_catch(void)
{
	sigset_t none;
	size_t i;

	for (i = 0; i < sizeof(forwarded) / sizeof(forwarded[0]); i++)
		catch_one(forwarded[i]);
	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		catch_one(own[i]);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

const sigset_t *
signals_hold(void)
{
	sigset_t held;
	size_t i;

	(void)sigemptyset(&held);
	for (i = 0; i < sizeof(forwarded) / sizeof(forwarded[0]); i++)
		(void)sigaddset(&held, forwarded[i]);
	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		(void)sigaddset(&held, own[i]);
	(void)sigprocmask(SIG_BLOCK, &held, &open_mask);
	return &open_mask;
}

int
signals_take(int sig)
{
	int was = noted[sig] != 0;

	noted[sig] = 0;
	return was;
}

int
signals_forwarded(unsigned int i)
{
	return i < sizeof(forwarded) / sizeof(forwarded[0]) ? forwarded[i] :
	    0;
}
