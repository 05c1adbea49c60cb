/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "visit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "exitcode.h"
#include "log.h"
#include "proto.h"

static int
gone(const char *name, int r)
{
	log_warnx("%s: %s", name, r == 0 ? "the session is gone" :
	    strerror(errno));
	return EXITCODE_REFUSED;
}

static int
refused(const char *name, const struct packet *packet)
{
	char words[512];

	(void)snprintf(words, sizeof(words), "%.*s", (int)packet->len,
	    (const char *)packet->data);
	log_warnx("%s: %s", name, words);
	return EXITCODE_REFUSED;
}

/* Returns 0, or -1 with errno. */
static int
show(const unsigned char *data, size_t len)
{
	ssize_t n;

	for (; len > 0; data += n, len -= (size_t)n) {
		n = write(STDOUT_FILENO, data, len);
		if (n == -1 && errno == EINTR)
			n = 0;
		if (n == -1)
			return -1;
	}
	return 0;
}

int
visit_peek(int sock, const char *name)
{
	static unsigned char buf[PACKET_BUFFER];
	struct packet packet;
	int r;

	if (client_send(sock, PROTO_PEEK, NULL, 0, -1) == -1)
		return gone(name, -1);
	while ((r = client_next(sock, buf, &packet, -1)) == 1) {
		const size_t skip = packet.type == PROTO_OUTPUT ? 8 : 0;

		if (packet.type == PROTO_REFUSED)
			return refused(name, &packet);
		if (packet.type == PROTO_DETACHED)
			return 0;
		if (packet.type != PROTO_PAINT && packet.type != PROTO_OUTPUT)
			continue;
		if (packet.len > skip &&
		    show(packet.data + skip, packet.len - skip) == -1) {
			log_warn("standard output");
			return EXITCODE_REFUSED;
		}
	}
	return gone(name, r);
}

/* Returns 0 with the status, or -1 after a line. */
static int
wait_for_end(int sock, const char *name, int *wstatus)
{
	static unsigned char buf[PACKET_BUFFER];
	struct packet packet;
	uint32_t number;
	int r;

	if (client_send(sock, PROTO_WAIT, NULL, 0, -1) == -1) {
		(void)gone(name, -1);
		return -1;
	}
	while ((r = client_next(sock, buf, &packet, -1)) == 1) {
		if (packet.type == PROTO_REFUSED) {
			(void)refused(name, &packet);
			return -1;
		}
		if (packet.type == PROTO_EXIT && proto_get_number(&number,
		    packet.data, packet.len) == 0) {
			*wstatus = (int)number;
			return 0;
		}
	}
	(void)gone(name, r);
	return -1;
}

int
visit_wait(int sock, const char *name)
{
	int wstatus;

	if (wait_for_end(sock, name, &wstatus) == -1)
		return EXITCODE_REFUSED;
	exitcode_end_as(wstatus);
}

int
visit_kill(int sock, const char *name)
{
	int wstatus;

	if (client_send(sock, PROTO_KILL, NULL, 0, -1) == -1)
		return gone(name, -1);
	return wait_for_end(sock, name, &wstatus) == -1 ?
	    EXITCODE_REFUSED : 0;
}
