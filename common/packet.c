/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* Faces whoever may connect: another process of the user's, as a rule. */

#include "config.h"
#include "packet.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "unixsock.h"

/* Room for more descriptors than may come, so that none gets lost. */
#define FDS_MAX 8

union control {
	struct cmsghdr align;
	char space[CMSG_SPACE(FDS_MAX * sizeof(int))];
};

static int
send_message(int sock, const struct msghdr *msg)
{
	ssize_t n;

	do
		n = sendmsg(sock, msg, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (n == -1 && errno == EINTR);
	return n == -1 ? -1 : 0;
}

static void
put_descriptor(struct msghdr *msg, union control *control, int fd)
{
	struct cmsghdr *head = &control->align;

	memset(control, 0, sizeof(*control));
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	msg->msg_control = control->space;
	msg->msg_controllen = CMSG_SPACE(sizeof(int));
}

/* sendmsg(2)'s vectors are not const, though it only reads through them. */
static struct iovec
part(const void *data, size_t len)
{
	struct iovec iov = { .iov_len = len };

	memcpy(&iov.iov_base, &data, sizeof(data));
	return iov;
}

static int
send_three(int sock, int type, struct iovec head, struct iovec data, int fd)
{
	unsigned char first = (unsigned char)type;
	struct iovec iov[3] = { { &first, 1 }, head, data };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 3 };
	union control control;

	if (head.iov_len > PACKET_MAX ||
	    data.iov_len > PACKET_MAX - head.iov_len) {
		errno = EMSGSIZE;
		return -1;
	}
	if (fd != -1)
		put_descriptor(&msg, &control, fd);
	return send_message(sock, &msg);
}

int
packet_send(int sock, int type, const void *data, size_t len, int fd)
{
	return send_three(sock, type, part(NULL, 0), part(data, len), fd);
}

int
packet_send_parts(int sock, int type, const void *head, size_t nhead,
    const void *data, size_t len)
{
	return send_three(sock, type, part(head, nhead), part(data, len), -1);
}

int
packet_receive(int sock, unsigned char *buf, struct packet *packet)
{
	union control control;
	struct iovec iov = { buf, PACKET_BUFFER };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.space,
		.msg_controllen = sizeof(control.space),
	};
	size_t count;
	ssize_t n;

	do
		n = recvmsg(sock, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return -1;
	packet->fd = -1;
	count = unixsock_take_descriptors(&msg, &packet->fd, 1);
	if (n == 0 && count == 0)
		return 0;
	if (n == 0 || count > 1 || (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC))) {
		if (packet->fd != -1)
			(void)close(packet->fd);
		errno = EPROTO;
		return -1;
	}
	packet->type = buf[0];
	packet->data = buf + 1;
	packet->len = (size_t)n - 1;
	return 1;
}
