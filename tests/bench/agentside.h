/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#ifndef AGENTSIDE_H
#define AGENTSIDE_H

#include <sys/types.h>

#include <stddef.h>

/* More than a list of a few keys and a signature have; a longer one ends us. */
#define AGENT_FRAME_MAX 4096

/* A message of the agent protocol with its length, or a part of one. */
struct agent_frame {
	unsigned char data[AGENT_FRAME_MAX];
	size_t len;
};

/*
 * All of these end the program where something is wrong.
 * Connect to an agent, waiting for room in its queue.
 */
int agent_connect(const char *path);

/* The requests: the list of keys, and a signature by the first of these. */
void agent_list_request(struct agent_frame *request);
void agent_sign_request(struct agent_frame *request,
    const struct agent_frame *list);

/* Is a whole message there?  1 or 0. */
int agent_is_whole(const struct agent_frame *frame);

/*
 * Read what has come, once.  Returns how many bytes, 0 at the end, and -1 if
 * the other side has broken off.
 */
ssize_t agent_read(int fd, struct agent_frame *frame);

void agent_send(int fd, const struct agent_frame *frame);

/* Send a request and wait for its reply, which must be of that type. */
void agent_ask(int fd, const struct agent_frame *request,
    struct agent_frame *reply, int type);

/*
 * Of these processes and all below them: the processor time so far in us,
 * with that of children that have ended; and the KiB of memory that only they
 * have and their part of what others have, too, or all that they can see.
 */
double agent_cpu(const pid_t *pids, size_t n);
double agent_memory(const pid_t *pids, size_t n, const char *name);

#endif
