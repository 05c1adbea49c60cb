/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "supervise.h"

#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "procs.h"
#include "relay.h"
#include "signals.h"

/*
 * How long a session that was hung up may take to end before its login
 * session is closed without it, in ms: enough for a shell to write its
 * history.
 */
#define HANGUP_PATIENCE 1000

struct watch {
	const struct supervise *sup;
	struct pollfd fds[CONNECTION_POLLFDS + RELAY_POLLFDS + 1];
	const sigset_t *mask;
	int lost;
	long long deadline;	/* in ms, once lost */
};

#define RELAY_FDS(watch) ((watch)->fds + CONNECTION_POLLFDS)
#define TTY_FD(watch) ((watch)->fds[CONNECTION_POLLFDS + RELAY_POLLFDS])

static long long
now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (long long)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/*
 * Where the terminal is kept, the child's session is ours as well, and we
 * leave ourselves out.  Without /proc the child's group is all we can name.
 */
static void
signal_session(const struct supervise *sup, int sig)
{
	pid_t sid = sup->terminal == REQUEST_KEEP_TERMINAL ? getsid(0) :
	    sup->child;

	if (procs_signal_session(sid, sig, getpid()) == -1)
		(void)kill(-sup->child, sig);
}

/* HUP, and CONT for who is stopped: as the kernel does. */
static void
hang_up(struct watch *watch)
{
	signal_session(watch->sup, SIGHUP);
	signal_session(watch->sup, SIGCONT);
	watch->lost = 1;
	watch->deadline = now() + HANGUP_PATIENCE;
}

/*
 * Returns 1 if the child has ended.  A stop by the terminal's doing is undone
 * where the terminal was kept: under sshd alone the command leads its session
 * and cannot be stopped that way, and here nobody could continue it.
 */
static int
reap(const struct supervise *sup, int *wstatus)
{
	while (waitpid(sup->child, wstatus, WNOHANG | WUNTRACED) > 0) {
		if (!WIFSTOPPED(*wstatus))
			return 1;
		if (sup->terminal == REQUEST_KEEP_TERMINAL &&
		    WSTOPSIG(*wstatus) != SIGSTOP)
			(void)kill(-sup->child, SIGCONT);
	}
	return 0;
}

/* ^Z at root's shell: the session stops with us, and goes on with us. */
static void
stop_with_session(const struct supervise *sup)
{
	if (sup->relay != NULL)
		relay_suspend(sup->relay);
	signal_session(sup, SIGSTOP);
	(void)raise(SIGSTOP);
	signal_session(sup, SIGCONT);
	if (sup->relay != NULL)
		relay_resume(sup->relay);
}

static void
handle_signals(struct watch *watch)
{
	const struct supervise *sup = watch->sup;
	unsigned int i;
	int sig;

	for (i = 0; (sig = signals_forwarded(i)) != 0; i++) {
		if (!signals_take(sig))
			continue;
		signal_session(sup, sig);
		if (sig == SIGHUP)
			signal_session(sup, SIGCONT);
	}
	/* Whoever leads a session has nobody who would continue him. */
	if (signals_take(SIGTSTP) && getsid(0) != getpid())
		stop_with_session(sup);
	if (signals_take(SIGCONT) && sup->relay != NULL)
		relay_resume(sup->relay);
	if (signals_take(SIGWINCH) && sup->relay != NULL)
		relay_resize(sup->relay);
}

/* Fill in what to wait for, and wait. */
static void
wait_for_event(struct watch *watch)
{
	const struct supervise *sup = watch->sup;
	struct timespec ts, *timeout = NULL;
	size_t n = sizeof(watch->fds) / sizeof(watch->fds[0]), i;
	long long left;

	for (i = 0; i < n; i++) {
		memset(&watch->fds[i], 0, sizeof(watch->fds[i]));
		watch->fds[i].fd = -1;
	}
	if (!watch->lost) {
		if (sup->connection != NULL)
			connection_poll(sup->connection, watch->fds);
		TTY_FD(watch).fd = sup->tty;
		if (sup->relay != NULL)
			relay_poll(sup->relay, RELAY_FDS(watch));
	} else {
		left = watch->deadline - now();
		if (left < 0)
			left = 0;
		ts.tv_sec = left / 1000;
		ts.tv_nsec = left % 1000 * 1000000;
		timeout = &ts;
	}
	if (ppoll(watch->fds, (nfds_t)n, timeout, watch->mask) == -1)
		for (i = 0; i < n; i++)
			watch->fds[i].revents = 0;
}

static int
is_lost(const struct watch *watch)
{
	const struct supervise *sup = watch->sup;

	if (sup->relay != NULL &&
	    relay_move(sup->relay, RELAY_FDS(watch)) == -1)
		return 1;
	if (TTY_FD(watch).revents & (POLLHUP | POLLERR))
		return 1;
	return sup->connection != NULL &&
	    connection_lost(sup->connection, watch->fds);
}

int
supervise_wait(const struct supervise *sup, int *wstatus)
{
	struct watch watch = { .sup = sup };

	watch.mask = signals_hold();
	for (;;) {
		/* First: both may have come before they were held back. */
		handle_signals(&watch);
		if (reap(sup, wstatus))
			break;
		if (watch.lost && now() >= watch.deadline)
			return 1;
		wait_for_event(&watch);
		if (!watch.lost && is_lost(&watch))
			hang_up(&watch);
	}
	if (sup->relay != NULL && !watch.lost)
		relay_drain(sup->relay);
	return 0;
}
