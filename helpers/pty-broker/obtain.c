/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "obtain.h"

#include <sys/ioctl.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "account.h"
#include "audit.h"
#include "client.h"
#include "companion.h"
#include "create.h"
#include "environ.h"
#include "exitcode.h"
#include "invocation.h"
#include "linger.h"
#include "log.h"
#include "logind.h"
#include "options.h"
#include "place.h"
#include "successor.h"
#include "userplace.h"

/* One that ends while we come is made anew, but not for ever. */
#define TRIES 5

#define BUFFER_DEFAULT ((size_t)64 * 1024)

static int
failed(struct obtained *got, const char *object, int err)
{
	(void)snprintf(got->why, sizeof(got->why), "%s: %s", object,
	    strerror(err));
	got->status = EXITCODE_REFUSED;
	return -1;
}

/* Nobody is there, or nobody any more. */
static int
is_absent(int err)
{
	return err == ENOENT || err == ECONNREFUSED || err == EPIPE ||
	    err == ECONNRESET;
}

/* Returns 0, or -1 with errno. */
static int
find_and_connect(const struct obtain_facts *facts, struct obtained *got)
{
	const char *name = facts->opt->name;
	struct userplace place;
	int saved;

	got->status = EXITCODE_REFUSED;
	if (userplace_find(&place, PLACE_BELOW, facts->envp,
	    facts->account->home, name) == -1) {
		(void)snprintf(got->why, sizeof(got->why), "%s: %s", name,
		    errno == ENOENT ? "no such session" : strerror(errno));
		return -1;
	}
	got->sock = client_connect(&place, name, got->why, sizeof(got->why));
	saved = errno;
	userplace_close(&place);
	errno = saved;
	return got->sock == -1 ? -1 : 0;
}

int
obtain_existing(const struct obtain_facts *facts, struct obtained *got)
{
	got->made = 0;
	return find_and_connect(facts, got);
}

/* What the terminal that it is made at has, if there is one. */
static void
copy_terminal(struct create_facts *make, struct termios *modes,
    struct winsize *size)
{
	if (tcgetattr(STDIN_FILENO, modes) == 0)
		make->modes = modes;
	if (ioctl(STDIN_FILENO, TIOCGWINSZ, size) == 0 && size->ws_row != 0 &&
	    size->ws_col != 0)
		return;
	size->ws_row = 24;
	size->ws_col = 80;
}

/* A scope is the user's manager's, and goes with that. */
static int
end_at_logout(const struct obtain_facts *facts)
{
	const char *user = facts->account->name;

	if (facts->opt->scope)
		return linger_is_on(user) || !logind_present() ?
		    LINGER_STAYS : LINGER_MANAGER;
	return linger_would_kill(user);
}

static void
warn_of_logout(const struct obtain_facts *facts, const struct userplace *place)
{
	if (place->fleeting)
		log_warnx("%s: its directory goes with your last logout",
		    place->path);
	switch (end_at_logout(facts)) {
	case LINGER_SESSION:
		log_warnx("%s: logind will end it at logout "
		    "(KillUserProcesses): --scope, and loginctl enable-linger, "
		    "would keep it", facts->opt->name);
		break;
	case LINGER_MANAGER:
		log_warnx("%s: systemd will end it after your last logout: "
		    "loginctl enable-linger would keep it", facts->opt->name);
		break;
	default:
		break;
	}
}

/* Asked for by name, it is not to be missed on return only. */
static void
warn_of_screen(const struct obtain_facts *facts)
{
	char path[PATH_MAX];

	if (facts->opt->screen &&
	    companion_path("pty-broker-screen", path) == -1)
		log_warnx("%s: pty-broker-screen is not installed: "
		    "--restore ring", facts->opt->name);
}

/* A path that stays, for whom agents come and go. */
static char *
agent_path(const struct obtain_facts *facts, const struct userplace *place)
{
	char *path;

	if (environ_lookup(facts->envp, "SSH_AUTH_SOCK") == NULL &&
	    environ_lookup(facts->envp, "SSH_CONNECTION") == NULL)
		return NULL;
	if (asprintf(&path, "%s/%s.agent", place->path,
	    facts->opt->name) == -1)
		return NULL;
	return path;
}

