/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "attach.h"

#include <sys/signalfd.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "deadline.h"
#include "exitcode.h"
#include "feed.h"
#include "log.h"
#include "packet.h"
#include "proto.h"
#include "viewterm.h"

/*
 * For a terminal whose session died without putting it back: out of the
 * alternate screen, no mouse, no bracketed paste, no other keys, plain text.
 */
static const char rescue[] =
    "\030\033[?1049l\033[?1000l\033[?1002l\033[?1003l\033[?1006l\033[?2004l"
    "\033[<9u\033[?1l\033>\033[r\033[?25h\033[m\r\n";

/* How long a session may take to let go of us, in ms. */
#define PATIENCE 5000

struct attach {
	const struct attach_facts *facts;
	int sock;
	int signals;
	struct viewterm term;
	struct feed feed;	/* where the terminal was not handed over */
	int handed;
	long long leaving;	/* not later than then; 0: not at all */
	int over;		/* "status" is what to end with */
	int status;
	int wstatus;		/* the command's, -1 for none */
};

static void
end(struct attach *a, int status, const char *words)
{
	a->over = 1;
	a->status = status;
	viewterm_put_back(&a->term);
	if (words != NULL)
		log_warnx("%s: %s", a->facts->name, words);
}

static void
lost(struct attach *a)
{
	if (write(STDOUT_FILENO, rescue, sizeof(rescue) - 1) == -1)
		a->over = 1;
	end(a, EXITCODE_REFUSED, "the session is gone");
}

static int
send_attach(struct attach *a)
{
	struct proto_attach request = {
		.flags = a->facts->flags, .key = a->facts->key,
		.policy = a->facts->policy,
	};
	unsigned char buf[PROTO_ATTACH_LEN];
	const int tty = viewterm_open_anew();
	int r;

	viewterm_size(&request.size);
	if (a->facts->made)
		request.flags |= PROTO_HAVE;
	if (tty != -1)
		request.flags |= PROTO_TERMINAL;
	proto_put_attach(buf, &request);
	r = client_send_environ(a->sock, a->facts->envp);
	if (r == 0)
		r = client_send(a->sock, PROTO_ATTACH, buf, sizeof(buf), tty);
	a->handed = tty != -1;
	if (tty != -1)
		(void)close(tty);
	return r;
}

static int
take_signals(void)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGWINCH);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGTSTP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void
resized(struct attach *a)
{
	unsigned char buf[PROTO_SIZE_LEN];
	struct proto_size size;

	viewterm_size(&size);
	proto_put_size(buf, &size);
	if (client_send(a->sock, PROTO_RESIZE, buf, sizeof(buf), -1) == -1)
		lost(a);
}

static void hear(struct attach *a, const struct packet *packet);

/* Lend the terminal to the shell that we were started from. */
static void
suspend(struct attach *a)
{
	unsigned char buf[PACKET_BUFFER];
	struct packet packet = { .type = 0 };

	if (client_send(a->sock, PROTO_PAUSE, NULL, 0, -1) == -1)
		return;
	while (!a->over && packet.type != PROTO_PAUSED) {
		if (client_next(a->sock, buf, &packet, -1) != 1) {
			lost(a);
			return;
		}
		hear(a, &packet);
	}
	if (a->over)
		return;
	viewterm_put_back(&a->term);
	(void)raise(SIGSTOP);
	(void)viewterm_raw(&a->term);
	resized(a);
	if (client_send(a->sock, PROTO_RESUME, NULL, 0, -1) == -1)
		lost(a);
}

/* We are to end, with or without an answer. */
static void
leave(struct attach *a)
{
	if (a->leaving == 0)
		a->leaving = deadline_in(PATIENCE);
	if (packet_send(a->sock, PROTO_DETACH, NULL, 0, -1) == -1 &&
	    errno != EAGAIN)
		lost(a);
}

static void
hear_signal(struct attach *a)
{
	struct signalfd_siginfo info;

	while (!a->over &&
	    read(a->signals, &info, sizeof(info)) == sizeof(info)) {
		switch (info.ssi_signo) {
		case SIGWINCH:
			resized(a);
			break;
		case SIGTSTP:
			suspend(a);
			break;
		case SIGHUP:
			/* Nobody is left to be told. */
			end(a, EXITCODE_REFUSED, NULL);
			break;
		default:
			leave(a);
			break;
		}
	}
}

static void
detached(struct attach *a, const struct packet *packet)
{
	uint32_t reason = PROTO_ASKED;

	(void)proto_get_number(&reason, packet->data, packet->len);
	if (reason == PROTO_LOST)
		end(a, EXITCODE_REFUSED, "the terminal is gone");
	else
		end(a, 0, reason == PROTO_OTHER ?
		    "detached by another viewer" : "detached");
}

static void
hear(struct attach *a, const struct packet *packet)
{
	char words[512];
	uint32_t wstatus;

	switch (packet->type) {
	case PROTO_PAINT:
		feed_show(packet->data, packet->len);
		break;
	case PROTO_OUTPUT:
		if (packet->len > 8)
			feed_show(packet->data + 8, packet->len - 8);
		break;
	case PROTO_EXIT:
		if (proto_get_number(&wstatus, packet->data,
		    packet->len) == -1)
			break;
		a->wstatus = (int)wstatus;
		end(a, 0, NULL);
		break;
	case PROTO_DETACHED:
		detached(a, packet);
		break;
	case PROTO_REFUSED:
		(void)snprintf(words, sizeof(words), "%.*s", (int)packet->len,
		    (const char *)packet->data);
		end(a, EXITCODE_REFUSED, words);
		break;
	default:
		break;
	}
}

static void
turn(struct attach *a)
{
	static unsigned char buf[PACKET_BUFFER];
	struct pollfd fds[3] = {
		{ .fd = a->sock, .events = POLLIN },
		{ .fd = a->signals, .events = POLLIN },
		{ .fd = -1, .events = POLLIN },
	};
	struct packet packet;

	if (!a->handed)
		feed_poll(&a->feed, &fds[2], &fds[0]);
	switch (poll(fds, 3, a->leaving != 0 ? deadline_left(a->leaving) :
	    -1)) {
	case 0:
		lost(a);
		return;
	case -1:
		return;
	}
	if (fds[1].revents != 0)
		hear_signal(a);
	if (!a->over && !a->handed && (fds[2].revents != 0 ||
	    (fds[0].revents & POLLOUT)) && feed_move(&a->feed, a->sock) == -1)
		lost(a);
	if (a->over || !(fds[0].revents & ~POLLOUT))
		return;
	if (client_next(a->sock, buf, &packet, -1) != 1)
		lost(a);
	else
		hear(a, &packet);
}

int
attach_run(int sock, const struct attach_facts *facts)
{
	struct attach a = { .facts = facts, .sock = sock, .wstatus = -1 };

	if ((a.signals = take_signals()) == -1 ||
	    viewterm_raw(&a.term) == -1) {
		log_warn("%s: terminal", facts->name);
		return EXITCODE_REFUSED;
	}
	if (send_attach(&a) == -1)
		lost(&a);
	while (!a.over)
		turn(&a);
	if (a.wstatus != -1)
		exitcode_end_as(a.wstatus);
	return a.status;
}
