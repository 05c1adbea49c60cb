/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef GUESTS_H
#define GUESTS_H

struct session;

/* Somebody is at the listener. */
void guests_accept(struct session *session);

/*
 * Free those that are gone, and do what follows from who is there now.  To be
 * called between two turns of the loop.
 */
void guests_sweep(struct session *session);

#endif
