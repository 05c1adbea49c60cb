/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef LISTENER_H
#define LISTENER_H

/*
 * A socket of AF_UNIX by which processes of one user find each other
 * (invariant I8): "name" in a directory that userdir_open() opened.  The
 * directory is asked for that again by each call.  How long its path is does
 * not matter.  "type" is SOCK_STREAM or SOCK_SEQPACKET.
 */

/*
 * Bind a socket there, with mode 0600, and listen.  The caller holds the lock
 * under which alone that name is made and removed (lockfile.h): a socket of
 * ours that stands there is left over from somebody who has died, and goes.
 * Anything else stays.
 * Returns a descriptor, close-on-exec and O_NONBLOCK; or -1 with errno: EPERM
 * for another user's socket or a directory that is not private, ELOOP for a
 * symbolic link, ENOTSOCK for anything else in its place, ENAMETOOLONG.
 */
int listener_bind(int dirfd, const char *name, int type);

/*
 * Take who has connected next.
 * Returns a descriptor, close-on-exec and O_NONBLOCK; or -1 with errno: EAGAIN
 * for nobody, EPERM for somebody who is neither us nor root, who was sent
 * away; there may be others behind him.
 */
int listener_accept(int fd);

/*
 * Connect to a socket there, and wait no longer than "ms" for a listener whose
 * queue is full.
 * Returns a descriptor, close-on-exec and O_NONBLOCK; or -1 with errno: as
 * listener_bind(); EPERM also if another user listens; ENOENT; ECONNREFUSED
 * if nobody does; ETIMEDOUT.
 */
int listener_connect(int dirfd, const char *name, int type, int ms);

/*
 * Remove the name, if it is a socket of ours.  The caller holds the lock, as
 * for listener_bind().  Returns 0 (also if it is not there), or -1 with errno.
 */
int listener_remove(int dirfd, const char *name);

#endif
