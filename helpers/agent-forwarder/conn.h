/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONN_H
#define CONN_H

struct caller;
struct conn;
struct conns;
struct lease;

/*
 * A connection for the client at "fd" to the agent of the lease.  It has fd
 * and the caller's descriptor from now on, even if it fails.
 * Returns 0, or -1 with errno.
 */
int conn_new(struct conns *conns, int fd, struct lease *lease,
    const struct caller *caller);

/* A moment has come, or something that a held request waits for. */
void conn_due(struct conn *conn, long long now);

/* The agent is gone: FAILURE for who waits, and the end. */
void conn_end(struct conn *conn);

#endif
