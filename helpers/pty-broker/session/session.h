/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SESSION_H
#define SESSION_H

#include <sys/types.h>

#include "history.h"
#include "input.h"
#include "loop.h"
#include "proto.h"
#include "record.h"
#include "setup.h"
#include "sizing.h"

struct viewer;

/* One session: a pty, what runs on it, and who looks at it. */
struct session {
	struct loop loop;
	struct history history;
	struct sizing sizing;
	struct record record;
	struct viewer *viewers;
	int changed;			/* who of them counts */
	struct loop_source listener;
	struct loop_timer crowd;	/* until somebody is let in after all */
	struct loop_source signals;
	struct loop_source removal;	/* of the socket: inotify(7) */
	int lock;			/* held as long as we live */
	const char *fallback;		/* where to go if our place is gone */
	const char *utempter;		/* that takes the pty out of utmp */

	struct loop_source master;
	int master_ready;		/* more may be there to be read */
	int awaited;			/* ... by who made it, and is to come */
	size_t after;			/* bytes read since the leader's end */
	struct loop_timer stall;	/* of everybody who looks on */

	pid_t leader;
	int leader_gone;
	int status;			/* of the leader, as wait(2) has it */
	int over;			/* ... and all that it wrote is here */
	int told;			/* somebody knows the status */
	int logged;			/* so does the log */
	int end;			/* leave the loop */

	int timeout;			/* ms without a viewer; 0: for good */
	struct loop_timer alone;	/* since the last one left */
	struct loop_timer killing;	/* from HUP to KILL */
	struct loop_timer looking;	/* who is left meanwhile */
	struct loop_timer hangup;	/* ... to the end of the terminal */

	struct viewer *keeper;		/* of the screen, or NULL */
	pid_t keeper_pid;
	int keeper_failed;		/* it is to be done without */
	struct loop_timer keeper_late;

	struct input input;		/* last: see session_open() */
};

/* What is said on its command line. */
struct session_setup {
	const char *name;
	const char *tty;		/* the pty's name */
	pid_t leader;			/* a child of this process */
	int timeout;			/* ms; 0: none */
	size_t buffer;			/* bytes */
	enum proto_policy policy;
	int screen;			/* a keeper is wanted */
	int awaited;			/* read nothing before somebody looks */
	const char *fallback;		/* a directory, or NULL */
	const char *utempter;		/* has entered the pty, or NULL */
};

/* Returns 0, or -1 with errno. */
int session_open(struct session *session, const struct session_setup *setup);

/* One turn, after the loop's. */
void session_turn(struct session *session);

/* Until it is over, and everybody knows. */
void session_run(struct session *session);

/* Leave nothing behind. */
void session_close(struct session *session);

#endif
