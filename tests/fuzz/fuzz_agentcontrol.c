/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What comes to the control socket of a stable path: messages, each of a type,
 * a length of two bytes and that many bytes, through a real socket to the
 * server's desk.  A claim that is taken is written and read again, and is the
 * same then.
 */

#include "config.h"
#include "desk.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "claim.h"
#include "packet.h"
#include "recordfile.h"
#include "serveloop.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stands in for the loop: the listener, and one visit. */
static struct {
	int fd;
	void (*ready)(void *ctx, int fd);
	void *ctx;
} watched[2];
static int nwatched;

int
serveloop_watch(struct serveloop *loop, int fd,
    void (*ready)(void *ctx, int fd), void *ctx)
{
	(void)loop;
	if (nwatched == 2)
		return -1;
	watched[nwatched].fd = fd;
	watched[nwatched].ready = ready;
	watched[nwatched++].ctx = ctx;
	return 0;
}

void
serveloop_pause(struct serveloop *loop, int fd)
{
	(void)loop;
	(void)fd;
}

void
serveloop_unwatch(struct serveloop *loop, int fd)
{
	(void)loop;
	if (nwatched == 0 || watched[nwatched - 1].fd != fd)
		__builtin_trap();
	nwatched--;
}

static void
must(int holds)
{
	if (!holds)
		__builtin_trap();
}

static int
same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static uint32_t
take(void *ctx, const struct claim *claim, int upstream,
    const struct sockpeer *peer, const void *visit, const char **why)
{
	struct recordfile *rec = claim_write(claim);
	struct claim again;

	(void)ctx;
	(void)peer;
	(void)visit;
	must(upstream == -1 && rec != NULL && claim_read(&again, rec) == 0);
	must(same(again.upstream, claim->upstream) &&
	    same(again.policy, claim->policy) &&
	    same(again.key, claim->key) &&
	    same(again.connection, claim->connection) &&
	    again.certain == claim->certain &&
	    again.shared == claim->shared &&
	    again.exclusive == claim->exclusive &&
	    again.audit == claim->audit &&
	    again.pid == claim->pid && again.start == claim->start &&
	    again.since == claim->since);
	claim_free(&again);
	recordfile_free(rec);
	*why = "enough";
	return claim->shared ? 7 : 0;
}

static void
left(void *ctx, const void *visit)
{
	(void)ctx;
	(void)visit;
}

static struct recordfile *
tell(void *ctx, uint32_t before, uint32_t *number)
{
	struct recordfile *rec = recordfile_new();

	(void)ctx;
	*number = before / 2;
	if (rec != NULL)
		(void)recordfile_set_number(rec, "BEFORE", before);
	return rec;
}

static void
stop(void *ctx)
{
	(void)ctx;
}

static struct sockaddr_un addr = { .sun_family = AF_UNIX };
static socklen_t addr_len;

static int
start_listener(void)
{
	const int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0);

	/* A name that no file has. */
	(void)snprintf(addr.sun_path + 1, sizeof(addr.sun_path) - 1,
	    "fuzz_agentcontrol-%d", (int)getpid());
	addr_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
	    strlen(addr.sun_path + 1));
	must(fd != -1 && bind(fd, (struct sockaddr *)&addr, addr_len) == 0 &&
	    listen(fd, 4) == 0);
	return fd;
}

/* The server's turn, and what it says is read. */
static void
let_answer(int sock)
{
	static unsigned char buf[PACKET_BUFFER];
	struct packet packet;

	if (nwatched == 2)
		watched[1].ready(watched[1].ctx, watched[1].fd);
	while (packet_receive(sock, buf, &packet) == 1)
		must(packet.fd == -1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct desk *desk;
	size_t at = 0, len;
	int sock;

	if (desk == NULL) {
		const struct desk_facts facts = {
			.listener = start_listener(), .take = take,
			.left = left, .tell = tell, .stop = stop,
		};

		must((desk = desk_open(&facts)) != NULL);
	}
	sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	must(sock != -1 &&
	    connect(sock, (struct sockaddr *)&addr, addr_len) == 0);
	watched[0].ready(watched[0].ctx, watched[0].fd);
	must(nwatched == 2);
	while (nwatched == 2 && size - at >= 3) {
		len = (size_t)data[at + 1] << 8 | data[at + 2];
		if (len > size - at - 3)
			len = size - at - 3;
		if (len > PACKET_MAX)
			len = PACKET_MAX;
		(void)packet_send(sock, data[at], data + at + 3, len, -1);
		let_answer(sock);
		at += 3 + len;
	}
	(void)close(sock);
	if (nwatched == 2)
		watched[1].ready(watched[1].ctx, watched[1].fd);
	must(nwatched == 1);
	return 0;
}
