/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef UNIXAT_H
#define UNIXAT_H

/*
 * Sockets of AF_UNIX by a directory and a name in it, which bind(2) and
 * connect(2) have no variants for: what is bound or reached is in the
 * directory that was looked at, and how long its path is does not matter.
 *
 * "name" is one name; EINVAL for anything else, ENAMETOOLONG for what fits
 * into no address.
 */

/* Is it one name, which stays in the directory?  1 or 0. */
int unixat_is_name(const char *name);

/*
 * Bind the socket, with mode 0600, whatever the umask is.  Never takes
 * anything's place.  Returns 0, or -1 with errno: EADDRINUSE.
 */
int unixat_bind(int sock, int dirfd, const char *name);

/*
 * Connect the socket to the one there, which "entry" is a descriptor of
 * (O_PATH), by "deadline", as unixsock_connect_to() does.
 * Returns 0, or -1 with errno.
 */
int unixat_connect(int sock, int dirfd, const char *name, int entry,
    long long deadline);

#endif
