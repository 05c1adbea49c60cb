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

#include "deadline.h"
#include "exitcode.h"
#include "log.h"
#include "members.h"
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

/*
 * How often to look whether somebody is left of a session that was hung up:
 * of processes that are not our children nobody tells us.  Twice as long each
 * time, since some are waited for for hours.  In ms.
 */
#define LEFT_TICK_MIN 25
#define LEFT_TICK_MAX 1000

/*
 * A command that reads the pipes ends by their end, some ms before sshd's
 * process does that closed them.  So where HangupDelay has to know whether
 * the command merely ended, a loss may show this much later, in ms.
 */
#define LOSS_PATIENCE 200

struct watch {
	const struct supervise *sup;
	struct pollfd fds[CONNECTION_POLLFDS + RELAY_POLLFDS + 2];
	const sigset_t *mask;
	int ended;		/* the child has: look, do not wait */
	int lost;
	int told;		/* process 1, or no command yet, to end */
	int outlasting;		/* lost, and HangupDelay runs */
	long long tick;		/* in ms, while it does; else 0 */
	long long deadline;	/* in ms, once lost or told */
};

#define RELAY_FDS(watch) ((watch)->fds + CONNECTION_POLLFDS)
#define TTY_FD(watch) ((watch)->fds[CONNECTION_POLLFDS + RELAY_POLLFDS])
#define REPORT_FD(watch) \
	((watch)->fds[CONNECTION_POLLFDS + RELAY_POLLFDS + 1])

/* HUP, and CONT for who is stopped: as the kernel does. */
static void
hang_up(struct watch *watch)
{
	members_signal(watch->sup, SIGHUP);
	members_signal(watch->sup, SIGCONT);
	watch->deadline = deadline_now() + HANGUP_PATIENCE;
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
	members_signal(sup, SIGSTOP);
	if (sup->is_init)
		await_stop(sup);
	signals_stop();
	members_signal(sup, SIGCONT);
	if (sup->relay != NULL)
		relay_resume(sup->relay);
}

/*
 * The session was told to end.  Process 1, and a child that is not the
 * command yet, may not have heard it.  While HangupDelay runs, HUP only says
 * again what is known; TERM is from somebody who needs an end now, a shutdown
 * or loginctl(1), and who would send KILL to us in the end.
 */
