/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef ENDING_H
#define ENDING_H

/*
 * When it is time to end: one descriptor that can be read then, and never
 * before, for whatever loop there is.
 */
struct ending {
	int fd;			/* to be watched; never to be read */
	int term;		/* a signalfd(2) */
};

/*
 * SIGTERM is a reason from now on, and does not kill any more.
 * Its descriptors last as long as the process.  Returns 0, or -1 with errno.
 */
int ending_open(struct ending *ending);

/*
 * So is the end of the process behind a pidfd, or the loss of a socket's or a
 * pipe's other side; bytes that come there are nothing.  "fd" stays the
 * caller's.  Returns 0, or -1 with errno.
 */
int ending_with_process(struct ending *ending, int fd);
int ending_with_peer(struct ending *ending, int fd);

#endif