/*
 * What that leads to at first.  Who attaches tells the session himself, unless
 * he only looks on.
 */
static const char *
lent_agent(const struct obtain_facts *facts, const char *path)
{
	const char *agent = environ_lookup(facts->envp, "SSH_AUTH_SOCK");

	if (facts->opt->act != OPTIONS_NEW || agent == NULL || *agent != '/')
		return NULL;
	/* In an ended session of that name it would lead to itself. */
	return path == NULL || strcmp(agent, path) == 0 ? NULL : agent;
}

static enum create_result
make_at(const struct userplace *place, const struct obtain_facts *facts,
    const struct invocation *run, struct obtained *got)
{
	const struct options *opt = facts->opt;
	struct create_facts make = {
		.name = opt->name, .run = run, .envp = facts->envp,
		.term = facts->term, .screen = opt->screen,
		.scope = opt->scope,
		.timeout = opt->timeout > 0 ? opt->timeout : 0,
		.buffer = opt->buffer != 0 ? opt->buffer : BUFFER_DEFAULT,
		.policy = opt->policy != 0 ? opt->policy : PROTO_LATEST,
	};
	enum create_result result;
	struct termios modes;
	struct winsize size = { 0 };
	char *agent = agent_path(facts, place), *fallback = NULL;

	make.awaited = opt->act != OPTIONS_NEW;
	copy_terminal(&make, &modes, &size);
	if (facts->size.rows != 0) {
		size.ws_row = facts->size.rows;
		size.ws_col = facts->size.cols;
	}
	make.size = &size;
	make.agent = agent;
	make.lent = lent_agent(facts, agent);
	if (place->runtime && asprintf(&fallback, "%s/.local/state",
	    facts->account->home) == -1)
		fallback = NULL;
	make.fallback = fallback;
	result = create_session(place, &make, &got->status, got->why,
	    sizeof(got->why));
	free(agent);
	free(fallback);
	return result;
}

static enum create_result
make_session(const struct obtain_facts *facts, struct obtained *got)
{
	enum create_result result = CREATE_FAILED;
	const struct successor next = {
		facts->account, facts->envp, NULL, facts->opt->args,
	};
	struct invocation run = { 0 };
	struct userplace place;

	got->status = EXITCODE_REFUSED;
	if (userplace_new(&place, PLACE_BELOW, facts->envp, facts->account,
	    got->why, sizeof(got->why)) == -1)
		return CREATE_FAILED;
	log_info("%s: in %s: %s", facts->opt->name, place.path, got->why);
	warn_of_logout(facts, &place);
	warn_of_screen(facts);
	if (successor_choose(&next, &run) == -1)
		(void)failed(got, "command", errno);
	else
		result = make_at(&place, facts, &run, got);
	invocation_free(&run);
	if (result == CREATE_MADE) {
		audit_session("created", facts->opt->name);
		got->sock = client_connect(&place, facts->opt->name, got->why,
		    sizeof(got->why));
	}
	userplace_close(&place);
	return result;
}

int
obtain_session(const struct obtain_facts *facts, int only_new,
    struct obtained *got)
{
	int i;

	for (i = 0; i < TRIES; i++) {
		if (find_and_connect(facts, got) == 0) {
			if (!only_new)
				return 0;
			(void)close(got->sock);
			(void)snprintf(got->why, sizeof(got->why),
			    "%s: there is a session of that name",
			    facts->opt->name);
			return -1;
		}
		if (!is_absent(errno))
			return -1;
		switch (make_session(facts, got)) {
		case CREATE_MADE:
			got->made = 1;
			if (got->sock != -1)
				return 0;
			if (!is_absent(errno))
				return -1;
			/* It has ended already. */
			break;
		case CREATE_THERE:
			break;
		case CREATE_FAILED:
			return -1;
		}
	}
	return failed(got, facts->opt->name, EBUSY);
}
