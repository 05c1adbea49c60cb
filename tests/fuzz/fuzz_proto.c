/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Input: what those who come to a session do, and its program, step by step.
 * Each step is a byte that says what (below), one that says who, one that
 * says how long the rest is, and the rest.  Whatever they do, the session
 * comes to rest, and when they have gone nothing is left of them.
 */

#include "config.h"
#include "proto.h"

#include <sys/socket.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ending.h"
#include "keeper.h"
#include "output.h"
#include "packet.h"
#include "pty.h"
#include "ring.h"
#include "session.h"
#include "sigreset.h"
#include "sizing.h"
#include "viewer.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

enum step {
	CONNECT, CONNECT_KEEPER, SAY, ATTACH_TERMINAL, READ, CLOSE, PRINT,
	PASS, END, RAW, STEPS
};

#define PEOPLE 5
#define TURNS_MAX 100000
#define NOBODY 0x7ffffffe

static struct session session;
static int ends[PEOPLE], program;

static void
begin(void)
{
	int i, pair[2];

	memset(&session, 0, sizeof(session));
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == -1)
		abort();
	session.master.fd = pair[0];
	program = pair[1];
	session.listener.fd = session.signals.fd = session.removal.fd = -1;
	session.lock = session.record.dir = -1;
	session.record.name = "x";
	session.record.tty = "x";
	session.leader = NOBODY;
	session.timeout = 60000;
	if (loop_open(&session.loop) == -1 ||
	    history_open(&session.history, 4096) == -1 ||
	    output_open(&session) == -1)
		abort();
	sizing_open(&session, PROTO_LATEST);
	ending_open(&session);
	for (i = 0; i < PEOPLE; i++)
		ends[i] = -1;
}

static void
rest(void)
{
	struct pollfd pfd = { .fd = session.loop.fd, .events = POLLIN };
	int i;

	for (i = 0; i < TURNS_MAX; i++) {
		session.loop.busy = 1;
		if (loop_turn(&session.loop) == -1)
			abort();
		session_turn(&session);
		if (!session.loop.busy && poll(&pfd, 1, 0) == 0)
			return;
	}
	abort();
}

static void
connect_one(int who, int keeper)
{
	int pair[2];

	if (ends[who] != -1 || (keeper && session.keeper != NULL) ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0,
	    pair) == -1)
		return;
	ends[who] = pair[1];
	if (keeper) {
		if (keeper_take(&session, pair[0]) == -1)
			abort();
		return;
	}
	if (viewer_new(&session, pair[0]) == NULL)
		abort();
	(void)proto_send_number(pair[1], PROTO_HELLO, PROTO_VERSION);
}

static void
attach_terminal(int who, const uint8_t *data, size_t len)
{
	unsigned char buf[PROTO_ATTACH_LEN] = { 0 };
	char name[PTY_NAME_SIZE];
	int master, slave;

	if (pty_open(&master, &slave, name) == -1)
		return;
	memcpy(buf, data, len < sizeof(buf) ? len : sizeof(buf));
	buf[3] |= PROTO_TERMINAL;
	(void)fcntl(slave, F_SETFL, O_RDWR | O_NONBLOCK);
	(void)packet_send(ends[who], PROTO_ATTACH, buf, sizeof(buf), slave);
	(void)close(slave);
	rest();
	/* It hangs up at once, or takes what a pty holds. */
	if (len % 2 == 0)
		rest();
	(void)close(master);
}

static void
read_all(int who)
{
	unsigned char buf[PACKET_BUFFER];
	struct packet packet;

	while (packet_receive(ends[who], buf, &packet) == 1)
		if (packet.fd != -1 || packet.type > PROTO_PAUSED)
			abort();
}

static void
print(const uint8_t *data, size_t len, int times)
{
	for (; len > 0 && times >= 0; times--)
		if (program != -1 && write(program, data, len) == -1)
			return;
}

static void
pass(int ms)
{
	struct loop_timer *timer;

	for (timer = session.loop.timers; timer != NULL; timer = timer->next)
		timer->at -= ms;
}

static void
take_step(int what, int number, const uint8_t *data, size_t len)
{
	const int who = number % PEOPLE;

	switch (what % STEPS) {
	case CONNECT:
	case CONNECT_KEEPER:
		connect_one(who, what % STEPS == CONNECT_KEEPER);
		break;
	case SAY:
		if (len > 0)
			(void)packet_send(ends[who], data[0], data + 1,
			    len - 1, -1);
		break;
	case RAW:
		(void)send(ends[who], data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		break;
	case ATTACH_TERMINAL:
		attach_terminal(who, data, len);
		break;
	case READ:
		read_all(who);
		break;
	case CLOSE:
		if (ends[who] != -1)
			(void)close(ends[who]);
		ends[who] = -1;
		break;
	case PRINT:
		print(data, len, number * 4);
		break;
	case PASS:
		pass(number * 100);
		break;
	case END:
		if (program != -1)
			(void)close(program);
		program = -1;
		session.leader_gone = 1;
		session.master_ready = 1;
		break;
	}
}

static void
end(void)
{
	int i;

	for (i = 0; i < PEOPLE; i++)
		if (ends[i] != -1)
			(void)close(ends[i]);
	rest();
	if (session.viewers != NULL)
		abort();
	loop_close_source(&session.loop, &session.master);
	for (i = 0; i < RECORD_FACTS; i++)
		free(session.record.facts[i]);
	ring_free(session.history.ring);
	(void)close(session.loop.fd);
	if (program != -1)
		(void)close(program);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int lowest = open("/dev/null", O_RDONLY);
	size_t len;
	int again;

	sigreset_ignore(SIGPIPE);
	(void)close(lowest);
	begin();
	while (size >= 3) {
		len = data[2] < size - 3 ? data[2] : size - 3;
		take_step(data[0], data[1], data + 3, len);
		/* Half of them at once with the next one. */
		if (data[0] < 128)
			rest();
		data += 3 + len;
		size -= 3 + len;
	}
	end();
	again = open("/dev/null", O_RDONLY);
	(void)close(again);
	if (again != lowest)
		abort();
	return 0;
}
