/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The first line is read here and the rest in the program that we become, so
 * that whoever makes a session has not linked a parser.
 */

#include "config.h"
#include "serve.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit.h"
#include "client.h"
#include "companion.h"
#include "log.h"
#include "obtain.h"
#include "options.h"
#include "proto.h"
#include "serveid.h"
#include "serveprogram.h"

/* Of the terminals that such clients draw. */
#define TERM "xterm-256color"

/* How long a session outlives its last client, in ms. */
#define TIMEOUT (5 * 60 * 1000)

static int
failed(const char *session, const char *what)
{
	char line[512];

	(void)snprintf(line, sizeof(line), "%s: %s: %s", session, what,
	    strerror(errno));
	return audit_refused(line);
}

/* Returns 0, or -1 with errno. */
static int
attach(const struct obtained *got, const struct serveid *id,
    char *const *envp)
{
	const struct proto_attach request = {
		.flags = got->made ? PROTO_HAVE : 0,
		.size = { .rows = id->rows, .cols = id->cols },
	};
	unsigned char buf[PROTO_ATTACH_LEN];

	proto_put_attach(buf, &request);
	if (client_send_environ(got->sock, envp) == -1)
		return -1;
	return client_send(got->sock, PROTO_ATTACH, buf, sizeof(buf), -1);
}

/* Returns only to fail. */
static int
become(int sock, char *session)
{
	char name[] = SERVEPROGRAM_NAME, path[PATH_MAX];
	char *argv[] = { name, session, NULL };

	if (companion_path(SERVEPROGRAM_NAME, path) == -1)
		return failed(session, SERVEPROGRAM_NAME);
	/* Both have close-on-exec if they are the same. */
	if ((sock != SERVEPROGRAM_SOCKET &&
	    dup2(sock, SERVEPROGRAM_SOCKET) == -1) ||
	    fcntl(SERVEPROGRAM_SOCKET, F_SETFD, 0) == -1)
		return failed(session, "socket");
	(void)execve(path, argv, environ);
	return failed(session, SERVEPROGRAM_NAME);
}

int
serve_client(const struct obtain_facts *facts)
{
	struct options opt = *facts->opt;
	struct obtain_facts wanted = *facts;
	struct obtained got;
	struct serveid id;
	const char *why;

	switch (serveid_read(&id, STDIN_FILENO, &why)) {
	case 0:
		log_info("the client left without a word");
		return 0;
	case -1:
		return audit_refused(why);
	}
	opt.name = id.name;
	if (opt.timeout == -1)
		opt.timeout = TIMEOUT;
	wanted.opt = &opt;
	wanted.term = TERM;
	wanted.size.rows = id.rows;
	wanted.size.cols = id.cols;
	if (obtain_session(&wanted, 0, &got) == -1) {
		(void)audit_refused(got.why);
		return got.status;
	}
	audit_session("attached", id.name);
	if (attach(&got, &id, facts->envp) == -1)
		return failed(id.name, "session");
	return become(got.sock, id.name);
}
