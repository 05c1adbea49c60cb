/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "ending.h"

#include <sys/wait.h>

#include <signal.h>
#include <unistd.h>

#include "farewell.h"
#include "files.h"
#include "procs.h"
#include "session.h"
#include "utempter.h"
#include "viewer.h"

/* From HUP to KILL, in ms: what a shell needs to write its history. */
#define KILL_DELAY 2000

/* How often to look meanwhile whether anybody is left, in ms. */
#define KILL_PACE 50

/* From KILL until the terminal is taken from who lives on, in ms. */
#define HANGUP_DELAY 200

/* From there until the session ends without it, in ms. */
#define ALONE_DELAY 2000

/* For how long a status is kept for who comes later, in ms. */
#define KEPT_FOR (24 * 60 * 60 * 1000)

/* How long the entry in utmp may hold up the end, in ms. */
#define UTEMPTER_PATIENCE 500

/*
 * How much is read behind the end of the leader: somebody in the background
 * may write for ever.  What the leader wrote is no more than a pty holds.
 */
#define AFTER_MAX ((size_t)128 * 1024)

/* There may be something for any of them. */
static void
stir_all(struct session *session)
{
	struct viewer *viewer;

	for (viewer = session->viewers; viewer != NULL; viewer = viewer->next)
		viewer_stir(viewer);
}

/* Who waits for the end of all of it need not wait any more. */
static void
killed(struct session *session)
{
	loop_unset(&session->loop, &session->killing);
	loop_unset(&session->loop, &session->looking);
	stir_all(session);
	ending_viewers(session);
}

/* The leader is our child and not reaped: its number is its own. */
static void
signal_all(const struct session *session, int sig)
{
	/* No descriptor is left to look for the others with. */
	if (procs_signal_session(session->leader, sig, 0) == -1)
		(void)kill(session->leader, sig);
}

static void
kill_rest(struct loop_timer *timer)
{
	struct session *session = timer->ctx;

	/*
	 * So long as one of its processes lives, nobody else gets the number
	 * of a leader that was reaped; if none does, it may be another
	 * session's, but not another user's that we could kill.
	 */
	if (session->leader_gone)
		(void)procs_signal_users(session->leader, getuid(), SIGKILL,
		    0);
	else
		signal_all(session, SIGKILL);
	/*
	 * One that has become another user, as sudo(8) has, took none of
	 * these; that its terminal is gone the kernel tells it all the same.
	 */
	if (!session->leader_gone)
		loop_set(&session->loop, &session->hangup, HANGUP_DELAY);
	killed(session);
}

/* The leader is gone; are those gone that got a HUP with it? */
static void
look(struct loop_timer *timer)
{
	struct session *session = timer->ctx;

	if (procs_signal_users(session->leader, getuid(), 0, 0) > 0)
		loop_set(&session->loop, &session->looking, KILL_PACE);
	else
		killed(session);
}

static void
hang_up(struct loop_timer *timer)
{
	struct session *session = timer->ctx;

	if (session->leader_gone)
		return;
	if (session->master.fd == -1) {
		/* It ignores that, and is nobody's whom we could kill. */
		session->leader_gone = 1;
		session->status = SIGHUP;
		session->loop.busy = 1;
		return;
	}
	loop_unset(&session->loop, &session->sizing.repaint);
	if (session->utempter != NULL)
		(void)utempter_remove(session->utempter, session->master.fd,
		    UTEMPTER_PATIENCE);
	session->utempter = NULL;
	loop_close_source(&session->loop, &session->master);
	session->master_ready = 0;
	session->input.len = 0;
	session->loop.busy = 1;
	loop_set(&session->loop, timer, ALONE_DELAY);
}

void
ending_kill(struct session *session)
{
	session->told = 1;
	if (session->leader_gone) {
		ending_viewers(session);
		return;
	}
	signal_all(session, SIGHUP);
	/* A stopped one takes no other signal before it goes on. */
	signal_all(session, SIGCONT);
	if (!session->killing.set && !session->hangup.set)
		loop_set(&session->loop, &session->killing, KILL_DELAY);
}

/* Nobody has been there for too long. */
static void
alone_too_long(struct loop_timer *timer)
{
	struct session *session = timer->ctx;

	if (session->over)
		session->end = 1;
	else
		ending_kill(session);
}

void
ending_open(struct session *session)
{
	session->alone.due = alone_too_long;
	session->alone.ctx = session;
	session->killing.due = kill_rest;
	session->killing.ctx = session;
	session->looking.due = look;
	session->looking.ctx = session;
	session->hangup.due = hang_up;
	session->hangup.ctx = session;
	ending_viewers(session);
}

void
ending_viewers(struct session *session)
{
	const struct viewer *viewer = session->viewers;
	int kept = session->timeout;

	while (viewer != NULL && (viewer->gone || viewer->leaving ||
	    (viewer->flags & PROTO_KEEPER)))
		viewer = viewer->next;
	if (viewer != NULL) {
		loop_unset(&session->loop, &session->alone);
		return;
	}
	if (session->over && session->told) {
		/* Not before what stays is killed. */
		session->end = !session->killing.set;
		return;
	}
	if (session->over && (kept == 0 || kept > KEPT_FOR))
		kept = KEPT_FOR;
	if (kept != 0 && !session->alone.set)
		loop_set(&session->loop, &session->alone, kept);
}

void
ending_reap(struct session *session)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == session->keeper_pid) {
			session->keeper_pid = 0;
			session->keeper_failed = 1;
			session->loop.busy = 1;
		}
		if (pid != session->leader || session->leader_gone)
			continue;
		session->leader_gone = 1;
		session->status = status;
		/* What it wrote last may have come since the last look. */
		session->master_ready = 1;
		session->loop.busy = 1;
	}
}

void
ending_drained(struct session *session)
{
	if (session->over || !session->leader_gone ||
	    (session->master_ready && session->after < AFTER_MAX))
		return;
	session->over = 1;
	/* Does anything stay that is to be killed? */
	if (session->killing.set &&
	    procs_signal_session(session->leader, 0, 0) <= 0)
		loop_unset(&session->loop, &session->killing);
	else if (session->killing.set)
		loop_set(&session->loop, &session->looking, KILL_PACE);
	loop_unset(&session->loop, &session->hangup);
	loop_unset(&session->loop, &session->alone);
	loop_unset(&session->loop, &session->sizing.repaint);
	loop_unset(&session->loop, &session->stall);
	if (session->utempter != NULL)
		(void)utempter_remove(session->utempter, session->master.fd,
		    UTEMPTER_PATIENCE);
	/* While the terminal's number is still nobody else's. */
	record_write(session);
	loop_close_source(&session->loop, &session->master);
	session->master_ready = 0;
	/* Who had more to say is read from. */
	session->input.len = 0;
	session->loop.busy = 1;
	stir_all(session);
}

void
ending_tell(struct session *session)
{
	if (!session->over)
		return;
	/* Nothing is kept for who comes later. */
	if (session->told && !session->killing.set)
		files_remove(session);
	if (session->logged)
		return;
	session->logged = 1;
	farewell(session);
	ending_viewers(session);
}
