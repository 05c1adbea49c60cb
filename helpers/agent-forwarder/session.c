/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The order: what can fail is tried before the serving process is made; that
 * one is confined and serves before sshd's socket loses its name; and the
 * command runs when all of it is done.  The serving process ends with this
 * one, so that whatever fails here leaves nothing.
 */

#include "config.h"
#include "session.h"

#include <sys/syscall.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "detach.h"
#include "ending.h"
#include "environ.h"
#include "exclusive.h"
#include "log.h"
#include "options.h"
#include "ownpolicy.h"
#include "ownsock.h"
#include "refusal.h"
#include "serving.h"
#include "successor.h"
#include "userplace.h"

#define VARIABLE "SSH_AUTH_SOCK"

/* All that the serving process takes over. */
struct session {
	const struct session_facts *facts;
	char *agent;		/* sshd's socket, as an absolute path */
	char name[64];		/* for the records */
	struct userplace place;
	struct ownsock own;
	struct exclusive exclusive;
	int command;		/* a pidfd of what becomes the command */
	int ready;
};

/* The same vector with another agent.  Returns NULL without memory. */
static char **
with_agent(char *const *envp, char *assignment)
{
	const size_t len = sizeof(VARIABLE "=") - 1;
	size_t count = 0, n = 0, i;
	char **copy;

	while (envp[count] != NULL)
		count++;
	if ((copy = calloc(count + 2, sizeof(*copy))) == NULL)
		return NULL;
	for (i = 0; i < count; i++)
		if (strncmp(envp[i], VARIABLE "=", len) != 0)
			copy[n++] = envp[i];
	copy[n] = assignment;
	return copy;
}

int
session_become(const struct session_facts *facts, const char *agent)
{
	struct successor next = {
		facts->account, facts->envp,
		environ_lookup(facts->envp, "SSH_ORIGINAL_COMMAND"),
		facts->opt->args,
	};
	char *assignment = NULL, **envp = NULL;
	const char *object;
	int status = -1;

	if (agent != NULL) {
		if (asprintf(&assignment, VARIABLE "=%s", agent) == -1)
			assignment = NULL;
		else
			envp = with_agent(facts->envp, assignment);
		next.envp = envp;
	}
	if (next.envp == NULL)
		errno = ENOMEM;
	else
		status = successor_become(&next, &object);
	if (status == -1)
		status = refusal_of("command", strerror(errno));
	else
		log_warn("%s", object);
	free(envp);
	free(assignment);
	return status;
}

static void
ready(void *ctx)
{
	struct session *session = ctx;

	detach_ready(session->ready);
	session->ready = -1;
}

/* In the serving process.  Returns its exit status. */
static int
serve(void *ctx, int fd)
{
	struct session *session = ctx;
	const struct options *opt = session->facts->opt;
	struct ending ending;
	char why[512];
	const struct serving serving = {
		.opt = opt, .policy = opt->policy, .name = session->name,
		.path = session->agent, .at = session->exclusive.socket,
		.listener = session->own.listener, .peer = getuid(),
		.self = { session->own.dev, session->own.ino },
		.dir = session->place.dir, .ending = &ending,
		.ready = ready, .ctx = session,
	};
	int r = -1;

	session->ready = fd;
	if (ending_open(&ending) == -1 ||
	    ending_with_process(&ending, session->command) == -1)
		(void)strlcpy(why, strerror(errno), sizeof(why));
	else
		r = serving_run(&serving, why, sizeof(why));
	ownsock_remove(&session->own);
	if (session->ready != -1)
		detach_failed(session->ready, why);
	return r == 0 ? 0 : 1;
}

/* sshd's is absolute; one that is not is so from here, and not from "/". */
static char *
absolute(const char *path)
{
	char *cwd, *joined;

	if (*path == '/')
		return strdup(path);
	if ((cwd = getcwd(NULL, 0)) == NULL)
		return NULL;
	if (asprintf(&joined, "%s/%s", cwd, path) == -1)
		joined = NULL;
	free(cwd);
	return joined;
}

/* Everything that the serving process is given.  Returns 0 or -1. */
static int
prepare(struct session *session, char *why, size_t size)
{
	const struct session_facts *facts = session->facts;

	if (facts->opt->exclusive && exclusive_open(&session->exclusive,
	    session->agent, why, size) == -1)
		return -1;
#ifdef SYS_pidfd_open
	session->command = (int)syscall(SYS_pidfd_open, getpid(), 0U);
#else
	errno = ENOSYS;
#endif
	if (session->command == -1) {
		(void)snprintf(why, size, "pidfd_open: %s", strerror(errno));
		return -1;
	}
	if (userplace_for_login(&session->place, OWNSOCK_BELOW, facts->envp,
	    facts->account, why, size) == -1)
		return -1;
	(void)ownsock_sweep(session->place.dir);
	if (ownsock_make(&session->own, &session->place) == 0)
		return 0;
	(void)snprintf(why, size, "%s: %s", session->place.path,
	    errno == ENAMETOOLONG ? "too long for the path of a socket" :
	    strerror(errno));
	return -1;
}

static void
clean_up(struct session *session)
{
	ownsock_close(&session->own);
	userplace_close(&session->place);
	exclusive_close(&session->exclusive);
	if (session->command != -1)
		(void)close(session->command);
	free(session->agent);
}

static int
run(struct session *session)
{
	const struct options *opt = session->facts->opt;
	char why[512];
	int status;

	if (prepare(session, why, sizeof(why)) == -1)
		return refusal_of("agent", why);
	if (detach_run(serve, session, why, sizeof(why)) == -1) {
		/* Without a fork there was nobody to remove it. */
		ownsock_remove(&session->own);
		return refusal_of("agent", why);
	}
	if (opt->exclusive && exclusive_take(&session->exclusive, why,
	    sizeof(why)) == -1)
		return refusal_of("agent", why);
	log_info("agent: %s in place of %s", session->own.path,
	    session->agent);
	status = session_become(session->facts, session->own.path);
	return status;
}

int
session_agent(const struct session_facts *facts, char **agent)
{
	const char *value = environ_lookup(facts->envp, VARIABLE);

	*agent = NULL;
	if (value == NULL || *value == '\0')
		return 0;
	*agent = absolute(value);
	return *agent == NULL ? -1 : 0;
}

int
session_run_with(const struct session_facts *facts, const char *agent)
{
	struct session session = {
		.facts = facts, .command = -1, .ready = -1,
		.place = { .dir = -1 },
		.own = { .lock = -1, .listener = -1 },
		.exclusive = { .socket = -1, .dir = -1 },
	};
	int status;

	if ((session.agent = strdup(agent)) == NULL)
		return refusal_of(VARIABLE, strerror(errno));
	(void)snprintf(session.name, sizeof(session.name), "pid %ld",
	    (long)getpid());
	status = run(&session);
	clean_up(&session);
	return status;
}

int
session_run(const struct session_facts *facts)
{
	const char *reason;
	char *agent;
	int status;

	if (session_agent(facts, &agent) == -1)
		return refusal_of(VARIABLE, strerror(errno));
	if (agent == NULL)
		return session_become(facts, NULL);
	if (ownpolicy_read(facts->opt, getuid(), &reason) == -1)
		status = refusal(reason);
	else
		status = session_run_with(facts, agent);
	free(agent);
	return status;
}
