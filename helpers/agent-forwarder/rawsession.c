/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * As in session.c everything that can fail does so before the command runs,
 * and the serving process ends with the command and takes its socket away.
 */

#include "config.h"
#include "rawsession.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "detach.h"
#include "ending.h"
#include "environ.h"
#include "lease.h"
#include "log.h"
#include "options.h"
#include "ownsock.h"
#include "raw.h"
#include "rawlisten.h"
#include "refusal.h"
#include "sandbox.h"
#include "session.h"
#include "upstream.h"
#include "userplace.h"

struct rawsession {
	const struct session_facts *facts;
	char *target;			/* where it leads to */
	struct lease lease;		/* the same, for upstream_open() */
	struct upstream_self self;
	struct userplace place;		/* without --listen */
	struct ownsock own;
	struct rawlisten listen;	/* with it */
	int command;			/* a pidfd of what becomes it */
};

static int
connect_upstream(void *ctx)
{
	const struct rawsession *raw = ctx;

	return upstream_open(&raw->lease, &raw->self);
}

static void
remove_name(struct rawsession *raw)
{
	if (raw->listen.listener != -1)
		rawlisten_remove(&raw->listen);
	else if (raw->own.listener != -1)
		ownsock_remove(&raw->own);
}

static int
serve_confined(struct rawsession *raw, const struct ending *ending, int *ready)
{
	const unsigned int connections = raw->facts->opt->connections;
	const int listens = raw->listen.listener != -1;
	const struct raw_facts facts = {
		.listener = listens ? raw->listen.listener :
		    raw->own.listener,
		.peer = getuid(), .connect = connect_upstream, .ctx = raw,
		.end = ending->fd,
		.connections = connections != 0 ? connections :
		    RAW_CONNECTIONS,
	};
	struct sandbox sandbox;

	if (sandbox_enter(listens ? raw->listen.dir : raw->place.dir,
	    &sandbox) == -1)
		return -1;
	detach_ready(*ready);
	*ready = -1;
	return raw_serve(&facts);
}

/* In the serving process.  Returns its exit status. */
static int
serve(void *ctx, int ready)
{
	struct rawsession *raw = ctx;
	struct ending ending;
	int r = -1;

	if (ending_open(&ending) == 0 &&
	    ending_with_process(&ending, raw->command) == 0)
		r = serve_confined(raw, &ending, &ready);
	if (ready != -1)
		detach_failed(ready, strerror(errno));
	remove_name(raw);
	return r == 0 ? 0 : 1;
}

/* Is it a directory of ours alone to write to?  1 or 0. */
static int
is_own_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode) &&
	    st.st_uid == getuid() && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* Where --listen may be: what was said, or the user's own directories. */
static int
listen_there(struct rawsession *raw, char *why, size_t size)
{
	const struct options *opt = raw->facts->opt;
	const char *runtime = environ_lookup(raw->facts->envp,
	    "XDG_RUNTIME_DIR");
	const char *usual[4] = { raw->facts->account->home };
	char path[64];
	size_t n = 1;

	(void)snprintf(path, sizeof(path), "/run/user/%lu",
	    (unsigned long)getuid());
	if (is_own_directory(path))
		usual[n++] = path;
	if (runtime != NULL && is_own_directory(runtime))
		usual[n++] = runtime;
	if (rawlisten_bind(&raw->listen, opt->listen,
	    opt->nallowed > 0 ? opt->allowed : usual, opt->unlink, why,
	    size) == -1)
		return -1;
	raw->self.dev = raw->listen.dev;
	raw->self.ino = raw->listen.ino;
	return 0;
}

/* A private one, as for an agent that is filtered. */
static int
listen_alone(struct rawsession *raw, char *why, size_t size)
{
	if (userplace_for_login(&raw->place, OWNSOCK_BELOW, raw->facts->envp,
	    raw->facts->account, why, size) == -1)
		return -1;
	(void)ownsock_sweep(raw->place.dir);
	if (ownsock_make(&raw->own, &raw->place) == -1) {
		(void)snprintf(why, size, "%s: %s", raw->place.path,
		    errno == ENAMETOOLONG ?
		    "too long for the path of a socket" : strerror(errno));
		return -1;
	}
	raw->self.dev = raw->own.dev;
	raw->self.ino = raw->own.ino;
	return 0;
}

/* What the serving process is given.  Returns 0, or -1 with the reason. */
static int
prepare(struct rawsession *raw, char *why, size_t size)
{
	const size_t max = sizeof(((struct sockaddr_un *)NULL)->sun_path);

#ifdef SYS_pidfd_open
	raw->command = (int)syscall(SYS_pidfd_open, getpid(), 0U);
#else
	errno = ENOSYS;
#endif
	if (raw->command == -1) {
		(void)snprintf(why, size, "pidfd_open: %s", strerror(errno));
		return -1;
	}
	raw->lease.path = raw->target;
	/* What fits into no address is held instead, while it is there. */
	if (strlen(raw->target) >= max && (raw->lease.at =
	    open(raw->target, O_PATH | O_CLOEXEC)) == -1) {
		(void)snprintf(why, size, "%s: %s", raw->target,
		    strerror(errno));
		return -1;
	}
	return raw->facts->opt->listen != NULL ? listen_there(raw, why, size) :
	    listen_alone(raw, why, size);
}

static int
run(struct rawsession *raw)
{
	const struct options *opt = raw->facts->opt;
	const char *object = opt->listen != NULL ? opt->listen : "socket";
	char why[512];

	if (prepare(raw, why, sizeof(why)) == -1)
		return refusal_of(object, why);
	if (detach_run(serve, raw, why, sizeof(why)) == -1) {
		remove_name(raw);
		return refusal_of(object, why);
	}
	log_info("%s leads to %s", opt->listen != NULL ? opt->listen :
	    raw->own.path, raw->target);
	return session_become(raw->facts, opt->listen != NULL ? NULL :
	    raw->own.path);
}

static void
clean_up(struct rawsession *raw)
{
	ownsock_close(&raw->own);
	userplace_close(&raw->place);
	rawlisten_close(&raw->listen);
	if (raw->lease.at != -1)
		(void)close(raw->lease.at);
	if (raw->command != -1)
		(void)close(raw->command);
	free(raw->target);
}

int
rawsession_run(const struct session_facts *facts)
{
	struct rawsession raw = {
		.facts = facts, .command = -1, .place = { .dir = -1 },
		.own = { .lock = -1, .listener = -1 },
		.listen = { .listener = -1, .dir = -1 },
	};
	const char *connect = facts->opt->connect;
	int status;

	lease_init(&raw.lease, "raw");
	if (connect == NULL) {
		if (session_agent(facts, &raw.target) == -1)
			return refusal_of("SSH_AUTH_SOCK", strerror(errno));
		/* Who asked for a socket would look for it in vain. */
		if (raw.target == NULL && facts->opt->listen != NULL)
			return refusal_of(facts->opt->listen, "nothing to "
			    "lead to: no --connect and no SSH_AUTH_SOCK");
		if (raw.target == NULL)
			return session_become(facts, NULL);
	} else if ((raw.target = strdup(connect)) == NULL)
		return refusal("out of memory");
	status = run(&raw);
	clean_up(&raw);
	return status;
}
