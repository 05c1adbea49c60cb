/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The life of a session.  Shapes B and C hold, in this order, a pty, the way
 * to an agent, a login, a terminal that was given away, a relay and a child,
 * and let go of them in the opposite order, whatever happened, but for the
 * agent, which nobody is to have while the login is closed; struct live says
 * which it holds.
 * Shape A, where its plan needs a child, holds that alone.
 */

#include "config.h"
#include "session.h"

#include <sys/wait.h>

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit.h"
#include "backlink.h"
#include "command.h"
#include "connection.h"
#include "exitcode.h"
#include "launch.h"
#include "log.h"
#include "login.h"
#include "policy.h"
#include "relay.h"
#include "request.h"
#include "sessagent.h"
#include "sesstty.h"
#include "signals.h"
#include "spawn.h"
#include "stdfd.h"
#include "supervise.h"

static const char lost_early[] =
    "connection lost before the command ran";

struct live {
	const struct session_facts *facts;
	struct sesstty tty;
	struct sessagent agent;
	struct login login;
	struct launch_facts launch_facts;
	struct launch launch;
	struct connection connection;
	struct relay *relay;
	struct spawn_child child;
	int opened;		/* the log says that the session was opened */
	int status;		/* of a step that failed, or -1 */
};

/*
 * Is the child in our process group?  What is typed reaches it without us
 * then, and its stop is ours.
 */
static int
shares_group(const struct request *req)
{
	return req->shape == REQUEST_OWN ||
	    req->terminal == REQUEST_KEEP_TERMINAL;
}

/* Is the command process 1, by whose rules signals pass it by? */
static int
is_init(const struct session_facts *facts)
{
	return (facts->policy->confine.namespaces & CLONE_NEWPID) != 0;
}

/*
 * Shape A behaves as sshd alone: a lost pipe ends nobody, and for a terminal
 * there is the kernel's HUP.  HangupDelay asks for more.
 */
static int
watches(const struct session_facts *facts)
{
	return request_by_root(facts->req) ||
	    facts->policy->hangup_delay >= 0;
}

static int
open_terminal(struct live *live)
{
	return sesstty_open(&live->tty, live->facts->req);
}

static int
open_agent(struct live *live)
{
	if (sessagent_open(&live->agent, live->facts) == 0)
		return 0;
	audit_refused(live->facts->req, NULL, lost_early);
	return -1;
}

static int
open_login(struct live *live)
{
	return login_open(&live->login, live->facts, live->tty.name);
}

/* Not once only: a module may have had its own way with SIGCHLD. */
static int
catch_signals(const struct live *live)
{
	const struct request *req = live->facts->req;

	signals_catch(shares_group(req), is_init(live->facts));
	if (req->terminal == REQUEST_KEEP_TERMINAL)
		signals_ignore_terminal();
	return 0;
}

static int
prepare_launch(struct live *live)
{
	struct launch_facts *facts = &live->launch_facts;

	facts->session = live->facts;
	facts->tty = live->tty.name;
	facts->agent = sessagent_path(&live->agent);
	facts->new_tty = live->tty.slave;
	if (live->login.pam != NULL) {
		facts->pam_env = login_session_env(live->login.pam);
		facts->groups = login_session_groups(live->login.pam,
		    &facts->ngroups);
	}
	return launch_prepare(&live->launch, facts);
}

/* With all that PAM gave to the session, and before the terminal is raw. */
static int
run_startup(const struct live *live)
{
	launch_startup(&live->launch, &live->launch_facts);
	return 0;
}

static int
give_terminal(struct live *live)
{
	return live->facts->command->is_login ? 0 : sesstty_give(&live->tty);
}

/*
 * The front lets go of the session's descriptors, before its command can
 * meet it there; then, if that is wanted, whoever else has the terminal.
 */
static int
release(struct live *live)
{
	const struct session_facts *facts = live->facts;
	const struct request *req = facts->req;

	if (req->link == NULL)
		return 0;
	if (backlink_ready(req->link) == -1) {
		audit_refused(req, NULL, lost_early);
		return -1;
	}
	if (req->terminal == REQUEST_TAKE_TERMINAL)
		backlink_use_terminal(req->link, live->tty.given);
	return facts->policy->revoke_terminal ?
	    sesstty_revoke(&live->tty) : 0;
}

static int
start_relay(struct live *live)
{
	if (live->facts->req->terminal != REQUEST_NEW_TERMINAL)
		return 0;
	live->relay = relay_new(live->tty.master, live->tty.slave);
	if (live->relay == NULL)
		audit_failed(live->facts->req, "relay to the new terminal");
	return live->relay == NULL ? -1 : 0;
}

/*
 * Nothing of the session may be held open here, or its end would be noticed
 * late: the slave, whose last close is the end of the pty, and the pipes, if
 * the connection is watched without them.  What a front passed on is not for
 * us to write to at all.
 */
static void
let_go(struct live *live)
{
	sesstty_let_go(&live->tty);
	if ((live->facts->req->terminal != REQUEST_NO_TERMINAL &&
	    live->facts->req->terminal != REQUEST_TAKE_TERMINAL) ||
	    (watches(live->facts) && connection_needs_stdio(&live->connection)))
		return;
	if (stdfd_leave(STDIN_FILENO, STDERR_FILENO) == 0)
		log_leave_stderr();
}

static void
log_opened(struct live *live)
{
	const struct session_facts *facts = live->facts;

	audit_opened(facts->req,
	    command_service_name(facts->command->service),
	    live->tty.name, live->child.pid);
	live->opened = 1;
}

/*
 * The child has said whether the command runs.  A command that could not be
 * executed was a session all the same, with a status.
 */
