/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef LEASE_H
#define LEASE_H

struct policy;
struct usage;

/*
 * An upstream: the agent of one login, as its connections see it.
 *
 * The owner fills in the first part, keeps what it points to as long as there
 * are connections (serveloop_end_lease()), and may have the struct in a larger
 * one of his own.  The second part is the connections' and for others to read.
 */
struct lease {
	char name[64];		/* for records and status; printable */
	const char *path;	/* the socket; not looked at if at != -1 */
	int at;			/* an O_PATH descriptor of it, or -1 */
	const struct policy *policy;
	struct usage *usage;

	unsigned int users;	/* connections that are to go there */
	unsigned int opening;	/* of them, opened and not answered once */
	unsigned int signing;	/* requests there that may ask the user */
	long long hanging;	/* since when it answers too late, else 0 */
	unsigned long served;	/* connections, and requests by their fate */
	unsigned long passed;
	unsigned long refused;
	unsigned long signatures;
};

/* All zero, no descriptor, and the name cut to what fits. */
void lease_init(struct lease *lease, const char *name);

/*
 * May a connection be opened to it now?  For each one ssh(1) connects to the
 * user's agent and waits for its first answer in the loop that also brings
 * the output to his terminal; an agent that asks him something meanwhile
 * answers nobody.  So not while it may be asking.  1 or 0.
 */
int lease_may_open(const struct lease *lease);

/*
 * May a request that can ask the user go to it now?  Connections that were
 * opened a moment ago may not have reached the agent yet, and would then find
 * it asking.  "own" is whether the request comes by the one that is opening.
 * 1 or 0.
 */
int lease_may_ask(const struct lease *lease, int own);

#endif
