/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "relay.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "pty.h"

/* A pty gives at most 4095 bytes a read. */
#define BUFFER_SIZE 4096

/* How long a terminal that nobody reads may hold up the end, in ms. */
#define DRAIN_PATIENCE 3000

/* More than the buffers of a pty hold, which is 64 KiB (tty_buffer.c). */
#define DRAIN_MAX ((size_t)128 * 1024)

struct buffer {
	char data[BUFFER_SIZE];
	size_t start, end;
};

struct relay {
	int outer;		/* an open file description of our own */
	int master;
	int slave;		/* held, so that the master never hangs up */
	int input;		/* standard input is the outer terminal */
	int whole;		/* standard output is, too: made raw */
	int foreground;		/* we may read it and set its modes */
	int is_raw;
	unsigned char eof_char;
	struct termios saved;
	struct buffer in;	/* outer to master */
	struct buffer out;	/* master to outer */
};

enum { OUTER, MASTER };

/*
 * Open the terminal again: O_NONBLOCK belongs to the open file description,
 * and root's shell shares the one that we were given.
 */
static int
open_again(int fd)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
}

static void
set_raw(struct relay *relay)
{
	pid_t group = tcgetpgrp(relay->outer);

	/* Not our controlling terminal: then no shell takes it away either. */
	relay->foreground = group == getpgrp() ||
	    (group == -1 && errno == ENOTTY);
	if (!relay->whole || relay->is_raw || !relay->foreground)
		return;
	relay->is_raw = pty_make_raw(relay->outer, &relay->saved) == 0;
}

/* From the background as well: SIGTTOU is held back for the moment. */
static void
set_back(struct relay *relay)
{
	sigset_t ttou, before;

	if (!relay->is_raw)
		return;
	(void)sigemptyset(&ttou);
	(void)sigaddset(&ttou, SIGTTOU);
	(void)sigprocmask(SIG_BLOCK, &ttou, &before);
	(void)tcsetattr(relay->outer, TCSANOW, &relay->saved);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	relay->is_raw = 0;
}

/*
 * The new terminal's modes.  Where the outer one is not raw it goes on doing
 * its part, and the inner one must not do it again.
 */
static int
prepare_slave(struct relay *relay, int slave)
{
	struct termios modes;

	(void)pty_copy_winsize(relay->outer, slave);
	if (tcgetattr(relay->outer, &modes) == -1)
		return -1;
	relay->eof_char = modes.c_cc[VEOF];
	if (!relay->whole) {
		modes.c_lflag &= ~(tcflag_t)ECHO;
		modes.c_oflag &= ~(tcflag_t)OPOST;
	}
	return tcsetattr(slave, TCSANOW, &modes);
}

struct relay *
relay_new(int master, int slave)
{
	struct relay *relay;
	int fd, saved;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO && !isatty(fd); fd++)
		continue;
	if ((relay = calloc(1, sizeof(*relay))) == NULL)
		return NULL;
	relay->master = master;
	relay->slave = fcntl(slave, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	relay->input = isatty(STDIN_FILENO);
	relay->whole = relay->input && isatty(STDOUT_FILENO);
	if ((relay->outer = open_again(fd)) == -1 || relay->slave == -1 ||
	    fcntl(master, F_SETFL, O_NONBLOCK) == -1 ||
	    prepare_slave(relay, slave) == -1) {
		saved = errno;
		relay_free(relay);
		errno = saved;
		return NULL;
	}
	set_raw(relay);
	return relay;
}

void
relay_free(struct relay *relay)
{
	if (relay == NULL)
		return;
	if (relay->outer != -1) {
		set_back(relay);
		(void)close(relay->outer);
	}
	if (relay->slave != -1)
		(void)close(relay->slave);
	free(relay);
}

static int
is_empty(const struct buffer *buffer)
{
	return buffer->start == buffer->end;
}

