/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SCOPE_H
#define SCOPE_H

#include <sys/types.h>

/*
 * Move this process to a scope of its own in system.slice, out of the login
 * session that it was started in: only from outside does pam_systemd(8) make
 * a session for another user.  It asks systemd itself, by the socket that is
 * for root alone, so neither logind nor the bus takes part.  Whatever else is
 * in the session stays there; the scope vanishes with its last process.
 *
 * "name" ends in ".scope" and must be new: a pid alone may come again while a
 * process of the old scope lives on, pid and birth do not.  "description" is
 * what systemctl(1) shows.  Returns when the process is in it, after 5 s at
 * the latest.
 * Returns 0; or -1 with errno, and "size" bytes at "why" hold a reason in
 * words.  After -1 the process may still be moved a little later.
 */
int scope_enter(const char *name, const char *description, char *why,
    size_t size);

/*
 * Move the process "pid", of ours, to a scope in the manager of the user that
 * we are, by the socket of that manager's; it then ends with the manager, and
 * not with the login that it was started in.  Where its units are stopped they
 * get SIGHUP too.  Otherwise as scope_enter().
 */
int scope_move_to_user(pid_t pid, const char *name, const char *description,
    char *why, size_t size);

#endif
