/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef RAWLISTEN_H
#define RAWLISTEN_H

#include <sys/types.h>

#include <limits.h>
#include <stddef.h>

/*
 * A socket at a path of the user's choice, as streamlocal forwarding makes
 * them: with mode 0600, and in the place of another socket only where he asks
 * for it.
 */
struct rawlisten {
	int listener;		/* O_NONBLOCK; -1: none */
	int dir;		/* O_PATH; where it is */
	char name[NAME_MAX + 1];	/* in there */
	dev_t dev;		/* of the name */
	ino_t ino;
};

/*
 * Bind a socket at "path", which is absolute and below one of the "allowed"
 * directories (absolute, NULL-terminated), by names only: no "..", and below
 * that directory no symbolic link is followed.  Each directory on the way from
 * there belongs to the effective user or to root, and nobody else can write to
 * it, unless it is sticky, or one above it keeps everybody else out.  How long
 * the path is does not matter.
 *
 * With "replace" a socket of the user's that stands there goes, whoever serves
 * it, as with sshd's StreamLocalBindUnlink.  Nothing else ever does.
 *
 * Returns 0, and rawlisten_close() is due; or -1 with the reason in "why", to
 * be read after the path, and nothing left.
 */
int rawlisten_bind(struct rawlisten *own, const char *path,
    const char *const *allowed, int replace, char *why, size_t size);

/* Take the name away, if it is still that socket's. */
void rawlisten_remove(const struct rawlisten *own);

/* Close what is open of it, in this process. */
void rawlisten_close(struct rawlisten *own);

#endif
