/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef LOGIND_H
#define LOGIND_H

#include <sys/types.h>

/*
 * What systemd-logind(8) knows of a process.  All of it is about the moment:
 * who asks about another process holds it, or looks afterwards whether it was
 * still the same.
 */

/* Was logind started here, as pam_systemd(8) tells it?  1 or 0. */
int logind_present(void);

/*
 * Is the process in a session or in a user's slice?  From there pam_systemd
 * makes no session for another user, and says nothing.
 * Returns 1 or 0, or -1 with errno.
 */
int logind_in_session(pid_t pid);

/*
 * The name of the session that the process is in, such as "12"; the user's
 * own manager and its services are in none.  "size" bytes at "buf" hold it
 * with its NUL.
 * Returns 0, or -1 with errno: ENODATA (in none), ELIBACC (no libsystemd),
 * ENAMETOOLONG.
 */
int logind_session_of(pid_t pid, char *buf, size_t size);

/*
 * Where the user of that session came from: what sshd gave to PAM as
 * PAM_RHOST, so an address, or a name if sshd's UseDNS says so.
 * Returns 0, or -1 with errno: as above, ENODATA also if the session is local.
 */
int logind_remote_host(pid_t pid, char *buf, size_t size);

#endif
