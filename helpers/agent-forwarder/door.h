/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef DOOR_H
#define DOOR_H

#include <sys/types.h>

/*
 * A listening socket, and who is let in: one user, and root.  Keeps a
 * descriptor in reserve: without it, who comes when there are none left could
 * not even be sent away, and would be announced for ever.
 */
struct door {
	int listener;
	int reserve;		/* -1: lost for the moment */
	uid_t peer;
};

/* The listener is O_NONBLOCK and stays the caller's.  0, or -1 with errno. */
int door_open(struct door *door, int listener, uid_t peer);
void door_close(struct door *door);

/*
 * Take who has connected next.
 * Returns a descriptor, close-on-exec and O_NONBLOCK; or -1 with errno:
 * EAGAIN for nobody; EPERM for somebody else and EMFILE for want of a
 * descriptor, who was sent away, and there may be others behind him; EBUSY if
 * not even that can be done now: ask again in a while.
 */
int door_accept(struct door *door);

#endif
