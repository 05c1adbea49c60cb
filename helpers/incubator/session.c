/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The life of a session.  Shape B holds, in this order, a pty, a PAM session,
 * a terminal that was given away, a relay and a child, and lets go of them in
 * the opposite order, whatever happened; struct live says which it holds.
 * Shape A, where its plan needs a child, holds that alone.
 */

#include "config.h"
#include "session.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "audit.h"
#include "command.h"
#include "connection.h"
#include "exitcode.h"
#include "launch.h"
#include "log.h"
#include "login_session.h"
#include "policy.h"
#include "pty.h"
#include "relay.h"
#include "request.h"
#include "signals.h"
#include "spawn.h"
#include "supervise.h"

struct live {
	const struct session_facts *facts;
	char tty[PTY_NAME_SIZE];	/* the session's, "" for none */
	int master, slave;	/* of the new pty, or -1 */
	struct login_session_facts pam_facts;
	struct login_session *pam;
	struct launch_facts launch_facts;
	struct launch launch;
	int given;		/* the terminal that was given away, or -1 */
	struct pty_owner owner;	/* ... and whose it was */
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
	return facts->req->shape == REQUEST_ROOT ||
	    facts->policy->hangup_delay >= 0;
}

/*
 * What PAM's modules say, the message of the day for one, is for a person at
 * a terminal; a command's output must not begin with it.
 */
static void
show_message(void *ctx, const char *text)
{
	const struct live *live = ctx;

	if (*live->tty != '\0' && isatty(STDERR_FILENO) &&
	    live->facts->command->service == COMMAND_SHELL)
		(void)fprintf(stderr, "%s\n", text);
	else
		log_info("PAM: %s", text);
}

static int
prepare_terminal(struct live *live)
{
	const struct request *req = live->facts->req;

	live->master = live->slave = live->given = -1;
	(void)strlcpy(live->tty, req->tty, sizeof(live->tty));
	if (req->terminal != REQUEST_NEW_TERMINAL)
		return 0;
	if (pty_open(&live->master, &live->slave, live->tty) == -1) {
		audit_failed(req, "new terminal");
		return -1;
	}
	return 0;
}

static int
open_pam(struct live *live)
{
	const struct request *req = live->facts->req;

	/* login(1) is root's own program and asks PAM itself. */
	if (req->shape == REQUEST_OWN || live->facts->command->is_login)
		return 0;
	/* sshd's: group and others lose w, PAM may then take more. */
	(void)umask(umask(077) | 022);
	live->pam_facts = (struct login_session_facts) {
		.service = SESSION_PAM_SERVICE,
		.tty = *live->tty != '\0' ? live->tty : NULL,
		.rhost = *req->address != '\0' ? req->address : NULL,
		.ruser = req->remote_user,
		.class = live->facts->policy->session_class,
		.message = show_message,
		.ctx = live,
	};
	live->pam = login_session_new(req->target, &live->pam_facts);
	if (live->pam == NULL) {
		audit_failed(req, "PAM");
		return -1;
	}
	if (login_session_open(live->pam) == -1) {
		audit_refused(req, NULL, login_session_error(live->pam));
		return -1;
	}
	return 0;
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
	facts->tty = live->tty;
	facts->new_tty = live->slave;
	if (live->pam != NULL) {
		facts->pam_env = login_session_env(live->pam);
		facts->groups = login_session_groups(live->pam,
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
	const struct request *req = live->facts->req;
	int fd = live->slave;

	if (req->terminal == REQUEST_NO_TERMINAL ||
	    req->shape == REQUEST_OWN || live->facts->command->is_login)
		return 0;
	if (req->terminal == REQUEST_KEEP_TERMINAL) {
		fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
		if (fd == -1) {
			audit_failed(req, "terminal");
			return -1;
		}
	}
	if (pty_give(fd, req->target->uid, &live->owner) == -1) {
		audit_failed(req, "terminal: change of owner");
		if (fd != live->slave)
			(void)close(fd);
		return -1;
	}
	live->given = fd;
	return 0;
}

static int
start_relay(struct live *live)
{
	if (live->facts->req->terminal != REQUEST_NEW_TERMINAL)
		return 0;
	live->relay = relay_new(live->master, live->slave);
	if (live->relay == NULL)
		audit_failed(live->facts->req, "relay to the new terminal");
	return live->relay == NULL ? -1 : 0;
}

/*
 * Nothing of the session may be held open here, or its end would be noticed
 * late: the slave, whose last close is the end of the pty, and the pipes, if
 * the connection is watched without them.
 */
static void
let_go(struct live *live)
{
	int fd, null;

	if (live->slave != -1) {
		(void)close(live->slave);
		live->slave = live->given = -1;
	}
	if (live->facts->req->terminal != REQUEST_NO_TERMINAL ||
	    (watches(live->facts) && connection_needs_stdio(&live->connection)))
		return;
	if ((null = open("/dev/null", O_RDWR | O_CLOEXEC)) == -1)
		return;
	log_leave_stderr();
	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		(void)dup2(null, fd);
	(void)close(null);
}

static void
log_opened(struct live *live)
{
	const struct session_facts *facts = live->facts;

	audit_opened(facts->req,
	    command_service_name(facts->command->service), live->tty,
	    live->child.pid);
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
		    command_service_name(facts->command->service), live->tty,
		    live->child.pid, lost ? "connection lost" :
		    exitcode_describe(wstatus, words, sizeof(words)));
	else if (live->status == -1)
		audit_refused(facts->req, NULL, lost ?
		    "connection lost before the command ran" :
		    "ended before the command ran");
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
		.tty = facts->req->terminal != REQUEST_KEEP_TERMINAL ||
		    !watches(facts) ? -1 : facts->req->shape ==
		    REQUEST_ROOT ? live->given : STDIN_FILENO,
		.relay = live->relay,
		.connection = watches(facts) &&
		    facts->req->terminal == REQUEST_NO_TERMINAL ?
		    &live->connection : NULL,
		/* login(1) has records of its own to close: not killed. */
		.hangup_delay = facts->command->is_login ? -1 :
		    facts->policy->hangup_delay,
		.heard = heard, .ctx = live,
	};

	return supervise_wait(&sup, wstatus);
}

/* Returns what this process is to end as, in the form of wait(2). */
static int
run_child(struct live *live)
{
	struct spawn_report failed;
	int wstatus, lost;

	connection_open(&live->connection);
	live->status = -1;
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
close_all(struct live *live)
{
	relay_free(live->relay);
	if (live->given != -1 &&
	    pty_give_back(live->given, &live->owner) == -1)
		log_debug("%s: %s", live->tty, strerror(errno));
	if (live->given != -1 && live->given != live->slave)
		(void)close(live->given);
	if (live->slave != -1)
		(void)close(live->slave);
	if (live->master != -1)
		(void)close(live->master);
	if (live->pam != NULL && login_session_close(live->pam) == -1)
		log_info("%s", login_session_error(live->pam));
	login_session_free(live->pam);
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

void
session_run(const struct session_facts *facts)
{
	struct live live = { .facts = facts };
	int wstatus = W_EXITCODE(EXITCODE_REFUSED, 0);

	signals_catch(shares_group(facts->req), is_init(facts));
	if (follow_parent(&live) == 0 && prepare_terminal(&live) == 0 &&
	    open_pam(&live) == 0 && catch_signals(&live) == 0 &&
	    prepare_launch(&live) == 0 && give_terminal(&live) == 0 &&
	    run_startup(&live) == 0 && start_relay(&live) == 0)
		wstatus = run_child(&live);
	close_all(&live);
	exitcode_end_as(wstatus);
}
