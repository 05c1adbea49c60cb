/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef KEEPER_H
#define KEEPER_H

#include "proto.h"

struct packet;
struct session;
struct viewer;

/*
 * --restore=screen: a process of its own, pty-broker-screen, that is told all
 * output and knows what the screen shows.  Whatever happens to it, the session
 * goes on, and those who return get the ring.
 */

/* Start it.  Returns 0, or -1 with errno. */
int keeper_start(struct session *session);

/* Take a connected socket as its.  Returns 0, or -1 with errno. */
int keeper_take(struct session *session, int sock);

/*
 * Have the screen painted for a viewer: he waits until it is here, and gets
 * what comes later after it.  Returns 0; or -1 if there is no keeper.
 */
int keeper_paint(struct viewer *viewer);

/*
 * Once a turn: what became of it, and for whose window its next answer is.
 */
void keeper_tend(struct session *session);

/* It answers. */
void keeper_hear(struct viewer *keeper, const struct packet *packet);

/* It is gone, or of no use any more. */
void keeper_lost(struct session *session);

#endif
