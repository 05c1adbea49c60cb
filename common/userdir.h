/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef USERDIR_H
#define USERDIR_H

/*
 * A directory of a user's own, for his sockets and locks (invariant I8): who
 * can enter it can speak to his shells.
 */

/*
 * Open base/below; "below" is one or more names with '/' between them.
 *
 * "base" is there already, may be reached by symbolic links, belongs to us
 * (the effective uid) or to root, and others cannot write to it.  Each name
 * below it is a directory of ours without any right for group and others, and
 * no symbolic link; with "make" what is missing is made so, whatever the umask
 * is.  All is looked at through the descriptors, and nothing is repaired: what
 * others could have filled before is not to be trusted afterwards.
 *
 * Returns a descriptor, close-on-exec, which the caller closes; or -1 with
 * errno: EPERM for a foreign or an open directory, ELOOP for a symbolic link,
 * ENOTDIR for anything else, ENOENT for what is not there, EINVAL for "below"
 * that begins or ends with '/' or has "." or ".." in it.
 */
int userdir_open(const char *base, const char *below, int make);

/*
 * Is the directory behind fd private to us, in the sense above?
 * Returns 0, or -1 with errno: EPERM, ENOTDIR.
 */
int userdir_check(int fd);

#endif
