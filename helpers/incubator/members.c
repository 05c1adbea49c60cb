/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * A session's processes are its user's, who may fork, stop, leave and change
 * their names while we look.  What is counted on is the kernel's number of
 * the POSIX session alone; it is our own pid or that of a child which has not
 * been reaped, so that it names no other session.
 */

#include "config.h"
#include "members.h"

#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "procs.h"
#include "signals.h"
#include "spawn.h"
#include "supervise.h"

/* How often to kill, and how long to wait for the effect, in ms. */
#define KILL_ROUNDS 200
#define KILL_TICK 10

int
members_led_by_us(void)
{
	return getsid(0) == getpid();
}

/*
 * The number of the session.  That of a child which shares a session with
 * somebody else's shell is no session's.
 */
static pid_t
session_of(const struct supervise *sup)
{
	return sup->shares_group && members_led_by_us() ? getpid() :
	    sup->child->pid;
}

void
members_signal(const struct supervise *sup, int sig)
{
	if (procs_signal_session(session_of(sup), sig, getpid()) <= 0)
		(void)kill(sup->child->pid, sig);
}

/*
 * A child in our group was stopped.  If we lead the session, nobody but us
 * could continue it, so that whatever stops it short of SIGSTOP is undone.
 * Else there is a shell that started us as its job, and stops and continues
 * that as a whole.
 */
static void
follow_stop(const struct supervise *sup, int sig)
{
	if (!sup->shares_group)
		return;
	if (!members_led_by_us())
		signals_stop();
	else if (sig == SIGSTOP)
		return;
	(void)kill(sup->child->pid, SIGCONT);
}

int
members_child_ended(const struct supervise *sup)
{
	const id_t child = (id_t)sup->child->pid;
	siginfo_t info;

	for (;;) {
		info.si_pid = 0;
		/* ECHILD: a module that ignored SIGCHLD took its status. */
		if (waitid(P_PID, child, &info,
		    WEXITED | WNOHANG | WNOWAIT) == -1)
			return errno != EINTR;
		if (info.si_pid != 0)
			return 1;
		if (waitid(P_PID, child, &info, WSTOPPED | WNOHANG) == -1 ||
		    info.si_pid == 0)
			return 0;
		follow_stop(sup, info.si_status);
	}
}

/* Is the child one of those who may be killed with the session? */
static int
child_is_ours(const struct supervise *sup)
{
	if (members_child_ended(sup))
		return 0;
	return sup->is_init || sup->child->report != -1 ||
	    session_of(sup) == sup->child->pid ||
	    getsid(sup->child->pid) == getpid();
}

int
members_left(const struct supervise *sup)
{
	return child_is_ours(sup) ||
	    procs_signal_session(session_of(sup), 0, getpid()) > 0;
}

int
members_kill(const struct supervise *sup)
{
	const struct timespec tick = { .tv_nsec = KILL_TICK * 1000000L };
	int i;

	for (i = 0; i < KILL_ROUNDS; i++) {
		(void)procs_signal_session(session_of(sup), SIGKILL,
		    getpid());
		if (child_is_ours(sup))
			(void)kill(sup->child->pid, SIGKILL);
		if (!members_left(sup))
			return 0;
		(void)nanosleep(&tick, NULL);
	}
	return -1;
}
