/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CLIENT_H
#define CLIENT_H

#include <stddef.h>

#include "packet.h"

struct userplace;

/*
 * The side of those who come to a session.  A session that answers nothing
 * (it may be stopped) is told from one that is not there.
 */

/*
 * Connect to the session of that name and exchange greetings.
 * Returns a descriptor, close-on-exec and O_NONBLOCK; or -1 with errno, and
 * "size" bytes at "why" hold the reason in words: ENOENT or ECONNREFUSED if
 * there is none, EPROTO if it speaks another version.
 */
int client_connect(const struct userplace *place, const char *name, char *why,
    size_t size);

/*
 * Wait for the next message, until the deadline (deadline.h; negative for
 * none), into "buf" of PACKET_BUFFER bytes.
 * Returns 1; 0 for the end; or -1 with errno, ETIMEDOUT.
 */
int client_next(int sock, unsigned char *buf, struct packet *packet,
    long long deadline);

/*
 * Send one, waiting until there is room.  Returns 0, or -1 with errno.
 */
int client_send(int sock, int type, const void *data, size_t len, int fd);

/*
 * Tell the session which of the variables that it follows we have.  Returns 0,
 * or -1 with errno.
 */
int client_send_environ(int sock, char *const *envp);

#endif
