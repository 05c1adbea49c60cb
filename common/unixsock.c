/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces whoever may write to the socket.  What he sends arrives here as
 * bytes and as open descriptors: of the latter none may be left over, on any
 * path, or he fills the table of a process of root's.
 */

#include "config.h"
#include "unixsock.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "deadline.h"

int
unixsock_new(int type)
{
	/* Where libc goes round by socketcall(2), which no filter can read. */
#if defined(SYS_socketcall) && defined(SYS_socket)
	const long sock = syscall(SYS_socket, AF_UNIX, type | SOCK_CLOEXEC,
	    0);

	if (sock != -1 || errno != ENOSYS)
		return (int)sock;
#endif
	return socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
}

/*
 * A connect(2) that does not block says EAGAIN to a full queue, and nothing
 * tells when to try again.  One that blocks for a limited time does.
 */
int
unixsock_connect_to(int sock, const struct sockaddr_un *addr,
    long long deadline)
{
	const struct timeval no_limit = { 0, 0 };
	struct timeval limit;
	int left, r;

	do {
		left = deadline_left(deadline);
		/* Nothing would be no limit at all. */
		limit.tv_sec = left / 1000;
		limit.tv_usec = left > 0 ? left % 1000 * 1000 : 1000;
		if (setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &limit,
		    sizeof(limit)) == -1)
			return -1;
		r = connect(sock, (const struct sockaddr *)addr,
		    sizeof(*addr));
	} while (r == -1 && errno == EINTR && left > 0);
	if (r == -1) {
		if (errno == EAGAIN || errno == EINTR)
			errno = ETIMEDOUT;
		return -1;
	}
	return setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &no_limit,
	    sizeof(no_limit));
}

int
unixsock_connect(const char *path, int ms)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const size_t len = strlen(path);
	int saved, sock;

	/* An address that begins with a NUL is in another name space. */
	if (len == 0 || len >= sizeof(addr.sun_path)) {
		errno = len == 0 ? EINVAL : ENAMETOOLONG;
		return -1;
	}
	memcpy(addr.sun_path, path, len);
	sock = unixsock_new(SOCK_STREAM);
	if (sock == -1)
		return -1;
	if (unixsock_connect_to(sock, &addr, deadline_in(ms)) == -1) {
		saved = errno;
		(void)close(sock);
		errno = saved;
		return -1;
	}
	return sock;
}

int
unixsock_is_stream(int fd)
{
	struct sockaddr_un addr;
	socklen_t len = sizeof(int);
	int domain, type;

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == -1 ||
	    domain != AF_UNIX)
		return 0;
	len = sizeof(int);
	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == -1 ||
	    type != SOCK_STREAM)
		return 0;
	len = sizeof(addr);
	return getpeername(fd, (struct sockaddr *)&addr, &len) == 0;
}

void
unixsock_close_all(int *fds, size_t nfds)
{
	const int saved = errno;
	size_t i;

	for (i = 0; i < nfds; i++) {
		if (fds[i] != -1)
			(void)close(fds[i]);
		fds[i] = -1;
	}
	errno = saved;
}

/* Returns 0 when it is time to try again, or -1 with errno. */
static int
wait_until(int sock, short events, long long deadline)
{
	struct pollfd pfd = { .fd = sock, .events = events };
	const int left = deadline_left(deadline);

	if (left == 0) {
		errno = ETIMEDOUT;
		return -1;
	}
	return poll(&pfd, 1, left) == -1 && errno != EINTR ? -1 : 0;
}

/* Room for descriptors, aligned as the macros of cmsg(3) want it. */
union control {
	struct cmsghdr align;
	char space[CMSG_SPACE(UNIXSOCK_FDS_MAX * sizeof(int))];
};

static void
put_descriptors(struct msghdr *msg, union control *control, const int *fds,
    size_t nfds)
{
	struct cmsghdr *head = &control->align;

	memset(control, 0, sizeof(*control));
	msg->msg_control = control->space;
	msg->msg_controllen = CMSG_SPACE(nfds * sizeof(int));
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(nfds * sizeof(int));
	memcpy(CMSG_DATA(head), fds, nfds * sizeof(int));
}

int
unixsock_send(int sock, const void *buf, size_t len, const int *fds,
    size_t nfds, long long deadline)
{
	const char *at = buf;
	union control control;
	struct iovec iov;
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	if (len == 0 || nfds > UNIXSOCK_FDS_MAX) {
		errno = EINVAL;
		return -1;
	}
	if (fds != NULL && nfds > 0)
		put_descriptors(&msg, &control, fds, nfds);
	while (len > 0) {
		/* sendmsg(2) does not write to it */
		iov.iov_base = (void *)(uintptr_t)at;
		iov.iov_len = len;
		n = sendmsg(sock, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n == -1 && errno != EINTR && (errno != EAGAIN ||
		    wait_until(sock, POLLOUT, deadline) == -1))
			return -1;
		if (n <= 0)
			continue;
		/* They went with the first byte, and go once. */
		msg.msg_control = NULL;
		msg.msg_controllen = 0;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

size_t
unixsock_take_descriptors(struct msghdr *msg, int *fds, size_t max)
{
	struct cmsghdr *head;
	size_t count = 0, i, n;
	int fd;

	for (head = CMSG_FIRSTHDR(msg); head != NULL;
	    head = CMSG_NXTHDR(msg, head)) {
		if (head->cmsg_level != SOL_SOCKET ||
		    head->cmsg_type != SCM_RIGHTS)
			continue;
		n = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < n; i++, count++) {
			memcpy(&fd, CMSG_DATA(head) + i * sizeof(int),
			    sizeof(int));
			if (count < max)
				fds[count] = fd;
			else
				(void)close(fd);
		}
	}
	return count;
}

ssize_t
unixsock_receive(int sock, void *buf, size_t len, int *fds, size_t *nfds,
    long long deadline)
{
	const size_t max = fds != NULL && nfds != NULL ? *nfds : 0;
	union control control;
	struct iovec iov = { .iov_base = buf, .iov_len = len };
	struct msghdr msg;
	size_t count;
	ssize_t n;

	if (len == 0 || max > UNIXSOCK_FDS_MAX) {
		errno = EINVAL;
		return -1;
	}
	do {
		memset(&msg, 0, sizeof(msg));
		msg.msg_iov = &iov;
		msg.msg_iovlen = 1;
		/* Without room the kernel opens none, and says so. */
		if (max > 0) {
			msg.msg_control = control.space;
			msg.msg_controllen = sizeof(control.space);
		}
		n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	} while (n == -1 && (errno == EINTR || (errno == EAGAIN &&
	    wait_until(sock, POLLIN, deadline) == 0)));
	if (nfds != NULL)
		*nfds = 0;
	if (n == -1)
		return -1;
	count = unixsock_take_descriptors(&msg, fds, max);
	if (count > max || (msg.msg_flags & MSG_CTRUNC) != 0) {
		if (fds != NULL)
			unixsock_close_all(fds, count < max ? count : max);
		errno = EPROTO;
		return -1;
	}
	if (nfds != NULL)
		*nfds = count;
	return n;
}

int
unixsock_receive_all(int sock, void *buf, size_t len, long long deadline)
{
	char *at = buf;
	size_t have = 0;
	ssize_t n;

	while (have < len) {
		n = unixsock_receive(sock, at + have, len - have, NULL, NULL,
		    deadline);
		if (n == -1)
			return -1;
		if (n == 0) {
			errno = have == 0 ? ENODATA : ECONNABORTED;
			return -1;
		}
		have += (size_t)n;
	}
	return 0;
}
