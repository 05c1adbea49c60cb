/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef TALK_H
#define TALK_H

struct packet;
struct viewer;

/*
 * What a viewer says, other than what he types.  A descriptor that is taken
 * is -1 in the packet afterwards.
 */
void talk_hear(struct viewer *viewer, struct packet *packet);

#endif
