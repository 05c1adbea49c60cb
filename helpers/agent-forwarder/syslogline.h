/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SYSLOGLINE_H
#define SYSLOGLINE_H

/*
 * Lines to the system's log that are known to have been taken: syslog(3) says
 * nothing of a line that is lost, and waits for a log that does not read.
 */

/*
 * Connect to the log.  Returns a descriptor, O_NONBLOCK and close-on-exec, or
 * -1 with errno.
 */
int syslogline_open(void);

/*
 * Send one line, AUTHPRIV and "priority", without waiting.  If the log was
 * started anew meanwhile it is connected to again, and *fd is the new one; -1
 * there is one that is not connected.
 * Returns 0, or -1 with errno: EAGAIN if the log does not keep up.
 */
int syslogline_send(int *fd, int priority, const char *program,
    const char *line);

#endif
