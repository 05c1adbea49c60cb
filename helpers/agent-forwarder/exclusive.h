/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef EXCLUSIVE_H
#define EXCLUSIVE_H

#include <stddef.h>

/*
 * sshd's socket for one process alone: it is held by a descriptor, and its
 * name is taken away, so that who wants the agent has to ask us.  What already
 * has a connection to it keeps that.
 */
struct exclusive {
	int socket;		/* O_PATH */
	int dir;		/* O_PATH, of the directory */
	char name[256];		/* in it */
};

/*
 * Look at the socket: it is our user's own, in a directory of his that nobody
 * else can write, and no other session of the same connection can be using
 * it, as far as that can be told.
 * Returns 0, and exclusive_close() is due; or -1 with the reason in "why".
 */
int exclusive_open(struct exclusive *ex, const char *path, char *why,
    size_t size);

/*
 * Take its name away, if that is still the same socket's.
 * Returns 0, or -1 with the reason in "why".
 */
int exclusive_take(const struct exclusive *ex, char *why, size_t size);

void exclusive_close(struct exclusive *ex);

#endif
