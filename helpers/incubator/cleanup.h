/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CLEANUP_H
#define CLEANUP_H

/*
 * What is left of sessions whose keeper was killed (SIGKILL, out of memory):
 * their records are closed, who is left of them is hung up, and one AUTHPRIV
 * line says so.  As everywhere (I10), who ignores a hangup is killed only
 * where HangupDelay says so, when it is over; and process 1 of a pid
 * namespace, which may not even hear it, after a second.  PAM's session is
 * beyond help: only the process that opened it could have closed it.
 */

/*
 * Before a login: a few of them, without waiting for anybody.  Whoever is to
 * be killed later is left to the next who comes by.  What fails is told by
 * log_info() alone.
 */
void cleanup_quick(void);

/*
 * All of them, and waits until it is done: for --clean-up.
 * Returns the exit status, after a line on stderr if it is not 0.
 */
int cleanup_run(void);

#endif
