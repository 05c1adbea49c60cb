/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The front has no right that its user has not, and says nothing that the
 * service believes.  What it must not be is a way to the session's terminal:
 * other processes of its user could trace it, or read its descriptors (I16).
 */

#include "config.h"
#include "front.h"

#include <sys/prctl.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "connection.h"
#include "environ.h"
#include "exitcode.h"
#include "forwarder.h"
#include "frame.h"
#include "frontagent.h"
#include "log.h"
#include "options.h"
#include "procs.h"
#include "pty.h"
#include "serve.h"
#include "signals.h"
#include "sigreset.h"
#include "stdfd.h"
#include "unixsock.h"
#include "wire.h"

#define SOCKET_PATH RUN_PATH "/service.sock"

/* How long the service may take to accept and to read, in ms. */
#define PATIENCE 10000

struct front {
	const char *path;	/* of the socket */
	int sock;
	struct connection connection;
	struct frame_reader reader;
	const char *agent;	/* the login's, as sshd has it, or NULL */
	struct forwarder forwarder;
	int in_service;		/* what becomes of it, the service tells */
	int wstatus;		/* as wait(2) has it, once it is known */
};

static const char not_understood[] =
    "the service says what is not understood here";
static const char no_handing_over[] =
    "the descriptors cannot be handed over";

/* NULL, or why nobody may be served from here. */
static const char *
find_objection(void)
{
	struct procs_status self;

	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return "--front: cannot forbid to be traced";
	/* Somebody who began before that was forbidden would go on. */
	if (procs_status(getpid(), &self) == -1 || self.tracer != 0)
		return "--front: is being traced";
	if (!connection_from_sshd())
		return "--front: not started by sshd itself; the line of "
		    "sshd_config needs \"exec\"";
	return NULL;
}

/* What the client asked for; the service takes what it accepts. */
static int
send_request(const struct front *front, char *const *envp)
{
	static const int fds[] = {
		STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO,
	};
	const char *asked = environ_lookup(envp, "SSH_ORIGINAL_COMMAND");
	struct wire_request wire = {
		.command = (char *)(uintptr_t)asked,
		.env = (char **)(uintptr_t)envp,
		.has_tty = isatty(STDIN_FILENO),
	};

	while (envp[wire.nenv] != NULL)
		wire.nenv++;
	if (pty_name(STDIN_FILENO, wire.tty) == -1)
		wire.tty[0] = '\0';
	return wire_send_request(front->sock, &wire, fds, PATIENCE);
}

/*
 * The last moment at which the session's descriptors are ours; a terminal
 * goes at once, while a pipe for messages may stay until the command runs.
 */
static int
answer_ready(const struct front *front)
{
	const int last = isatty(STDERR_FILENO) ? STDERR_FILENO :
	    STDOUT_FILENO;

	if (stdfd_leave(STDIN_FILENO, last) == -1)
		return -1;
	return wire_answer(front->sock, PATIENCE);
}

/* What stderr does not take is lost, there is no better place to say so. */
static void
show(const struct frame *frame)
{
	if (write(STDERR_FILENO, frame->data, frame->len) == -1)
		return;
}

/* Why there is no answer, or only a part of one. */
static const char *
explain_end(const struct front *front, enum frame_result result)
{
	if (result == FRAME_BAD)
		return not_understood;
	if (front->reader.count > 0)
		return "the service has ended; its log says why";
	return "the service closed the connection: too many sessions "
	    "(MaxConnections of ssh-incubator.socket), or none of its may be "
	    "started";
}

