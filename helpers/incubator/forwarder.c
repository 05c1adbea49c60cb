/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Runs where the login's agent can be reached: in root's process that waits
 * for a session, and in the front.  What is started here faces the target;
 * we tell it all that it needs, and believe one byte of it.
 */

#include "config.h"
#include "forwarder.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "beside.h"
#include "deadline.h"
#include "plan.h"
#include "spawn.h"

#define PROGRAM "agent-forwarder"

/* ASCII's "acknowledge": it serves. */
#define READY 6

/* For it to begin, and to end, in ms. */
#define PATIENCE 5000
#define END_PATIENCE 1000

/* Which descriptors it finds what on. */
#define WATCH_FD "0"
#define LISTENER_FD "3"

/* All that the plan borrows. */
struct birth {
	char path[PATH_MAX];
	char *candidates[2];
	char *argv[10];
	char *envp[2];
	char peer[16];
	int fds[4];
	struct plan *plan;
};

const char *
forwarder_objection(const char *upstream)
{
	struct stat st;

	if (upstream == NULL || *upstream == '\0')
		return "the login has no agent";
	if (*upstream != '/' ||
	    strlen(upstream) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return "SSH_AUTH_SOCK of the login is no socket's path";
	if (lstat(upstream, &st) == -1 || !S_ISSOCK(st.st_mode))
		return "SSH_AUTH_SOCK of the login is no socket";
	return st.st_uid == geteuid() ? NULL :
	    "SSH_AUTH_SOCK of the login is another user's socket";
}

/* Words that nobody writes to. */
static char *
word(const char *text)
{
	return (char *)(uintptr_t)text;
}

static int
say(struct birth *birth, const struct forwarder_facts *facts)
{
	size_t n = 0;

	birth->candidates[0] = birth->path;
	birth->argv[n++] = word(PROGRAM);
	birth->argv[n++] = word("--serve-fd");
	birth->argv[n++] = word(LISTENER_FD);
	birth->argv[n++] = word("--watch-fd");
	birth->argv[n++] = word(WATCH_FD);
	birth->argv[n++] = word("--peer-uid");
	birth->argv[n++] = birth->peer;
	(void)snprintf(birth->peer, sizeof(birth->peer), "%u",
	    (unsigned int)facts->peer);
	if (facts->everything)
		birth->argv[n++] = word("--pass-all");
	else if (facts->policy != NULL && *facts->policy != '\0') {
		birth->argv[n++] = word("--policy");
		birth->argv[n++] = word(facts->policy);
	}
	if (asprintf(&birth->envp[0], "SSH_AUTH_SOCK=%s",
	    facts->upstream) != -1)
		return 0;
	/* What stands there then is nothing to be freed. */
	birth->envp[0] = NULL;
	errno = ENOMEM;
	return -1;
}

/*
 * Root needs none of its capabilities to open a socket of its own, and a
 * program that strangers speak to has no use for one.  The bounding set: exec
 * would give root all of them again.
 */
static int
build(struct birth *birth)
{
	const struct plan_step steps[] = {
		{ .kind = PLAN_NEW_SESSION },
		{ .kind = PLAN_SIGNALS },
		{ .kind = PLAN_DESCRIPTORS, .u.fds = { birth->fds, 4 } },
		{ .kind = PLAN_CLOSE, .u.more = 1 },
		{ .kind = PLAN_BOUNDING_SET },
		{ .kind = PLAN_PARENT_DEATH, .u.signal = SIGTERM },
		{ .kind = PLAN_NO_NEW_PRIVS },
		{ .kind = PLAN_DIRECTORY, .u.dir = { "/", NULL } },
		{ .kind = PLAN_EXEC, .u.exec = { birth->candidates,
			birth->argv, birth->envp } },
	};
	const int is_root = geteuid() == 0;
	size_t i;

	if ((birth->plan = plan_new()) == NULL)
		return -1;
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if ((is_root || steps[i].kind != PLAN_BOUNDING_SET) &&
		    plan_add(birth->plan, &steps[i]) == -1)
			return -1;
	return 0;
}

/* Until it says that it serves.  Returns 0, or -1: it never will. */
static int
await_ready(int watch)
{
	const long long deadline = deadline_in(PATIENCE);
	struct pollfd pfd = { .fd = watch, .events = POLLIN };
	char byte = 0;
	int r;

	while ((r = poll(&pfd, 1, deadline_left(deadline))) == -1 &&
	    errno == EINTR)
		continue;
	if (r == 0)
		errno = ETIMEDOUT;
	return r == 1 && recv(watch, &byte, 1, MSG_DONTWAIT) == 1 &&
	    byte == READY ? 0 : -1;
}

/* Reap it when it ends, which it does soon. */
static void
reap(pid_t pid, int ms)
{
	const long long deadline = deadline_in(ms);
	struct timespec tick = { .tv_nsec = 500000 };

	while (waitpid(pid, NULL, WNOHANG) == 0) {
		if (deadline_left(deadline) == 0) {
			(void)kill(pid, SIGKILL);
			(void)waitpid(pid, NULL, 0);
			return;
		}
		(void)nanosleep(&tick, NULL);
		if (tick.tv_nsec < 20000000)
			tick.tv_nsec *= 2;
	}
}

static void
explain(const struct birth *birth, struct spawn_child *child, char *why,
    size_t size)
{
	struct spawn_report failed;
	const struct plan_step *step;

	(void)snprintf(why, size, "%s: %s", birth->path, errno == ETIMEDOUT ?
	    "it does not begin in time" : "it ended at once");
	if (spawn_hear(child, &failed) != -1)
		return;
	step = plan_at(birth->plan, failed.step);
	(void)snprintf(why, size, "%s: %s: %s", birth->path,
	    step != NULL ? plan_kind_name(step->kind) : "new process",
	    strerror(failed.err));
}

/* Closes the forwarder's end of the watch: there must be no other. */
static int
run(struct forwarder *forwarder, const struct birth *birth, char *why,
    size_t size)
{
	struct spawn_child child = { .want_pidfd = 0 };
	struct spawn_report failed;
	int r;

	if ((r = plan_check(birth->plan, why, size)) == 0 &&
	    (r = spawn_start(birth->plan, NULL, NULL, &child, &failed)) == -1)
		(void)snprintf(why, size, "%s: %s", birth->path,
		    strerror(failed.err));
	(void)close(birth->fds[0]);
	if (r == -1)
		return -1;
	if (await_ready(forwarder->watch) == 0) {
		forwarder->pid = child.pid;
		spawn_forget(&child);
		return 0;
	}
	explain(birth, &child, why, size);
	spawn_forget(&child);
	reap(child.pid, 0);
	return -1;
}

static int
prepare(struct birth *birth, const struct forwarder_facts *facts, int watch,
    char *why, size_t size)
{
	memset(birth, 0, sizeof(*birth));
	if (beside_path(PROGRAM, COMMANDS_PATH, birth->path) == -1) {
		(void)snprintf(why, size, COMMANDS_PATH "/" PROGRAM ": %s",
		    strerror(errno));
		return -1;
	}
	birth->fds[0] = watch;
	birth->fds[1] = birth->fds[2] = open("/dev/null", O_RDWR | O_CLOEXEC);
	birth->fds[3] = facts->listener;
	if (birth->fds[1] != -1 && say(birth, facts) == 0 &&
	    build(birth) == 0)
		return 0;
	(void)snprintf(why, size, PROGRAM ": %s", strerror(errno));
	return -1;
}

int
forwarder_start(struct forwarder *forwarder,
    const struct forwarder_facts *facts, char *why, size_t size)
{
	struct birth birth;
	int pair[2], r = -1;

	forwarder->pid = forwarder->watch = -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1) {
		(void)snprintf(why, size, PROGRAM ": %s", strerror(errno));
		return -1;
	}
	forwarder->watch = pair[0];
	if (prepare(&birth, facts, pair[1], why, size) == 0)
		r = run(forwarder, &birth, why, size);
	else
		(void)close(pair[1]);
	if (birth.fds[1] > STDERR_FILENO)
		(void)close(birth.fds[1]);
	plan_free(birth.plan);
	free(birth.envp[0]);
	if (r == 0)
		return 0;
	(void)close(forwarder->watch);
	forwarder->watch = -1;
	return -1;
}

void
forwarder_stop(struct forwarder *forwarder)
{
	if (forwarder->pid == -1)
		return;
	(void)close(forwarder->watch);
	reap(forwarder->pid, END_PATIENCE);
	forwarder->pid = forwarder->watch = -1;
}