static void
set_limit(struct watch *watch, int sig)
{
	const struct supervise *sup = watch->sup;
	const long long soon = deadline_now() + HANGUP_PATIENCE;

	if (watch->outlasting) {
		if (sig == SIGTERM && soon < watch->deadline)
			watch->deadline = soon;
	} else if ((sup->is_init || sup->child->report != -1) &&
	    !watch->told) {
		watch->told = 1;
		watch->deadline = soon;
	}
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
		members_signal(sup, sig);
		/* As login(1): an interactive shell does not hear TERM. */
		if (sig == SIGTERM && sup->interactive)
			members_signal(sup, SIGHUP);
		if (sig != SIGHUP && sig != SIGTERM)
			continue;
		members_signal(sup, SIGCONT);
		set_limit(watch, sig);
	}
	/* Whoever leads a session has nobody who would continue him. */
	if (signals_take(SIGTSTP) && !members_led_by_us())
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
		return watch->tick;
	if (watch->lost || watch->told) {
		left = watch->deadline - deadline_now();
		if (watch->outlasting && left > watch->tick)
			left = watch->tick;
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
		.tv_sec = (time_t)(ms / 1000),
		.tv_nsec = (long)(ms % 1000 * 1000000),
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
give_up(const struct supervise *sup)
{
	const struct timespec tick = { .tv_nsec = 10000000 };
	int i;

	if (sup->child->report == -1 && !sup->is_init)
		return;
	/* Its end without a word would be heard as a command that runs. */
	spawn_forget(sup->child);
	(void)kill(sup->child->pid, SIGKILL);
	/* A dead NFS or FUSE server can hold even a killed process: go on. */
	for (i = 0; i < 50 && !members_child_ended(sup); i++)
		(void)nanosleep(&tick, NULL);
}

/*
 * Until the child has ended or was given up, or HangupDelay is to run.
 */
static void
watch_child(struct watch *watch)
{
	const struct supervise *sup = watch->sup;

	for (;;) {
		/* First: both may have come before they were held back. */
		handle_signals(watch);
		if (members_child_ended(sup))
			return;
		if ((watch->lost || watch->told) &&
		    deadline_now() >= watch->deadline) {
			give_up(sup);
			return;
		}
		wait_for_event(watch);
		hear(sup);
		if (!watch->lost && is_lost(watch)) {
			watch->lost = 1;
			if (sup->hangup_delay >= 0)
				return;
			hang_up(watch);
		} else if (sup->relay != NULL &&
		    relay_waits_for_foreground(sup->relay))
			relay_resume(sup->relay);
	}
}

/*
 * A terminal's hangup reaches the command from the kernel, which may have
 * ended by it before we saw why.  On pipes see LOSS_PATIENCE: nobody waits
 * for that unless there is somebody whom it would be about.
 */
static void
look_for_loss(struct watch *watch)
{
	const struct supervise *sup = watch->sup;
	const int patient = sup->hangup_delay >= 0 && sup->connection != NULL;
	const long long end = deadline_now() + LOSS_PATIENCE;

	watch->ended = 1;
	watch->tick = 0;
	for (;;) {
		wait_for_event(watch);
		watch->lost = is_lost(watch);
		if (watch->lost || !patient || deadline_now() >= end ||
		    !members_left(sup))
			break;
		watch->tick = LEFT_TICK_MIN;
	}
	watch->ended = 0;
}

/*
 * HangupDelay: hang the session up, wait until nobody is left of it, and kill
 * who is when the time is over.
 */
static void
outlast(struct watch *watch)
{
	const struct supervise *sup = watch->sup;
	const long long begin = deadline_now();

	/* Then who ignores HUP reads his end and can write to nobody. */
	if (sup->relay != NULL)
		relay_hang_up(sup->relay);
	hang_up(watch);
	watch->outlasting = 1;
	watch->deadline = begin + sup->hangup_delay * 1000LL;
	for (watch->tick = LEFT_TICK_MIN; members_left(sup);) {
		/* Who is not the command yet has no more time than ever. */
		if (deadline_now() >= watch->deadline ||
		    (sup->child->report != -1 &&
		    deadline_now() >= begin + HANGUP_PATIENCE)) {
			spawn_forget(sup->child);
			if (members_kill(sup) == -1)
				log_info("not all of the session could be "
				    "killed");
			return;
		}
		wait_for_event(watch);
		hear(sup);
		handle_signals(watch);
		if ((watch->tick *= 2) > LEFT_TICK_MAX)
			watch->tick = LEFT_TICK_MAX;
	}
}

/* The child's status, and its zombie's end. */
static void
collect(const struct supervise *sup, int *wstatus)
{
	switch (waitpid(sup->child->pid, wstatus, WNOHANG)) {
	case 0:
		/* Given up. */
		*wstatus = W_EXITCODE(0, SIGKILL);
		break;
	case -1:
		/* A module that ignored SIGCHLD left none. */
		*wstatus = W_EXITCODE(EXITCODE_REFUSED, 0);
		break;
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
	watch_child(&watch);
	/* A question for maps may stand before the end. */
	hear(sup);
	hear(sup);
	if (!watch.lost)
		look_for_loss(&watch);
	if (watch.lost && sup->hangup_delay >= 0)
		outlast(&watch);
	collect(sup, wstatus);
	signals_release();
	if (sup->relay != NULL && !watch.lost)
		relay_drain(sup->relay, told_to_end);
	return watch.lost;
}
