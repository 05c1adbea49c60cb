/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef RAW_H
#define RAW_H

#include <sys/types.h>

/*
 * Bytes from a socket to another one, whatever they mean: for each who
 * connects to "listener" a connection upstream, joined by a conduit.
 */
struct raw_facts {
	int listener;		/* O_NONBLOCK; stays the caller's */
	uid_t peer;		/* who may connect besides root */
	/*
	 * Connect upstream, without waiting: a descriptor, close-on-exec and
	 * O_NONBLOCK; or -1 with errno: EAGAIN if its queue is full, and then
	 * it is called again.
	 */
	int (*connect)(void *ctx);
	void *ctx;
	int end;		/* readable when it is time to end; or -1 */
	unsigned int connections;	/* no more at a time than this */
};

/* What is enough for people. */
#define RAW_CONNECTIONS 256

/*
 * Serve, until "end" can be read; then all connections are closed at once.
 *
 * Who connects is sent away (he reads the end) if he is neither "peer" nor
 * root, if there are too many, if upstream there is nobody, or if its queue
 * stays full for RAW_PATIENCE ms.  For its descriptors the process's soft
 * limit is raised as far as it may; where there are none left who connects is
 * sent away, too.  SIGPIPE is ignored from then on.
 *
 * Besides what "connect" needs: epoll_create1, epoll_ctl, epoll_wait, accept4,
 * getsockopt, newfstatat (fstat), recvfrom, read, sendto, write, splice,
 * pipe2, fcntl, shutdown, close, openat of /dev/null, prlimit64, rt_sigaction,
 * clock_gettime, and memory.
 *
 * Returns 0, or -1 with errno if it cannot go on.
 */
int raw_serve(const struct raw_facts *facts);

#define RAW_PATIENCE 10000

#endif
