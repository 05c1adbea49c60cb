/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * A transient scope.  systemd answers the request before it has moved the
 * process, so the answer is not the end of the wait: /proc/self/cgroup is.
 */

#include "config.h"
#include "scope.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "deadline.h"
#include "libsystemd.h"
#include "unitpath.h"

#define SYSTEM_ADDRESS "unix:path=/run/systemd/private"
#define SYSTEM_SLICE "system.slice"
#define USER_ADDRESS "unix:path=/run/user/%lu/systemd/private"
#define USER_SLICE "app.slice"
#define SERVICE "org.freedesktop.systemd1"
#define OBJECT "/org/freedesktop/systemd1"
#define MANAGER "org.freedesktop.systemd1.Manager"
#define EXISTS "org.freedesktop.systemd1.UnitExists"

/* All of it, in ms. */
#define PATIENCE 5000
/* Should a signal get lost: how often to look all the same, in ms. */
#define GLANCE 50

struct asking {
	const struct libsystemd *lib;
	struct sd_bus *bus;
	const char *address, *slice;
	pid_t pid;
	const char *name;
	int hup;		/* shells do not end by a SIGTERM */
	long long deadline;
	int asked;		/* perhaps with success */
	char *why;
	size_t size;
};

/* "error" is a negative errno, as libsystemd returns it. */
static int
failed(const struct asking *ask, const char *what, const char *words,
    int error)
{
	(void)snprintf(ask->why, ask->size, "%s: %s", what,
	    words != NULL ? words : strerror(-error));
	errno = -error;
	return -1;
}

static int
is_inside(const struct asking *ask)
{
	char path[UNITPATH_SIZE];

	return unitpath_of(ask->pid, path, sizeof(path)) == 0 &&
	    unitpath_ends_in(path, ask->name);
}

/* As sd-bus wants it, in microseconds. */
static uint64_t
usec(int ms)
{
	return (uint64_t)ms * 1000;
}

/*
 * Let the connection go on by one step, for no longer than "limit" ms and the
 * time that is left.  Returns 0 and a message that came, or NULL; or -1.
 */
static int
go_on(const struct asking *ask, int limit, struct sd_bus_message **message)
{
	const int left = deadline_left(ask->deadline);
	int r;

	*message = NULL;
	if (left == 0)
		return failed(ask, "systemd", NULL, -ETIMEDOUT);
	r = ask->lib->bus_process(ask->bus, message);
	if (r == 0)
		r = ask->lib->bus_wait(ask->bus,
		    usec(left < limit ? left : limit));
	if (r < 0 && r != -EINTR)
		return failed(ask, "systemd", NULL, r);
	return 0;
}

/* Not left to bus_call(), which would wait for 90 s whatever it is told. */
static int
connect_to_systemd(const struct asking *ask)
{
	struct sd_bus_message *message;
	int r;

	if ((r = ask->lib->bus_set_address(ask->bus, ask->address)) < 0 ||
	    (r = ask->lib->bus_start(ask->bus)) < 0)
		return failed(ask, "systemd", NULL, r);
	while ((r = ask->lib->bus_is_ready(ask->bus)) == 0) {
		if (go_on(ask, PATIENCE, &message) == -1)
			return -1;
		(void)ask->lib->message_unref(message);
	}
	return r < 0 ? failed(ask, "systemd", NULL, r) : 0;
}

