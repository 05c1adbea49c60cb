/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONNUP_H
#define CONNUP_H

struct conn;

/*
 * The half of a connection that faces the agent.  None of these frees the
 * conn; conn_go_on() is to follow.
 */

/* The first request goes up, now or when it may. */
void connup_go(struct conn *conn);

/* As conn_due(). */
void connup_due(struct conn *conn, long long now);

/* Close what is open to the agent, and wait for nothing there. */
void connup_close(struct conn *conn);

#endif
