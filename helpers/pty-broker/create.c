/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The order of things: the lock, the socket, the pty, the command, and last
 * the process that did all that becomes pty-broker-session, with nothing left
 * of what it was: the command is its child, and the lock is still held.
 */

#include "config.h"
#include "create.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "birth.h"
#include "deadline.h"
#include "exitcode.h"
#include "listener.h"
#include "lockfile.h"
#include "procs.h"
#include "userplace.h"

/* How long somebody else may take to make the same one, in ms. */
#define PATIENCE 10000

static int
failed(const char *object, int err, int *status, char *why, size_t size)
{
	(void)snprintf(why, size, "%s: %s", object, strerror(err));
	*status = EXITCODE_REFUSED;
	return -1;
}

/* Wait for a line about what went wrong, or for the end without one. */
static int
hear(int report, int *status, char *why, size_t size)
{
	struct birth_failure failure;
	ssize_t n;

	do
		n = read(report, &failure, sizeof(failure));
	while (n == -1 && errno == EINTR);
	if (n == 0)
		return 0;
	if (n != sizeof(failure))
		return failed("session", n == -1 ? errno : EPROTO, status,
		    why, size);
	failure.object[sizeof(failure.object) - 1] = '\0';
	if (failure.err != 0)
		(void)failed(failure.object, failure.err, status, why, size);
	else
		(void)snprintf(why, size, "%s", failure.object);
	*status = failure.status;
	return -1;
}

/*
 * Two forks: the session is nobody's child but init's, and leads no POSIX
 * session, so that it never gets a controlling terminal.
 */
static int
fork_away(struct birth *birth, int report[2])
{
	const pid_t pid = fork();
	int status;

	if (pid == 0) {
		(void)close(report[0]);
		if (setsid() == -1)
			_exit(1);
		switch (fork()) {
		case -1:
			birth_fail(birth, "fork", errno, EXITCODE_REFUSED);
			_exit(0);
		case 0:
			birth_give(birth);
			_exit(1);
		default:
			_exit(0);
		}
	}
	if (pid == -1)
		return -1;
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return -1;
	return 0;
}

static void
unlink_agent(int dir, const char *name)
{
	char file[USERPLACE_FILE_SIZE];

	(void)unlinkat(dir, userplace_file(file, name, ".agent"), 0);
}

/*
 * The link that the session keeps: a command that nobody has attached to yet
 * has the agent of who made it, for as long as that one's login lasts.  What a
 * session that was killed has left leads to a socket of long ago.
 */
static void
link_agent(int dir, const struct create_facts *facts)
{
	char file[USERPLACE_FILE_SIZE];

	unlink_agent(dir, facts->name);
	/* It does without, as where nobody has an agent. */
	if (facts->lent != NULL)
		(void)!symlinkat(facts->lent, dir, userplace_file(file,
		    facts->name, ".agent"));
}

/* The name is ours to take. */
static int
make(const struct userplace *place, const struct create_facts *facts, int lock,
    int *status, char *why, size_t size)
{
	struct birth birth = {
		.facts = facts, .dir = place->dir, .lock = lock,
		.listener = -1,
	};
	char file[USERPLACE_FILE_SIZE];
	int report[2], r = -1;

	if (lockfile_take(lock, USERPLACE_ALIVE, 0) == -1)
		return failed(userplace_file(file, facts->name, ".lock"), errno,
		    status, why, size);
	birth.listener = listener_bind(place->dir,
	    userplace_file(file, facts->name, ".sock"), SOCK_SEQPACKET);
	if (birth.listener == -1)
		return failed(file, errno, status, why, size);
	if (pipe2(report, O_CLOEXEC) == -1) {
		(void)failed("pipe", errno, status, why, size);
		goto out;
	}
	link_agent(place->dir, facts);
	birth.report = report[1];
	r = fork_away(&birth, report);
	if (r == -1)
		(void)failed("fork", errno, status, why, size);
	(void)close(report[1]);
	if (r == 0)
		r = hear(report[0], status, why, size);
	(void)close(report[0]);
out:
	(void)close(birth.listener);
	if (r == -1) {
		(void)listener_remove(place->dir, file);
		unlink_agent(place->dir, facts->name);
	}
	return r;
}

enum create_result
create_session(const struct userplace *place, const struct create_facts *facts,
    int *status, char *why, size_t size)
{
	enum create_result result = CREATE_FAILED;
	char file[USERPLACE_FILE_SIZE];
	int lock, held;

	lock = lockfile_hold(place->dir,
	    userplace_file(file, facts->name, ".lock"), USERPLACE_CREATING,
	    deadline_in(PATIENCE));
	if (lock == -1) {
		(void)failed(file, errno, status, why, size);
		return CREATE_FAILED;
	}
	held = lockfile_is_held(place->dir, file, USERPLACE_ALIVE);
	if (held == 1) {
		result = CREATE_THERE;
	} else if (held == -1) {
		(void)failed(file, errno, status, why, size);
	} else if (make(place, facts, lock, status, why, size) == 0) {
		result = CREATE_MADE;
	} else {
		/* What is here was made here. */
		(void)lockfile_remove(place->dir, file, lock);
	}
	(void)lockfile_release(lock, USERPLACE_CREATING);
	(void)close(lock);
	return result;
}