static int
request(struct asking *ask, const char *description)
{
	const struct libsystemd *lib = ask->lib;
	struct libsystemd_error error = { NULL, NULL, 0 };
	struct sd_bus_message *call = NULL, *reply = NULL;
	const int left = deadline_left(ask->deadline);
	int r;

	/* No time at all would be 25 s to bus_call(). */
	if (left == 0)
		return failed(ask, "systemd", NULL, -ETIMEDOUT);
	r = lib->message_new_method_call(ask->bus, &call, SERVICE, OBJECT,
	    MANAGER, "StartTransientUnit");
	/* Numbers of elements go before them, and the last 0 is of none. */
	if (r >= 0)
		r = lib->message_append(call, "ssa(sv)a(sa(sv))",
		    ask->name, "fail", 5U,
		    "Description", "s", description,
		    "Slice", "s", ask->slice,
		    "CollectMode", "s", "inactive-or-failed",
		    "SendSIGHUP", "b", ask->hup,
		    "PIDs", "au", 1U, (uint32_t)ask->pid, 0U);
	if (r >= 0)
		r = lib->bus_call(ask->bus, call, usec(left), &error, &reply);
	/* It was ours if we have asked before: no answer had come. */
	if (r < 0 && ask->asked && error.name != NULL &&
	    strcmp(error.name, EXISTS) == 0)
		r = 0;
	ask->asked = 1;
	if (r < 0)
		r = failed(ask, "StartTransientUnit", error.message, r);
	lib->error_free(&error);
	(void)lib->message_unref(reply);
	(void)lib->message_unref(call);
	return r < 0 ? -1 : 0;
}

/* Does the message say that our job is over, whatever became of it? */
static int
is_end_of_job(const struct asking *ask, struct sd_bus_message *message)
{
	const char *job, *unit, *result;
	uint32_t id;

	return ask->lib->message_is_signal(message, MANAGER,
	    "JobRemoved") > 0 && ask->lib->message_read(message, "uoss",
	    &id, &job, &unit, &result) > 0 && strcmp(unit, ask->name) == 0;
}

static int
wait_until_inside(const struct asking *ask)
{
	struct sd_bus_message *message;
	int ended = 0;

	while (!is_inside(ask)) {
		if (ended)
			return failed(ask, ask->name,
			    "systemd could not start it", -EIO);
		if (go_on(ask, GLANCE, &message) == -1)
			return -1;
		if (message != NULL)
			ended = is_end_of_job(ask, message);
		(void)ask->lib->message_unref(message);
	}
	return 0;
}

static int
attempt(struct asking *ask, const char *description)
{
	int r, err;

	if ((r = ask->lib->bus_new(&ask->bus)) < 0)
		return failed(ask, "libsystemd", NULL, r);
	r = connect_to_systemd(ask) == -1 ||
	    request(ask, description) == -1 ||
	    wait_until_inside(ask) == -1 ? -1 : 0;
	err = errno;
	/* No flush, which waits without end for who does not read. */
	ask->lib->bus_close(ask->bus);
	(void)ask->lib->bus_unref(ask->bus);
	errno = err;
	return r;
}

/*
 * A systemd that executes itself anew, as at each upgrade, drops those who
 * ask, and nobody listens for a moment.  What it has accepted it remembers.
 */
static int
may_pass(int error)
{
	return error == ECONNREFUSED || error == ECONNRESET ||
	    error == ENOTCONN || error == EPIPE;
}

static int
enter(struct asking *ask, const char *description)
{
	const struct timespec pause = { 0, GLANCE * 1000000L };
	int absent = 0, err;

	ask->deadline = deadline_in(PATIENCE);
	if ((ask->lib = libsystemd_load()) == NULL)
		return failed(ask, "libsystemd", NULL, -errno);
	while (attempt(ask, description) == -1) {
		err = errno;
		/* Its socket is removed and bound anew: soon, or never. */
		if ((!may_pass(err) && (err != ENOENT || absent++ > 0)) ||
		    deadline_left(ask->deadline) == 0) {
			errno = err;
			return -1;
		}
		(void)nanosleep(&pause, NULL);
		if (ask->asked && is_inside(ask))
			return 0;
	}
	return 0;
}

int
scope_enter(const char *name, const char *description, char *why, size_t size)
{
	struct asking ask = { .address = SYSTEM_ADDRESS,
		.slice = SYSTEM_SLICE, .pid = getpid(), .name = name,
		.why = why, .size = size };

	return enter(&ask, description);
}

int
scope_move_to_user(pid_t pid, const char *name, const char *description,
    char *why, size_t size)
{
	char address[sizeof(USER_ADDRESS) + 32];
	struct asking ask = { .address = address, .slice = USER_SLICE,
		.pid = pid, .name = name, .hup = 1, .why = why,
		.size = size };

	(void)snprintf(address, sizeof(address), USER_ADDRESS,
	    (unsigned long)geteuid());
	return enter(&ask, description);
}
