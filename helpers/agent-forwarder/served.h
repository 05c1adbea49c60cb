/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SERVED_H
#define SERVED_H

struct options;

/*
 * --serve-fd: serve a socket that another program has bound and listens on,
 * for another user as a rule, in this process, until the other side of
 * --watch-fd is gone.  One byte, ACK, is written there when it serves.
 * Descriptors but those two are closed, 0 to 2 included.
 * Returns the exit status, after a line on stderr and in the log if it is not
 * 0.
 */
int served_run(const struct options *opt, char *const *envp);

#endif