/* Returns 1 when it is over, 0 to go on, -1 if nothing goes on, and why. */
static int
take_frame(struct front *front, const struct frame *frame, const char **why)
{
	switch (frame->type) {
	case WIRE_TEXT:
		show(frame);
		return 0;
	case WIRE_READY:
		*why = no_handing_over;
		return answer_ready(front);
	case WIRE_STARTED:
		*why = no_handing_over;
		front->in_service = 1;
		return stdfd_leave(STDERR_FILENO, STDERR_FILENO);
	case WIRE_AGENT:
		*why = "the service does not read";
		return frontagent_take(&front->forwarder, front->sock, frame,
		    front->agent, PATIENCE);
	case WIRE_END:
		*why = not_understood;
		return wire_get_end(frame, &front->wstatus) == -1 ? -1 : 1;
	default:
		return 0;
	}
}

/* What came with it is not ours for longer. */
static int
handle_frame(struct front *front, const struct frame *frame, const char **why)
{
	const int r = take_frame(front, frame, why);

	if (frame->fd != -1)
		(void)close(frame->fd);
	return r;
}

/* All that is there to read.  Returns as take_frame(). */
static int
take_frames(struct front *front, const char **why)
{
	enum frame_result result;
	struct frame frame;
	int r;

	while ((result = frame_read(&front->reader, front->sock,
	    &frame)) == FRAME_READ)
		if ((r = handle_frame(front, &frame, why)) != 0)
			return r;
	if (result == FRAME_NONE)
		return 0;
	*why = explain_end(front, result);
	return -1;
}

/*
 * Until the session has ended, or sshd has: then the socket is closed with
 * this process, by which the service knows.
 */
static int
wait_for_end(struct front *front, const char **why)
{
	struct pollfd fds[2] = {
		{ .fd = front->sock, .events = POLLIN },
		{ .fd = front->connection.parent, .events = POLLIN },
	};
	int r = 0;

	while (r == 0) {
		if (poll(fds, 2, -1) == -1 && errno != EINTR) {
			*why = "cannot wait for the service";
			return -1;
		}
		if (fds[0].revents != 0)
			r = take_frames(front, why);
		else if (fds[1].revents != 0) {
			*why = "connection lost";
			front->in_service = 1;
			return -1;
		}
	}
	return r == 1 ? 0 : -1;
}

/* Where there are no pidfds the kernel tells of sshd's end by a signal. */
static int
watch_sshd(struct front *front)
{
	connection_open(&front->connection);
	if (front->connection.parent != -1)
		return 0;
	return signals_from_parent(SIGHUP);
}

static const char *
explain_errno(char *buf, size_t size, const char *object)
{
	(void)snprintf(buf, size, "%s: %s%s", object, strerror(errno),
	    errno == ENOENT || errno == ECONNREFUSED ?
	    "; is ssh-incubator.socket started?" : errno == EACCES ?
	    "; is this user in the socket's group?" : "");
	return buf;
}

int
front_run(const struct options *opt, char *const *envp)
{
	struct front front = {
		.path = opt->socket != NULL ? opt->socket : SOCKET_PATH,
		.agent = environ_lookup(envp, "SSH_AUTH_SOCK"),
		.forwarder.pid = -1, .reader.takes_fd = 1,
	};
	const char *why = find_objection();
	char buf[512];
	int r;

	if (why != NULL)
		return serve_nobody(why);
	sigreset_ignore(SIGPIPE);
	if (watch_sshd(&front) == -1)
		return serve_nobody("--front: cannot watch sshd");
	if ((front.sock = unixsock_connect(front.path, PATIENCE)) == -1)
		return serve_nobody(explain_errno(buf, sizeof(buf),
		    front.path));
	/* A service that did not want all of it may have said why. */
	if (send_request(&front, envp) == -1 && errno != EPIPE &&
	    errno != ECONNRESET)
		return serve_nobody(explain_errno(buf, sizeof(buf),
		    "request"));
	r = wait_for_end(&front, &why);
	forwarder_stop(&front.forwarder);
	if (r == -1) {
		if (!front.in_service)
			return serve_nobody(why);
		/* Not a login that was refused: the log would have both. */
		log_warnx("%s", why);
		return EXITCODE_REFUSED;
	}
	exitcode_end_as(front.wstatus);
}
