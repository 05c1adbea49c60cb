/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Started by incubator, which has put another user's session behind the
 * socket: that one's processes connect, and the agent is our user's.
 */

#include "config.h"
#include "served.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "ending.h"
#include "environ.h"
#include "options.h"
#include "ownpolicy.h"
#include "refusal.h"
#include "serving.h"
#include "sigreset.h"
#include "stdfd.h"

#define ACK "\006"

/* Where the two are put. */
#define LISTENER (STDERR_FILENO + 1)
#define WATCH (STDERR_FILENO + 2)

static void
ready(void *ctx)
{
	(void)!send(*(int *)ctx, ACK, 1, MSG_NOSIGNAL);
}

/* The two to their places, and nothing else stays open. */
static int
arrange(const struct options *opt)
{
	int listener, watch;

	/* First above both, for each may be where the other is to go. */
	if ((listener = fcntl(opt->listener, F_DUPFD_CLOEXEC, WATCH + 1)) ==
	    -1 || (watch = fcntl(opt->watch, F_DUPFD_CLOEXEC, WATCH + 1)) ==
	    -1 || dup3(listener, LISTENER, O_CLOEXEC) == -1 ||
	    dup3(watch, WATCH, O_CLOEXEC) == -1)
		return -1;
	return stdfd_closefrom(WATCH + 1);
}

/* A listener of AF_UNIX, made not to wait.  Returns 0 or -1. */
static int
take_listener(int fd, struct upstream_self *self)
{
	struct sockaddr_un addr;
	socklen_t len = sizeof(addr), size = sizeof(int);
	struct stat st;
	int flags, listens;

	memset(&addr, 0, sizeof(addr));
	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == -1 ||
	    getsockname(fd, (struct sockaddr *)&addr, &len) == -1)
		return -1;
	if (addr.sun_family != AF_UNIX || !listens) {
		errno = ENOTSOCK;
		return -1;
	}
	/* So that it is not taken for an agent, if it can be seen from here. */
	self->dev = 0;
	self->ino = 0;
	if (len > offsetof(struct sockaddr_un, sun_path) &&
	    len < sizeof(addr) && addr.sun_path[0] == '/' &&
	    stat(addr.sun_path, &st) == 0) {
		self->dev = st.st_dev;
		self->ino = st.st_ino;
	}
	flags = fcntl(fd, F_GETFL);
	return flags == -1 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

static int
serve(const struct options *opt, const char *agent)
{
	int watch = WATCH;
	struct ending ending;
	char why[512];
	struct serving serving = {
		.opt = opt, .policy = opt->policy, .name = "login",
		.path = agent, .at = -1, .listener = LISTENER,
		.peer = opt->peer != (uid_t)-1 ? opt->peer : getuid(),
		.dir = -1, .ending = &ending, .ready = ready, .ctx = &watch,
	};

	if (take_listener(LISTENER, &serving.self) == -1)
		return refusal_of("--serve-fd", strerror(errno));
	if (ending_open(&ending) == -1 ||
	    ending_with_peer(&ending, WATCH) == -1)
		return refusal_of("--watch-fd", strerror(errno));
	if (serving_run(&serving, why, sizeof(why)) == -1)
		return refusal_of("agent", why);
	return 0;
}

int
served_run(const struct options *opt, char *const *envp)
{
	const char *agent = environ_lookup(envp, "SSH_AUTH_SOCK"), *reason;

	if (agent == NULL || *agent != '/')
		return refusal_of("SSH_AUTH_SOCK", "no absolute path");
	if (arrange(opt) == -1)
		return refusal_of("descriptors", strerror(errno));
	if (ownpolicy_read(opt, getuid(), &reason) == -1)
		return refusal(reason);
	if (sigreset_all() == -1 || chdir("/") == -1 ||
	    stdfd_leave(STDIN_FILENO, STDERR_FILENO) == -1)
		return refusal("cannot make a clean start");
	sigreset_ignore(SIGHUP);
	sigreset_ignore(SIGPIPE);
	return serve(opt, agent);
}
