/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef WIREAGENT_H
#define WIREAGENT_H

#include <sys/types.h>

#include <limits.h>

struct frame;

/*
 * AGENT, from the service to the front: a socket, listening, to be served with
 * the agent of the front's own login.  In bytes, numbers with their most
 * significant byte first:
 *
 *	uid		u32: who may connect, besides root
 *	everything	u8: 1, or 0 for what a policy lets through
 *	policy		the rest: a file's path, or nothing
 *
 * The socket comes with the message's first byte.  The front answers as to
 * READY (wire.h), or declines.
 */
struct wireagent {
	uid_t uid;
	int everything;
	char policy[PATH_MAX];	/* "" for none */
};

/*
 * The service: send it; the socket stays open here.  Returns 0, or -1 with
 * errno, after which nothing more may be sent.
 */
int wireagent_send(int sock, const struct wireagent *agent, int listener,
    int ms);

/*
 * The front: read it; the socket is frame->fd.  Returns 0, or -1 if it makes
 * no sense.
 */
int wireagent_get(const struct frame *frame, struct wireagent *agent);

#endif
