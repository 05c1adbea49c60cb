/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef DELIVER_H
#define DELIVER_H

struct session;
struct viewer;

/*
 * Give viewers what they have not got yet, as far as their sides take it: what
 * goes before, the output, and when the session is over its status.  To all;
 * or to those for whom there is something other than output.
 */
void deliver_all(struct session *session);
void deliver_due(struct session *session);

/* Is there anything that waits for nothing but his side to take it? 1 or 0. */
int deliver_lags(const struct viewer *viewer);

#endif
