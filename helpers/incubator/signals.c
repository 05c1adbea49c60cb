/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "signals.h"

#include <sys/prctl.h>

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t noted[NSIG];

static const int forwarded[] = {
	SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM,
	SIGVTALRM, SIGPROF, SIGPOLL, SIGPWR,
};

/*
 * The last three are noted and forgotten: a write tells by itself, and a
 * limit that PAM sets is the user's, not root's (pam_limits(8)).
 */
static const int own[] = {
	SIGCHLD, SIGWINCH, SIGTSTP, SIGCONT, SIGPIPE, SIGXCPU, SIGXFSZ,
};

static sigset_t open_mask;
static int group_is_shared;
static int child_never_stops;

static void
note(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (group_is_shared && info->si_code == SI_KERNEL &&
	    (sig == SIGINT || sig == SIGQUIT ||
	    (sig == SIGTSTP && !child_never_stops)))
		return;
	noted[sig] = 1;
}

static void
catch_one(int sig)
{
	struct sigaction action, before;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = note;
	action.sa_flags = SA_RESTART | SA_SIGINFO;
	(void)sigfillset(&action.sa_mask);
	/* Whoever waits for a child must not have SIGCHLD ignored. */
	if (sig != SIGCHLD && sigaction(sig, NULL, &before) == 0 &&
	    before.sa_handler == SIG_IGN)
		return;
	(void)sigaction(sig, &action, NULL);
}

/* Every signal that would end this process if nobody heard it. */
int
signals_forwarded(unsigned int i)
{
	const unsigned int n = sizeof(forwarded) / sizeof(forwarded[0]);

	if (i < n)
		return forwarded[i];
	i -= n;
	return i <= (unsigned int)(SIGRTMAX - SIGRTMIN) ? SIGRTMIN + (int)i :
	    0;
}

static void
fill(sigset_t *set)
{
	unsigned int i;
	int sig;

	(void)sigemptyset(set);
	for (i = 0; (sig = signals_forwarded(i)) != 0; i++)
		(void)sigaddset(set, sig);
	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		(void)sigaddset(set, own[i]);
}

void
signals_catch(int shared, int is_init)
{
	sigset_t set;
	int sig;

	group_is_shared = shared;
	child_never_stops = is_init;
	fill(&set);
	for (sig = 1; sig < NSIG; sig++)
		if (sigismember(&set, sig) == 1)
			catch_one(sig);
	(void)sigemptyset(&set);
	(void)sigprocmask(SIG_SETMASK, &set, NULL);
}

const sigset_t *
signals_hold(void)
{
	sigset_t held;

	fill(&held);
	(void)sigprocmask(SIG_BLOCK, &held, &open_mask);
	return &open_mask;
}

void
signals_release(void)
{
	(void)sigprocmask(SIG_SETMASK, &open_mask, NULL);
}

void
signals_stop(void)
{
	struct sigaction action, before;
	sigset_t tstp, mask;

	memset(&action, 0, sizeof(action));
	action.sa_handler = SIG_DFL;
	(void)sigemptyset(&tstp);
	(void)sigaddset(&tstp, SIGTSTP);
	(void)sigaction(SIGTSTP, &action, &before);
	(void)raise(SIGTSTP);
	(void)sigprocmask(SIG_UNBLOCK, &tstp, &mask);
	(void)sigprocmask(SIG_SETMASK, &mask, NULL);
	(void)sigaction(SIGTSTP, &before, NULL);
}

void
signals_ignore_terminal(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = SIG_IGN;
	(void)sigaction(SIGTTIN, &action, NULL);
	(void)sigaction(SIGTTOU, &action, NULL);
}

int
signals_from_parent(int sig)
{
	const pid_t parent = getppid();

	if (sig == 0)
		return 0;
	if (prctl(PR_SET_PDEATHSIG, sig, 0, 0, 0) == -1)
		return -1;
	if (getppid() == parent)
		return 0;
	errno = ESRCH;
	return -1;
}

int
signals_take(int sig)
{
	int was = noted[sig] != 0;

	noted[sig] = 0;
	return was;
}
