/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef UNIXSOCK_H
#define UNIXSOCK_H

#include <sys/types.h>

#include <stddef.h>

struct sockaddr_un;

/*
 * Stream sockets of AF_UNIX: bytes, and descriptors beside them.
 *
 * Nothing here waits longer than its deadline (deadline.h), whatever the
 * other side does or does not do, and whether the socket is O_NONBLOCK or
 * not.  A lost peer is an errno and never a SIGPIPE.
 */

/*
 * A socket of AF_UNIX, of that type, which SOCK_NONBLOCK may go with.
 * agent-forwarder's filter of system calls knows it by this room's way to ask.
 * Returns a descriptor, close-on-exec, or -1 with errno.
 */
int unixsock_new(int type);

/*
 * Connect to the socket at "path", within "ms": a listener whose queue is
 * full makes us wait.
 * Returns a descriptor, close-on-exec; or -1 with errno: ENAMETOOLONG for
 * what does not fit whole into an address, EINVAL for "", ETIMEDOUT.
 */
int unixsock_connect(const char *path, int ms);

/*
 * Connect a socket that the caller made, of any type and not O_NONBLOCK, by
 * "deadline".  Returns 0, or -1 with errno: ETIMEDOUT.
 */
int unixsock_connect_to(int sock, const struct sockaddr_un *addr,
    long long deadline);

/* Is fd a connected stream socket of AF_UNIX?  1 or 0. */
int unixsock_is_stream(int fd);

/* The most descriptors that go with one call. */
#define UNIXSOCK_FDS_MAX 8

/*
 * Send all "len" bytes, at least one; the "nfds" descriptors go with the
 * first.  They stay open here.
 * Returns 0; or -1 with errno (EPIPE, ECONNRESET, ETIMEDOUT), and then some
 * of it may have been sent: nothing that follows would be understood.
 */
int unixsock_send(int sock, const void *buf, size_t len, const int *fds,
    size_t nfds, long long deadline);

/*
 * Receive what there is, at most "len" bytes, waiting for the first.
 *
 * With "fds", *nfds says how many descriptors may come with it, and afterwards
 * how many did; they are close-on-exec and the caller's.  The kernel hands
 * them out with the byte that they were sent with, but may put bytes without
 * descriptors in front of it: who wants to know the byte asks for one.
 * Without "fds" (NULL, and NULL) none may come.
 *
 * Returns how many bytes came, 0 for the end; or -1 with errno: EPROTO if
 * there came more descriptors than may, or more than this process has room
 * for, and then none of them is open; ETIMEDOUT.
 */
ssize_t unixsock_receive(int sock, void *buf, size_t len, int *fds,
    size_t *nfds, long long deadline);

/*
 * Receive exactly "len" bytes, and no descriptor.
 * Returns 0; or -1 with errno: ENODATA if the stream ended before the first
 * byte, ECONNABORTED if it did later, otherwise as unixsock_receive().
 */
int unixsock_receive_all(int sock, void *buf, size_t len,
    long long deadline);

struct msghdr;

/*
 * Take the descriptors out of a message that recvmsg(2) received: up to "max"
 * into fds, the caller's; the others are closed.  Returns how many came.
 */
size_t unixsock_take_descriptors(struct msghdr *msg, int *fds, size_t max);

/* Close what came, and set each entry to -1.  errno stays. */
void unixsock_close_all(int *fds, size_t nfds);

#endif
