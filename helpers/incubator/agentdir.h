/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef AGENTDIR_H
#define AGENTDIR_H

#include <sys/types.h>

#include <stddef.h>

struct account;

/*
 * Where the target finds the agent of the login that led to his session: a
 * socket of his own (owner and mode, and by SO_PEERCRED the listener's too) in
 * a directory of its own below RUN_PATH/agent.  The directory is root's, and
 * only he and his group may pass through it: there nobody puts anything in
 * the socket's place or fills /run, and it does not vanish with a runtime
 * directory that logind removes when another session ends.
 * It is named like a session of the registry, by who keeps it.
 */
struct agentdir {
	int parent;		/* RUN_PATH/agent; -1: it is not open */
	char name[40];		/* of ours, in there */
	char path[108];		/* of the socket */
	pid_t warden;		/* removes it if we are killed; -1 if not */
};

/*
 * Make it, for root alone, and begin to listen.  *listener is the caller's.
 * agentdir_close() is due if this returns 0.
 * Returns 0, or -1 with errno, and nothing is left.
 */
int agentdir_open(struct agentdir *dir, const struct account *target,
    int *listener);

/* Remove it.  errno stays. */
void agentdir_close(struct agentdir *dir);

/* Remove those of keepers that are gone and had no warden left either. */
void agentdir_sweep(void);

/* Another directory than RUN_PATH, for a test; the string is kept. */
void agentdir_use(const char *path);

#endif
