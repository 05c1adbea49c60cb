/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef WIRE_H
#define WIRE_H

#include <stddef.h>

#include "wirecode.h"

struct frame;

/*
 * What the front and the service say to each other, version 1.
 *
 *	front		service
 *	request ------>			with descriptors 0, 1, 2
 *		<------	TEXT ...	lines for the user
 *		<------ AGENT		perhaps; with a socket that listens
 *	answer	------>			one byte: it is served, or it is not
 *		<------ READY		about to start
 *	answer	------>			one byte: 0 and 1 are closed here
 *		<------ STARTED		the command runs: close 2 as well
 *		<------ END		how it ended, or 255
 *
 * A request is a head (the magic, a u32 with the version, a u32 with the
 * length) and that many bytes (wirecode.h).  The descriptors go with its
 * first byte.  The rest are frames (frame.h).  A service that cannot, or will
 * not, says so by TEXT and END, whenever it is.
 *
 * Every "ms" bounds the whole call.
 */
#define WIRE_VERSION 1u

/* What the service says; the front skips what it does not know. */
enum wire_type {
	WIRE_TEXT = 1,	/* for the user's terminal, as it stands */
	WIRE_READY = 2,
	WIRE_STARTED = 3,
	WIRE_END = 4,
	WIRE_AGENT = 5,	/* see wireagent.h */
};

/*
 * The front: send the request with these descriptors, which stay open here.
 * Returns 0; or -1 with errno: E2BIG and EINVAL as wirecode_encode(), EPIPE
 * and ECONNRESET for a service that does not want it, ETIMEDOUT.  After EPIPE
 * and ECONNRESET the reason may still be there to be read.
 */
int wire_send_request(int sock, const struct wire_request *req,
    const int fds[3], int ms);

/*
 * The service: receive it.  The descriptors are the caller's, close-on-exec;
 * what they are is his to find out, see terminal_passed().
 * Returns 0, and wirecode_free() is due; or -1 with errno and the reason in
 * words in "why", and then no descriptor is open.  errno is EPROTO for what
 * breaks the rules, EPROTONOSUPPORT for another version, ETIMEDOUT,
 * ECONNRESET for a front that went away.
 */
int wire_receive_request(int sock, int ms, struct wire_request *req,
    int fds[3], char *why, size_t size);

/*
 * The front's answer to READY and to AGENT, and the service's wait for it.
 * Return 0; or -1 with errno: ECANCELED if the front says that it cannot;
 * EPROTO if something else came, or more; ECONNRESET for a front that went
 * away; ETIMEDOUT.
 */
int wire_answer(int sock, int ms);
int wire_decline(int sock, int ms);
int wire_wait_answer(int sock, int ms);

/*
 * The service: send one message.  A front that does not read within "ms" is
 * lost.  Returns 0, or -1 with errno, after which nothing more may be sent.
 */
int wire_send(int sock, enum wire_type type, const void *data, size_t len,
    int ms);

/* Send a text of any length, as many messages as that takes. */
int wire_send_text(int sock, const char *text, size_t len, int ms);

/* Send END for a status of wait(2): exited or killed, else EINVAL. */
int wire_send_end(int sock, int wstatus, int ms);

/*
 * The front: the status that an END brings, as of wait(2).  A core file is
 * not told of.  Returns 0, or -1 if it makes no sense.
 */
int wire_get_end(const struct frame *frame, int *wstatus);

#endif