static void
heard(void *ctx, int result, const struct spawn_report *failed)
{
	struct live *live = ctx;

	if (result == 1) {
		log_opened(live);
		login_started(&live->login, live->child.pid);
		if (live->facts->req->link != NULL)
			backlink_started(live->facts->req->link);
		let_go(live);
		return;
	}
	/* While it is still raw, a line would be a staircase. */
	if (live->relay != NULL)
		relay_suspend(live->relay);
	live->status = launch_report(&live->launch, live->facts->req, failed);
	if (live->status != EXITCODE_REFUSED)
		log_opened(live);
}

static void
log_closed(const struct live *live, int lost, int wstatus)
{
	const struct session_facts *facts = live->facts;
	char words[64];

	if (live->opened)
		audit_closed(facts->req,
		    command_service_name(facts->command->service),
		    live->tty.name,
		    live->child.pid, lost ? "connection lost" :
		    exitcode_describe(wstatus, words, sizeof(words)));
	else if (live->status == -1)
		audit_refused(facts->req, NULL, lost ? lost_early :
		    "ended before the command ran");
}

/* That whose hangup is a lost connection, or -1. */
static int
watched_terminal(const struct live *live)
{
	const struct session_facts *facts = live->facts;

	if (!watches(facts) ||
	    facts->req->terminal == REQUEST_NO_TERMINAL ||
	    facts->req->terminal == REQUEST_NEW_TERMINAL)
		return -1;
	return request_by_root(facts->req) ? live->tty.given : STDIN_FILENO;
}

static int
supervise_child(struct live *live, int *wstatus)
{
	const struct session_facts *facts = live->facts;
	const struct supervise sup = {
		.child = &live->child,
		.shares_group = shares_group(facts->req),
		.is_init = is_init(facts),
		.interactive = facts->command->service == COMMAND_SHELL &&
		    facts->req->terminal != REQUEST_NO_TERMINAL,
		.tty = watched_terminal(live),
		.relay = live->relay,
		.connection = watches(facts) && (facts->req->link != NULL ||
		    facts->req->terminal == REQUEST_NO_TERMINAL) ?
		    &live->connection : NULL,
		/* login(1) has records of its own to close: not killed. */
		.hangup_delay = facts->command->is_login ? -1 :
		    facts->policy->hangup_delay,
		.heard = heard, .ctx = live,
	};

	return supervise_wait(&sup, wstatus);
}

/* sshd is our parent, or the front's and that is as good. */
static int
watch_connection(struct live *live)
{
	const struct request *req = live->facts->req;

	if (req->link == NULL)
		connection_open(&live->connection);
	else if (connection_watch(&live->connection, req->link->fd) == -1) {
		audit_failed(req, "connection");
		return -1;
	}
	return 0;
}

/* Returns what this process is to end as, in the form of wait(2). */
static int
run_child(struct live *live)
{
	struct spawn_report failed;
	int wstatus, lost;

	live->status = -1;
	if (watch_connection(live) == -1)
		return W_EXITCODE(EXITCODE_REFUSED, 0);
	if (spawn_start(live->launch.planner.plan, launch_note, NULL,
	    &live->child, &failed) == -1) {
		connection_close(&live->connection);
		return W_EXITCODE(launch_report(&live->launch,
		    live->facts->req, &failed), 0);
	}
	lost = supervise_child(live, &wstatus);
	if (lost)
		wstatus = W_EXITCODE(EXITCODE_REFUSED, 0);
	else if (live->status != -1)
		wstatus = W_EXITCODE(live->status, 0);
	log_closed(live, lost, wstatus);
	connection_close(&live->connection);
	return wstatus;
}

static void
close_all(struct live *live, int wstatus)
{
	struct backlink *link = live->facts->req->link;

	relay_free(live->relay);
	/* sshd logs out as soon as nobody has the terminal open any more. */
	login_close_records(&live->login);
	if (link != NULL)
		backlink_use_terminal(link, -1);
	sesstty_close(&live->tty);
	/* As at sshd, the client does not wait for what is closed now. */
	if (link != NULL) {
		backlink_end(link, wstatus);
		/* Where no command ran: PAM's modules might write to them. */
		(void)stdfd_leave(STDIN_FILENO, STDERR_FILENO);
	}
	sessagent_close(&live->agent);
	login_close(&live->login);
	launch_free(&live->launch);
}

/*
 * In shape A the child has its signal from us, so we must have it from whoever
 * started us.  Root's session is closed in another way (I10).
 */
static int
follow_parent(const struct live *live)
{
	const struct session_facts *facts = live->facts;

	if (facts->req->shape != REQUEST_OWN ||
	    signals_from_parent(facts->policy->confine.pdeathsig) == 0)
		return 0;
	audit_failed(facts->req, "parent-death");
	return -1;
}

int
session_run(const struct session_facts *facts)
{
	struct live live = { .facts = facts, .agent = SESSAGENT_NONE };
	int wstatus = W_EXITCODE(EXITCODE_REFUSED, 0);

	signals_catch(shares_group(facts->req), is_init(facts));
	/* The terminal first: it is closed whatever fails. */
	if (open_terminal(&live) == 0 && follow_parent(&live) == 0 &&
	    open_agent(&live) == 0 && open_login(&live) == 0 &&
	    catch_signals(&live) == 0 && prepare_launch(&live) == 0 &&
	    give_terminal(&live) == 0 &&
	    run_startup(&live) == 0 && start_relay(&live) == 0 &&
	    release(&live) == 0)
		wstatus = run_child(&live);
	close_all(&live, wstatus);
	if (facts->req->link != NULL)
		return 0;
	exitcode_end_as(wstatus);
}
