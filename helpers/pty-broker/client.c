/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "client.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "deadline.h"
#include "environ.h"
#include "listener.h"
#include "proto.h"
#include "userplace.h"

/* How long a session may take to answer, in ms. */
#define PATIENCE 5000

static int
wait_for(int sock, short events, long long deadline)
{
	struct pollfd pfd = { .fd = sock, .events = events };
	int left = -1, r;

	do {
		if (deadline >= 0)
			left = deadline_left(deadline);
		r = poll(&pfd, 1, left);
	} while (r == -1 && errno == EINTR);
	if (r != 0)
		return r == -1 ? -1 : 0;
	errno = ETIMEDOUT;
	return -1;
}

int
client_next(int sock, unsigned char *buf, struct packet *packet,
    long long deadline)
{
	int resets = 0, r;

	for (;;) {
		r = packet_receive(sock, buf, packet);
		if (r != -1)
			return r;
		/*
		 * It closed its side before it had read all of ours; what it
		 * sent before that is still there.
		 */
		if (errno == ECONNRESET && resets++ == 0)
			continue;
		if (errno != EAGAIN || wait_for(sock, POLLIN, deadline) == -1)
			return -1;
	}
}

int
client_send(int sock, int type, const void *data, size_t len, int fd)
{
	while (packet_send(sock, type, data, len, fd) == -1)
		if (errno != EAGAIN || wait_for(sock, POLLOUT, -1) == -1)
			return -1;
	return 0;
}

int
client_send_environ(int sock, char *const *envp)
{
	static const char *const names[] = {
		"SSH_AUTH_SOCK", "DISPLAY", "SSH_CONNECTION",
	};
	char entry[4096];
	const char *value;
	size_t i;
	int len;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if ((value = environ_lookup(envp, names[i])) == NULL)
			continue;
		len = snprintf(entry, sizeof(entry), "%s=%s", names[i], value);
		if (len > 0 && (size_t)len < sizeof(entry) &&
		    client_send(sock, PROTO_ENVIRON, entry, (size_t)len,
		    -1) == -1)
			return -1;
	}
	return 0;
}

static int
failed(const char *name, char *why, size_t size)
{
	const int saved = errno;

	(void)snprintf(why, size, "%s: %s", name,
	    saved == ENOENT || saved == ECONNREFUSED ? "no such session" :
	    saved == ETIMEDOUT ? "the session does not answer" :
	    strerror(saved));
	errno = saved;
	return -1;
}

/* Returns 0, or -1 with errno and the reason. */
static int
greet(int sock, const char *name, char *why, size_t size)
{
	unsigned char buf[PACKET_BUFFER];
	struct packet packet;
	int r;

	if (proto_send_number(sock, PROTO_HELLO, PROTO_VERSION) == -1)
		return failed(name, why, size);
	r = client_next(sock, buf, &packet, deadline_in(PATIENCE));
	if (r == 0)
		errno = ECONNREFUSED;
	if (r != 1)
		return failed(name, why, size);
	if (packet.fd != -1)
		(void)close(packet.fd);
	if (packet.type == PROTO_HELLO)
		return 0;
	errno = EPROTO;
	if (packet.type == PROTO_REFUSED)
		(void)snprintf(why, size, "%s: %.*s", name, (int)packet.len,
		    (const char *)packet.data);
	else
		(void)failed(name, why, size);
	errno = EPROTO;
	return -1;
}

int
client_connect(const struct userplace *place, const char *name, char *why,
    size_t size)
{
	char file[USERPLACE_FILE_SIZE];
	int saved, sock;

	sock = listener_connect(place->dir, userplace_file(file, name, ".sock"),
	    SOCK_SEQPACKET, PATIENCE);
	if (sock == -1)
		return failed(name, why, size);
	if (greet(sock, name, why, size) == 0)
		return sock;
	saved = errno;
	(void)close(sock);
	errno = saved;
	return -1;
}
