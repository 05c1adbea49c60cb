/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces every process that may connect to the socket: in the first place the
 * front, but whoever runs as its user can write the bytes himself.
 */

#include "config.h"
#include "service.h"

#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit.h"
#include "backlink.h"
#include "exitcode.h"
#include "log.h"
#include "options.h"
#include "request.h"
#include "serve.h"
#include "sigreset.h"
#include "sockpeer.h"
#include "terminal.h"
#include "unixsock.h"
#include "wire.h"

/* For the whole request, in ms. */
#define PATIENCE 10000

static void
tell_front(void *ctx, enum log_where where, const char *line)
{
	char text[4096];

	(void)where;
	(void)snprintf(text, sizeof(text), "incubator: %s\n", line);
	backlink_text(ctx, text);
}

/*
 * Take the socket away from descriptor 0, where the session's is to be.
 * Returns NULL, or why there is nobody to serve.
 */
static const char *
open_link(struct backlink *link)
{
	memset(link, 0, sizeof(*link));
	link->peer.pidfd = link->tty = -1;
	if (!unixsock_is_stream(STDIN_FILENO))
		return "--service: standard input is no connected unix "
		    "socket, see ssh-incubator.socket";
	if ((link->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)) == -1)
		return "--service: the socket cannot be duplicated";
	/* Such a client is no mistake of the administrator's. */
	if (sockpeer_open(&link->peer, link->fd) == -1)
		return errno == ESRCH ? "--service: the front has ended" :
		    "--service: nothing can be known about the front";
	if (!sockpeer_predates(&link->peer))
		return "--service: the front has ended";
	return NULL;
}

/* The session's descriptors become ours, as they would be under sshd. */
static int
take_descriptors(int fds[3])
{
	int i, r = 0;

	for (i = 0; i < 3; i++) {
		if (r == 0 && dup2(fds[i], i) == -1)
			r = -1;
		(void)close(fds[i]);
	}
	return r;
}

/* What command_choose() reads, as sshd would have said it. */
static char **
make_environ(const struct wire_request *wire, char **asked)
{
	static const char name[] = "SSH_ORIGINAL_COMMAND=";
	char **envp = calloc(wire->nenv + 2, sizeof(*envp));
	size_t i, n = 0;

	if (envp == NULL)
		return NULL;
	for (i = 0; i < wire->nenv; i++)
		if (strncmp(wire->env[i], name, sizeof(name) - 1) != 0)
			envp[n++] = wire->env[i];
	if (wire->command == NULL)
		return envp;
	if (asprintf(asked, "%s%s", name, wire->command) == -1) {
		*asked = NULL;
		free(envp);
		return NULL;
	}
	envp[n] = *asked;
	return envp;
}

/* A request that is none: his who sent it. */
static int
refuse(struct backlink *link, const char *why)
{
	struct request req;

	request_of_front(&req, link);
	audit_refused(&req, NULL, why);
	request_free(&req);
	return EXITCODE_REFUSED;
}

static int
serve(const struct options *opt, struct backlink *link)
{
	struct wire_request wire = { .command = NULL };
	int fds[3], status;
	char why[512], **envp, *asked = NULL;

	if (wire_receive_request(link->fd, PATIENCE, &wire, fds, why,
	    sizeof(why)) == -1)
		return refuse(link, why);
	if (terminal_passed(fds, &link->peer, why, sizeof(why)) == -1) {
		/* Never written to; and only a close could make us wait. */
		(void)take_descriptors(fds);
		status = refuse(link, why);
	} else if (take_descriptors(fds) == -1)
		status = refuse(link, "descriptors: cannot be taken");
	else if ((envp = make_environ(&wire, &asked)) == NULL)
		status = refuse(link, "out of memory");
	else {
		status = serve_login(opt, envp, link);
		free(envp);
		free(asked);
	}
	wirecode_free(&wire);
	return status;
}

/*
 * Who starts a service may ignore or block signals that a login through sshd
 * has at their defaults: systemd ignores SIGPIPE.
 */
static void
reset_signals(void)
{
	sigreset_default(SIGHUP);
	(void)sigreset_all();
	/* A front that has gone is an error like another. */
	sigreset_ignore(SIGPIPE);
}

int
service_run(const struct options *opt)
{
	struct backlink link;
	const char *why;
	int status;

	if (getuid() != 0)
		return serve_nobody("--service: must be root");
	reset_signals();
	if ((why = open_link(&link)) != NULL)
		return serve_nobody(why);
	log_redirect(tell_front, &link);
	status = serve(opt, &link);
	backlink_end(&link, W_EXITCODE(status, 0));
	log_redirect(NULL, NULL);
	sockpeer_close(&link.peer);
	/*
	 * The socket is left to the kernel, which does not wait at the end of
	 * a process, whatever the front has put into it for nobody to read.
	 */
	return 0;
}