void
relay_poll(const struct relay *relay, struct pollfd fds[RELAY_POLLFDS])
{
	memset(fds, 0, RELAY_POLLFDS * sizeof(*fds));
	fds[OUTER].fd = relay->outer;
	fds[MASTER].fd = relay->master;
	if (is_empty(&relay->in) && relay->input && relay->foreground)
		fds[OUTER].events |= POLLIN;
	if (!is_empty(&relay->in))
		fds[MASTER].events |= POLLOUT;
	if (is_empty(&relay->out))
		fds[MASTER].events |= POLLIN;
	else
		fds[OUTER].events |= POLLOUT;
}

/* Returns 0 if the descriptor lives, -1 if it is gone. */
static int
fill(struct buffer *buffer, int fd)
{
	ssize_t n = read(fd, buffer->data, sizeof(buffer->data));

	if (n == -1)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	buffer->start = 0;
	buffer->end = (size_t)n;
	return 0;
}

static int
empty(struct buffer *buffer, int fd)
{
	ssize_t n = write(fd, buffer->data + buffer->start,
	    buffer->end - buffer->start);

	if (n == -1)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	buffer->start += (size_t)n;
	return 0;
}

static int
read_outer(struct relay *relay)
{
	if (fill(&relay->in, relay->outer) == -1)
		return -1;
	if (relay->in.end == 0 && !relay->is_raw) {
		/* A read of nothing is ^D, which the inner one wants typed. */
		relay->in.data[0] = (char)relay->eof_char;
		relay->in.start = 0;
		relay->in.end = 1;
	}
	return 0;
}

int
relay_move(struct relay *relay, const struct pollfd fds[RELAY_POLLFDS])
{
	if (fds[OUTER].revents & (POLLHUP | POLLERR))
		return -1;
	if (fds[OUTER].revents & POLLIN && is_empty(&relay->in) &&
	    read_outer(relay) == -1)
		return -1;
	if (!is_empty(&relay->in) && empty(&relay->in, relay->master) == -1)
		relay->in.start = relay->in.end;
	if (is_empty(&relay->out) && fds[MASTER].revents != 0)
		(void)fill(&relay->out, relay->master);
	if (!is_empty(&relay->out) && empty(&relay->out, relay->outer) == -1)
		return -1;
	return 0;
}

/* Returns 0 when the buffer is empty, -1 to end. */
static int
drain_buffer(struct relay *relay, int (*stop)(void))
{
	struct pollfd outer = { .fd = relay->outer, .events = POLLOUT };
	int n;

	while (!is_empty(&relay->out)) {
		n = poll(&outer, 1, DRAIN_PATIENCE);
		if (stop() || n == 0 || (n == -1 && errno != EINTR))
			return -1;
		if (n == 1 && empty(&relay->out, relay->outer) == -1)
			return -1;
	}
	return 0;
}

void
relay_drain(struct relay *relay, int (*stop)(void))
{
	struct pollfd master = { .fd = relay->master, .events = POLLIN };
	size_t moved;

	(void)close(relay->slave);
	relay->slave = -1;
	for (moved = 0; moved < DRAIN_MAX; moved += relay->out.end) {
		if (drain_buffer(relay, stop) == -1)
			return;
		/*
		 * poll(2) on a master first delivers what is on its way, so
		 * nothing readable now means that nothing was written.
		 */
		if (poll(&master, 1, 0) != 1 || !(master.revents & POLLIN) ||
		    fill(&relay->out, relay->master) == -1 ||
		    is_empty(&relay->out))
			return;
	}
	(void)drain_buffer(relay, stop);
}

int
relay_waits_for_foreground(const struct relay *relay)
{
	return relay->input && !relay->foreground;
}

void
relay_hang_up(struct relay *relay)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* Its number stays taken: somebody else will close it. */
	if (null == -1)
		return;
	(void)dup3(null, relay->master, O_CLOEXEC);
	(void)close(null);
}

void
relay_resize(struct relay *relay)
{
	(void)pty_copy_winsize(relay->outer, relay->master);
}

void
relay_suspend(struct relay *relay)
{
	set_back(relay);
}

void
relay_resume(struct relay *relay)
{
	set_raw(relay);
	relay_resize(relay);
}
