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

#include "exitcode.h"
#include "procs.h"
#include "relay.h"
#include "signals.h"
#include "spawn.h"

/*
 * How long a session that was hung up may take to end before its login
 * session is closed without it, or process 1 killed, in ms: enough for a
 * shell to write its history.
 */
#define HANGUP_PATIENCE 1000

/* How often to look whether the shell has put us into the foreground, in ms. */
#define FOREGROUND_TICK 500

struct watch {
	const struct supervise *sup;
	struct pollfd fds[CONNECTION_POLLFDS + RELAY_POLLFDS + 2];
	const sigset_t *mask;
	int ended;		/* the child has: look, do not wait */
	int lost;
	int told;		/* process 1, or no command yet, to end */
	long long deadline;	/* in ms, once lost or told */
};

#define RELAY_FDS(watch) ((watch)->fds + CONNECTION_POLLFDS)
#define TTY_FD(watch) ((watch)->fds[CONNECTION_POLLFDS + RELAY_POLLFDS])
#define REPORT_FD(watch) \
	((watch)->fds[CONNECTION_POLLFDS + RELAY_POLLFDS + 1])

static long long
now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (long long)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int
leads_session(void)
{
	return getsid(0) == getpid();
}

/*
 * Where the child's session is ours as well, we leave ourselves out; and if
 * there is somebody else's shell at its head, the rest of it, too.  Without
 * /proc the child is all that we can name.
 */
static void
signal_session(const struct supervise *sup, int sig)
{
	const pid_t child = sup->child->pid;
	pid_t sid = sup->shares_group && leads_session() ? getpid() : child;

	if (procs_signal_session(sid, sig, getpid()) <= 0)
		(void)kill(child, sig);
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
	if (!leads_session())
		signals_stop();
	else if (sig == SIGSTOP)
		return;
	(void)kill(sup->child->pid, SIGCONT);
}

/*
 * Returns 1 if the child has ended.  Its stop is nobody's business where it
 * leads its session.
 */
static int
reap(const struct supervise *sup, int *wstatus)
{
	const pid_t child = sup->child->pid;
	pid_t pid;

	while ((pid = waitpid(child, wstatus, WNOHANG | WUNTRACED)) > 0) {
		if (!WIFSTOPPED(*wstatus))
			return 1;
		follow_stop(sup, WSTOPSIG(*wstatus));
	}
	if (pid == 0 || errno == EINTR)
		return 0;
	/* Somebody else took the status: a module that ignores SIGCHLD. */
	*wstatus = W_EXITCODE(EXITCODE_REFUSED, 0);
	return 1;
}

/*
 * Process 1 was sent a STOP.  Until it has stopped it could still read what
 * is typed for the shell that has the terminal next.
 */
static void
await_stop(const struct supervise *sup)
{
	const struct timespec tick = { .tv_nsec = 2000000 };
	siginfo_t info;
	int i;

	for (i = 0; i < 100; i++) {
		info.si_pid = 0;
		if (waitid(P_PID, (id_t)sup->child->pid, &info, WSTOPPED |
		    WEXITED | WNOWAIT | WNOHANG) == -1 || info.si_pid != 0)
			return;
		(void)nanosleep(&tick, NULL);
	}
}

/* ^Z at the shell before us: the session stops with us, and goes on so. */
static void
stop_with_session(const struct supervise *sup)
{
	if (sup->relay != NULL)
		relay_suspend(sup->relay);
	signal_session(sup, SIGSTOP);
	if (sup->is_init)
		await_stop(sup);
	signals_stop();
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
		/* As login(1): an interactive shell does not hear TERM. */
		if (sig == SIGTERM && sup->interactive)
			signal_session(sup, SIGHUP);
		if (sig != SIGHUP && sig != SIGTERM)
			continue;
		signal_session(sup, SIGCONT);
		if ((sup->is_init || sup->child->report != -1) &&
		    !watch->told) {
			watch->told = 1;
			watch->deadline = now() + HANGUP_PATIENCE;
		}
	}
	/* Whoever leads a session has nobody who would continue him. */
	if (signals_take(SIGTSTP) && !leads_session())
		stop_with_session(sup);
	if (signals_take(SIGCONT) && sup->relay != NULL)
		relay_resume(sup->relay);
	if (signals_take(SIGWINCH) && sup->relay != NULL)
		relay_resize(sup->relay);
}

/* In ms, or -1 for as long as it takes. */
static long long
patience(const struct watch *watch)
{
	long long left;

	if (watch->ended)
		return 0;
	if (watch->lost || watch->told) {
		left = watch->deadline - now();
		return left > 0 ? left : 0;
	}
	if (watch->sup->relay != NULL &&
	    relay_waits_for_foreground(watch->sup->relay))
		return FOREGROUND_TICK;
	return -1;
}

/* Fill in what to wait for, and wait. */
static void
wait_for_event(struct watch *watch)
{
	const struct supervise *sup = watch->sup;
	const long long ms = patience(watch);
	const struct timespec ts = {
		.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000,
	};
	size_t n = sizeof(watch->fds) / sizeof(watch->fds[0]), i;

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
	}
	REPORT_FD(watch).fd = sup->child->report;
	REPORT_FD(watch).events = POLLIN;
	if (ppoll(watch->fds, (nfds_t)n, ms < 0 ? NULL : &ts,
	    watch->ended ? NULL : watch->mask) <= 0)
		for (i = 0; i < n; i++)
			watch->fds[i].revents = 0;
}

/* What the child has to say before it becomes the command. */
static void
hear(const struct supervise *sup)
{
	struct spawn_report failed;
	int result;

	if (sup->child->report != -1 &&
	    (result = spawn_hear(sup->child, &failed)) != 0)
		sup->heard(sup->ctx, result, &failed);
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

/*
 * The patience with a session that was told to end is over.  A child that has
 * not become the command yet is still ours to end, and so is process 1.
 */
static void
give_up(const struct supervise *sup, int *wstatus)
{
	const struct timespec tick = { .tv_nsec = 10000000 };
	int i;

	*wstatus = W_EXITCODE(0, SIGKILL);
	if (sup->child->report == -1 && !sup->is_init)
		return;
	/* Its end without a word would be heard as a command that runs. */
	spawn_forget(sup->child);
	(void)kill(sup->child->pid, SIGKILL);
	/* A dead NFS or FUSE server can hold even a killed process: go on. */
	for (i = 0; i < 50; i++) {
		if (waitpid(sup->child->pid, wstatus, WNOHANG) != 0)
			return;
		(void)nanosleep(&tick, NULL);
	}
}

static int
told_to_end(void)
{
	return signals_take(SIGHUP) || signals_take(SIGINT) ||
	    signals_take(SIGTERM);
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
		if ((watch.lost || watch.told) && now() >= watch.deadline) {
			give_up(sup, wstatus);
			break;
		}
		wait_for_event(&watch);
		hear(sup);
		if (!watch.lost && is_lost(&watch))
			hang_up(&watch);
		else if (sup->relay != NULL &&
		    relay_waits_for_foreground(sup->relay))
			relay_resume(sup->relay);
	}
	/* A question for maps may stand before the end. */
	hear(sup);
	hear(sup);
	/*
	 * A terminal's hangup reaches the command from the kernel, which may
	 * have ended by it before we saw why.
	 */
	if (!watch.lost) {
		watch.ended = 1;
		wait_for_event(&watch);
		watch.lost = is_lost(&watch);
	}
	signals_release();
	if (sup->relay != NULL && !watch.lost)
		relay_drain(sup->relay, told_to_end);
	return watch.lost;
}
