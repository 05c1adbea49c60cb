/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef FORWARDER_H
#define FORWARDER_H

#include <sys/types.h>

#include <stddef.h>

/*
 * The process that has the agent of a login, as who logged in, and serves
 * another account's session with it: agent-forwarder(1).
 */
struct forwarder {
	pid_t pid;		/* -1: there is none */
	int watch;		/* its end is its end, too */
};

struct forwarder_facts {
	const char *upstream;	/* the login's own agent socket */
	int listener;		/* stays open here */
	uid_t peer;		/* who may connect, besides root */
	int everything;		/* no policy at all */
	const char *policy;	/* its file; NULL or "": the usual one */
};

/*
 * May this be the agent of the login: an absolute path to a socket that
 * belongs to who we are?  Of any other we would be the way to somebody else's
 * socket for whoever chose the path.
 * Returns NULL, or why not.
 */
const char *forwarder_objection(const char *upstream);

/*
 * Start it and wait, no longer than some seconds, until it serves.  As root
 * it has no capability.  It holds no descriptor but what it needs, and ends
 * with this process, however that ends.
 * Returns 0, and forwarder_stop() is due; or -1 with the reason in "why", and
 * nothing is left.
 */
int forwarder_start(struct forwarder *forwarder,
    const struct forwarder_facts *facts, char *why, size_t size);

/* End it, and reap it. */
void forwarder_stop(struct forwarder *forwarder);

#endif
