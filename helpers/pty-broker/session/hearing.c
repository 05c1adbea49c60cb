/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* Faces another process of the user's, which may be of another version. */

#include "config.h"
#include "hearing.h"

#include <sys/socket.h>

#include <errno.h>
#include <unistd.h>

#include "detach.h"
#include "input.h"
#include "packet.h"
#include "session.h"
#include "talk.h"
#include "viewer.h"

/* How often one of them is read from before the others have their turn. */
#define READS 8

/* What a terminal gives at once, at most. */
#define TERMINAL_READ 4096

/* What was typed: up to the key that detaches. */
static void
typed(struct viewer *viewer, const unsigned char *data, size_t len)
{
	struct session *session = viewer->session;
	const int readonly = (viewer->flags & PROTO_READONLY) != 0;
	size_t n = 0;

	/* ^C has nobody else to go to. */
	while (n < len && !(viewer->key != 0 && data[n] == viewer->key) &&
	    !(readonly && data[n] == '\003'))
		n++;
	if (!readonly && n > 0) {
		sizing_touch(session, viewer);
		input_type(session, data, n);
	}
	if (n < len)
		detach_viewer(viewer, PROTO_ASKED);
}

/* On the way from a key to the program and back every system call counts. */
static void
read_terminal(struct viewer *viewer)
{
	unsigned char buf[TERMINAL_READ];
	ssize_t n;

	do
		n = read(viewer->tty.fd, buf, sizeof(buf));
	while (n == -1 && errno == EINTR);
	if (n > 0)
		typed(viewer, buf, (size_t)n);
	else if (n == -1 && errno == EAGAIN)
		viewer->tty_ready = 0;
	else
		detach_viewer(viewer, PROTO_LOST);
}

static void
read_socket(struct viewer *viewer)
{
	static unsigned char buf[PACKET_BUFFER];
	struct packet packet;
	const int r = packet_receive(viewer->sock.fd, buf, &packet);

	if (r == -1 && errno == EAGAIN) {
		viewer->sock_ready = 0;
		return;
	}
	/* He left some of ours; what he said is still to come. */
	if (r == -1 && errno == ECONNRESET)
		return;
	if (r != 1) {
		if (viewer->attached)
			detach_restore(viewer);
		viewer_drop(viewer);
		return;
	}
	if (packet.type == PROTO_INPUT && viewer->attached)
		typed(viewer, packet.data, packet.len);
	else if (!viewer->leaving)
		talk_hear(viewer, &packet);
	if (packet.fd != -1)
		(void)close(packet.fd);
}

/*
 * Whatever is said is heard, but for what is typed while there is no room for
 * it: a program that does not read keeps nobody from ending it.
 */
static int
has_message(const struct viewer *viewer)
{
	unsigned char type;

	if (viewer->gone || !viewer->sock_ready)
		return 0;
	return input_is_open(viewer->session) || !viewer->attached ||
	    recv(viewer->sock.fd, &type, 1, MSG_PEEK | MSG_DONTWAIT) != 1 ||
	    type != PROTO_INPUT;
}

static int
has_keys(const struct viewer *viewer)
{
	return !viewer->gone && viewer->tty_ready && !viewer->paused &&
	    input_is_open(viewer->session);
}

/* Returns 1 if there may be more that can be read now. */
static int
read_from(struct viewer *viewer)
{
	int i, j;

	for (i = 0; i < READS && has_message(viewer); i++)
		read_socket(viewer);
	for (j = 0; j < READS && has_keys(viewer); j++)
		read_terminal(viewer);
	return (i == READS || j == READS) && !viewer->gone;
}

void
hearing_all(struct session *session)
{
	struct viewer *viewer;

	for (viewer = session->viewers; viewer != NULL; viewer = viewer->next)
		if (read_from(viewer))
			session->loop.busy = 1;
}
