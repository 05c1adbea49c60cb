/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef UTEMPTER_H
#define UTEMPTER_H

#include <sys/types.h>

/*
 * Let who(1) know of a session's terminal, without a privilege of ours: the
 * helper of libutempter is setgid, and writes an entry for who owns a terminal
 * and holds its master.  "path" is the helper's (utempterpath.h).
 */

/*
 * Begin to enter the terminal whose master that is, for as long as this
 * process lives: its pid goes into the entry.  "host" is what who(1) shows in
 * parentheses.
 * Returns the pid of a child that the caller reaps, whatever became of it,
 * after 5 s at the latest; or -1 with errno.
 */
pid_t utempter_add(const char *path, int master, const char *host);

/*
 * Take it out again, and wait for that, but no longer than "ms".  Due before
 * the master is closed.
 * Returns 0; or -1 with errno: ETIMEDOUT, ENOENT if there is no helper, EIO if
 * it did not do it.
 */
int utempter_remove(const char *path, int master, int ms);

#endif
