/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "control.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bigendian.h"
#include "deadline.h"
#include "listener.h"
#include "recordfile.h"

/* How long a server may take to answer, in ms. */
#define PATIENCE 5000

#define FILE_ROOM 80

int
control_send(int sock, enum control_type type, uint32_t number,
    const char *text, size_t len)
{
	unsigned char head[4];

	bigendian_put(head, number);
	return packet_send_parts(sock, (int)type, head, sizeof(head), text,
	    len);
}

int
control_number(const struct packet *packet, uint32_t *number)
{
	if (packet->len < 4)
		return -1;
	*number = bigendian_get(packet->data);
	return 0;
}

static int
wait_for(int sock, short events, long long deadline)
{
	struct pollfd pfd = { .fd = sock, .events = events };
	int r;

	do
		r = poll(&pfd, 1, deadline_left(deadline));
	while (r == -1 && errno == EINTR);
	if (r != 0)
		return r == -1 ? -1 : 0;
	errno = ETIMEDOUT;
	return -1;
}

int
control_next(int sock, unsigned char *buf, struct packet *packet)
{
	const long long deadline = deadline_in(PATIENCE);
	int r;

	while ((r = packet_receive(sock, buf, packet)) == -1)
		if (errno != EAGAIN || wait_for(sock, POLLIN, deadline) == -1)
			return -1;
	if (r == 0) {
		errno = ECONNRESET;
		return -1;
	}
	/* No server sends one. */
	if (packet->fd != -1)
		(void)close(packet->fd);
	packet->fd = -1;
	return 0;
}

static int
send_part(int sock, enum control_type type, const char *text, size_t len,
    int fd)
{
	const long long deadline = deadline_in(PATIENCE);

	while (packet_send(sock, (int)type, text, len, fd) == -1)
		if (errno != EAGAIN || wait_for(sock, POLLOUT, deadline) == -1)
			return -1;
	return 0;
}

int
control_register(int sock, const struct recordfile *rec, int upstream)
{
	size_t at = 0, len;
	char *text = recordfile_print(rec, &len);
	int r = 0, saved;

	if (text == NULL)
		return -1;
	for (; r == 0 && len - at > PACKET_MAX; at += PACKET_MAX)
		r = send_part(sock, CONTROL_MORE, text + at, PACKET_MAX, -1);
	if (r == 0)
		r = send_part(sock, CONTROL_REGISTER, text + at, len - at,
		    upstream);
	saved = errno;
	free(text);
	errno = saved;
	return r;
}

/* No login has a lower number than 1. */
#define BELOW_ALL 1

struct recordfile *
control_total(int sock)
{
	unsigned char buf[PACKET_BUFFER];
	struct packet packet;

	if (control_send(sock, CONTROL_STATUS, BELOW_ALL, NULL, 0) == -1 ||
	    control_next(sock, buf, &packet) == -1)
		return NULL;
	if (packet.type == CONTROL_TOTAL)
		return recordfile_parse((const char *)packet.data,
		    packet.len);
	errno = EPROTO;
	return NULL;
}

static int
failed(const char *name, char *why, size_t size)
{
	const int saved = errno;

	(void)snprintf(why, size, "%s: %s", name,
	    saved == ENOENT || saved == ECONNREFUSED ? "no such server" :
	    saved == ETIMEDOUT ? "its server does not answer" :
	    strerror(saved));
	errno = saved;
	return -1;
}

static int
greet(int sock, uint32_t *version, char program[CONTROL_PROGRAM_SIZE])
{
	unsigned char buf[PACKET_BUFFER];
	struct packet packet;
	size_t n;

	if (control_send(sock, CONTROL_HELLO, CONTROL_VERSION,
	    PACKAGE_VERSION, strlen(PACKAGE_VERSION)) == -1 ||
	    control_next(sock, buf, &packet) == -1)
		return -1;
	if (packet.type != CONTROL_HELLO ||
	    control_number(&packet, version) == -1) {
		errno = EPROTO;
		return -1;
	}
	n = packet.len - 4;
	if (n >= CONTROL_PROGRAM_SIZE)
		n = CONTROL_PROGRAM_SIZE - 1;
	memcpy(program, packet.data + 4, n);
	program[n] = '\0';
	return 0;
}

int
control_connect(int dir, const char *name, uint32_t *version,
    char program[CONTROL_PROGRAM_SIZE], char *why, size_t size)
{
	char file[FILE_ROOM];
	int saved, sock;

	(void)snprintf(file, sizeof(file), "%s.ctl", name);
	sock = listener_connect(dir, file, SOCK_SEQPACKET, PATIENCE);
	if (sock == -1)
		return failed(name, why, size);
	if (greet(sock, version, program) == 0)
		return sock;
	saved = errno;
	(void)close(sock);
	errno = saved;
	return failed(name, why, size);
}
