/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONNUP_H
#define CONNUP_H

#include <stdint.h>

struct conn;

/*
 * The half of a connection that faces the agent.  What it has to say about the
 * request it leaves in conn->word, for the other half to pass on.
 */

/* The first request goes up, now or when it may. */
void connup_go(struct conn *conn);

/* The agent's descriptor is ready for these. */
void connup_ready(struct conn *conn, uint32_t events);

/* A moment has come, or something that a held request waits for. */
void connup_due(struct conn *conn, long long now);

/*
 * The request fails, and the agent is lost; "result" is for the record: "lost",
 * "timeout".
 */
void connup_fail(struct conn *conn, const char *result);

/* Close what is open to the agent, and wait for nothing there. */
void connup_close(struct conn *conn);

#endif
