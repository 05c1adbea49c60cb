/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef OWNSOCK_H
#define OWNSOCK_H

#include <sys/types.h>

/* In ssh-incubator/agent of a user's directory: see common/userplace. */
#define OWNSOCK_BELOW "ssh-incubator/agent"

/*
 * The socket of one session, in a directory that is private to its user
 * (invariant I8), and the lock that says that somebody serves there.  Its name
 * is none that other programs take for sshd's or ssh-agent's: they would
 * connect to it, or remove it.
 */
struct ownsock {
	int dir;		/* borrowed */
	int lock;
	int listener;		/* O_NONBLOCK */
	char name[64];		/* of the socket, in the directory */
	char *path;		/* for SSH_AUTH_SOCK */
	dev_t dev;		/* of the name */
	ino_t ino;
};

struct userplace;

/*
 * Make one.  The place stays open for as long as it is used.
 * Returns 0, and ownsock_close() is due; or -1 with errno and nothing left:
 * ENAMETOOLONG if the path is too long for an address.
 */
int ownsock_make(struct ownsock *own, const struct userplace *place);

/* Take its name away.  Only for who serves it. */
void ownsock_remove(struct ownsock *own);

/* Close what is open of it, in this process. */
void ownsock_close(struct ownsock *own);

/*
 * Take away what is left over in that directory from sessions whose serving
 * process died before it could: what nobody holds the lock of.
 * Returns how many those were.
 */
int ownsock_sweep(int dir);

#endif
