/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef UPSTREAM_H
#define UPSTREAM_H

#include <sys/types.h>

struct lease;

/* The name of our own socket; both 0 if it is not known. */
struct upstream_self {
	dev_t dev;
	ino_t ino;
};

/*
 * Connect to the lease's agent, without waiting.
 * Returns a descriptor, close-on-exec and O_NONBLOCK; or -1 with errno: EAGAIN
 * if its queue is full (later, then), ELOOP if it is our own socket,
 * or if the path is a way to one that we hold without a name; ENOENT or
 * ECONNREFUSED if there is no agent, ENAMETOOLONG, EMFILE.
 */
int upstream_open(const struct lease *lease,
    const struct upstream_self *self);

/*
 * Is there something to be read, which nobody asked for?
 * Returns 1; 0 for nothing; -1 if the agent closed the connection.
 */
int upstream_spoke(int fd);

#endif
