/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Two things end what a user left running: logind kills what is in the scope
 * of a login that is over, if it is set up so, lingering or not; and without
 * lingering the user's manager stops soon after his last login, with all that
 * was started under it, scopes included.
 */

#include "config.h"
#include "linger.h"

#include <sys/types.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aside.h"
#include "libsystemd.h"
#include "logind.h"
#include "procs.h"
#include "scope.h"
#include "unitpath.h"

#define LINGER_DIR "/var/lib/systemd/linger/"

#define BUS "unix:path=/run/dbus/system_bus_socket"
#define SERVICE "org.freedesktop.login1"
#define OBJECT "/org/freedesktop/login1"
#define MANAGER "org.freedesktop.login1.Manager"

/* For an answer of logind's, and for one of the user's manager, in ms. */
#define LOGIND_PATIENCE 2000
#define SCOPE_PATIENCE 6000

int
linger_is_on(const char *user)
{
	char path[sizeof(LINGER_DIR) + 1024];
	size_t at = sizeof(LINGER_DIR) - 1;
	unsigned char c;

	memcpy(path, LINGER_DIR, at);
	/* As logind writes it; a domain's names have a backslash in them. */
	for (; (c = (unsigned char)*user) != '\0'; user++) {
		if (at + 5 > sizeof(path))
			return 0;
		if (c == '\\' || c == '"' || c == '\'') {
			path[at++] = '\\';
			path[at++] = (char)c;
		} else if (c < ' ' || c >= 127)
			at += (size_t)snprintf(path + at, 5, "\\%03o", c);
		else
			path[at++] = (char)c;
	}
	path[at] = '\0';
	return access(path, F_OK) == 0;
}

static int
contains(char *const *list, const char *user)
{
	for (; list != NULL && *list != NULL; list++)
		if (strcmp(*list, user) == 0)
			return 1;
	return 0;
}

struct question {
	const char *user;
};

/* In the child, which is killed if nobody answers. */
static void
ask_logind(void *ctx, struct aside *aside)
{
	const struct question *question = ctx;
	const struct libsystemd *lib = libsystemd_load();
	char **except = NULL, **only = NULL;
	struct sd_bus *bus;
	int kills = 0, result;

	if (lib == NULL || lib->bus_new(&bus) < 0 ||
	    lib->bus_set_address(bus, BUS) < 0 ||
	    lib->bus_set_bus_client(bus, 1) < 0 ||
	    lib->bus_start(bus) < 0 ||
	    lib->bus_get_property_trivial(bus, SERVICE, OBJECT, MANAGER,
	    "KillUserProcesses", NULL, 'b', &kills) < 0 ||
	    lib->bus_get_property_strv(bus, SERVICE, OBJECT, MANAGER,
	    "KillOnlyUsers", NULL, &only) < 0 ||
	    lib->bus_get_property_strv(bus, SERVICE, OBJECT, MANAGER,
	    "KillExcludeUsers", NULL, &except) < 0)
		return;
	/* In this order, and the list counts without the switch. */
	if (contains(except, question->user))
		result = 0;
	else if (only != NULL && *only != NULL)
		result = contains(only, question->user);
	else
		result = kills;
	aside_tell(aside, &result);
	/* Nothing is freed: the child ends here. */
}

/* The unit that a path is in: what follows the slices. */
static const char *
find_unit(const char *path)
{
	size_t len;

	for (;;) {
		path += strspn(path, "/");
		len = strcspn(path, "/");
		if (len < 6 || memcmp(path + len - 6, ".slice", 6) != 0)
			return path;
		path += len;
	}
}

int
linger_would_kill(const char *user)
{
	struct question question = { user };
	char path[UNITPATH_SIZE];
	const char *unit;
	int result = -1;

	if (!logind_present())
		return LINGER_STAYS;
	if (unitpath_of(getpid(), path, sizeof(path)) == -1)
		return -1;
	if (!unitpath_in_session(path))
		return LINGER_STAYS;
	unit = find_unit(path);
	if (strncmp(unit, "user@", 5) == 0)
		return linger_is_on(user) ? LINGER_STAYS : LINGER_MANAGER;
	if (strncmp(unit, "session-", 8) != 0)
		return LINGER_STAYS;
	if (aside_run(ask_logind, &question, &result, sizeof(result),
	    LOGIND_PATIENCE) == -1)
		return -1;
	if (result == -1) {
		errno = ENODATA;
		return -1;
	}
	return result ? LINGER_SESSION : LINGER_STAYS;
}

struct move {
	pid_t pid;
	char name[128];
	char description[128];
};

struct moved {
	int done, err;
	char why[256];
};

static void
move(void *ctx, struct aside *aside)
{
	const struct move *job = ctx;
	struct moved moved = { 0 };

	moved.done = scope_move_to_user(job->pid, job->name, job->description,
	    moved.why, sizeof(moved.why)) == 0;
	moved.err = errno;
	aside_tell(aside, &moved);
}

int
linger_enter_scope(const char *program, const char *session, char *why,
    size_t size)
{
	struct move job = { .pid = getpid() };
	struct moved moved = { 0 };
	struct procs_stat st;

	/* The birth too: an old scope may live on with a pid that returned. */
	if (procs_stat(job.pid, &st) == -1) {
		(void)snprintf(why, size, "/proc: %s", strerror(errno));
		return -1;
	}
	(void)snprintf(job.name, sizeof(job.name),
	    "%s-%s-%ld-%llu.scope", program, session, (long)job.pid,
	    st.start);
	(void)snprintf(job.description, sizeof(job.description),
	    "%s session %s", program, session);
	if (aside_run(move, &job, &moved, sizeof(moved),
	    SCOPE_PATIENCE) == -1) {
		(void)snprintf(why, size, "the user's manager: %s",
		    strerror(errno));
		return -1;
	}
	if (moved.done)
		return 0;
	(void)snprintf(why, size, "%s", moved.why[0] != '\0' ? moved.why :
	    "the user's manager cannot be asked");
	errno = moved.err != 0 ? moved.err : EIO;
	return -1;
}
