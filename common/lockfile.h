/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef LOCKFILE_H
#define LOCKFILE_H

/*
 * A file whose bytes are locks, each by itself; nothing is ever written to it.
 *
 * A lock belongs to the open file description: a child that inherits the
 * descriptor goes on holding it, and so does a copy by dup(2); taking it anew
 * through either succeeds.  The kernel lets go when the last of them is
 * closed, in whatever way its process ends, so there is nothing stale to be
 * cleared away.  All of it is about a directory that userdir_open() opened.
 */

/*
 * Open the file, and make it with mode 0600 if it is missing.
 * Returns a descriptor, close-on-exec, which the caller closes; or -1 with
 * errno: ELOOP for a symbolic link, EISDIR, ENXIO for a socket, EINVAL for
 * anything else that is no regular file, EPERM or EACCES for another user's or
 * one that others have rights to, EMLINK for one with another name besides,
 * EAGAIN if it is replaced all the time.
 */
int lockfile_open(int dirfd, const char *name);

/*
 * Take the lock "byte", and wait for it until "deadline" (deadline.h; 0 does
 * not wait).
 * Returns 0; or -1 with errno: EAGAIN (not waited), ETIMEDOUT, ESTALE if the
 * file was removed meanwhile, so that it locks nobody out (and then the lock
 * is not held), ENOLCK or EOPNOTSUPP where the file system has no locks.
 */
int lockfile_take(int fd, int byte, long long deadline);

/* Returns 0, or -1 with errno. */
int lockfile_release(int fd, int byte);

/*
 * Both of the above, again if the file was removed or replaced meanwhile:
 * when it returns, who asks by that name finds the lock held.
 * Returns a descriptor, or -1 with errno as above.
 */
int lockfile_hold(int dirfd, const char *name, int byte, long long deadline);

/* Is it the file behind fd that has this name now?  1 or 0. */
int lockfile_is_current(int dirfd, const char *name, int fd);

/*
 * Remove the file.  Only for who holds the lock that those take first who
 * make what it stands for.
 * Returns 0; or -1 with errno, ESTALE if the name is another file's by now,
 * which stays.
 */
int lockfile_remove(int dirfd, const char *name, int fd);

/*
 * Is the lock held, by whatever description?  It is not taken for the answer,
 * so nobody who tries meanwhile fails, and no file is made.
 * Returns 1 or 0; or -1 with errno: ENOENT if there is no such file, else as
 * lockfile_open().
 */
int lockfile_is_held(int dirfd, const char *name, int byte);

#endif
