/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* Nothing here waits but poll(2), and nothing is read that has no place. */

#include "config.h"
#include "runloop.h"

#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "outer.h"
#include "pty.h"

/* A pty gives at most 4095 bytes a read, and a pipe with room takes 4096. */
#define BUFFER_SIZE 4096

/* More than the buffers of a pty hold, which is 64 KiB (tty_buffer.c). */
#define DRAIN_MAX ((size_t)128 * 1024)

struct buffer {
	char data[BUFFER_SIZE];
	size_t start, end;
};

struct loop {
	const struct runloop_facts *facts;
	struct outer *outer;
	int master;		/* -1 when it is closed */
	int slave;		/* held, so that the master does not hang up */
	int in_ended;
	int out_gone;
	int ended;		/* the command has: "wstatus" is how */
	int stopped_by;		/* a signal that ends this, or 0 */
	int wstatus;
	size_t drained;		/* since its end */
	struct buffer in;	/* to the terminal */
	struct buffer out;	/* from it */
};

enum { IN, OUT, MASTER, SIGNALS, POLLFDS };

int
runloop_signals(void)
{
	static const int heard[] = {
		SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP,
		SIGWINCH,
	};
	sigset_t set;
	size_t i;

	(void)sigemptyset(&set);
	for (i = 0; i < sizeof(heard) / sizeof(heard[0]); i++)
		(void)sigaddset(&set, heard[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int
is_empty(const struct buffer *buffer)
{
	return buffer->start == buffer->end;
}

static void
forget(struct buffer *buffer)
{
	buffer->start = buffer->end = 0;
}

static void
close_one(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
}

/* The kernel tells the session, and whoever has the terminal reads its end. */
static void
hang_up(struct loop *loop)
{
	close_one(&loop->slave);
	close_one(&loop->master);
	forget(&loop->in);
	forget(&loop->out);
}

static void
output_is_gone(struct loop *loop)
{
	loop->out_gone = 1;
	hang_up(loop);
}

static int
is_for_later(void)
{
	return errno == EAGAIN || errno == EINTR;
}

static void
write_out(struct loop *loop)
{
	struct buffer *out = &loop->out;
	ssize_t n;

	if (is_empty(out))
		return;
	n = outer_write(loop->outer, out->data + out->start,
	    out->end - out->start);
	if (n >= 0)
		out->start += (size_t)n;
	else if (!is_for_later())
		output_is_gone(loop);
}

static void
write_in(struct loop *loop)
{
	struct buffer *in = &loop->in;
	ssize_t n;

	if (is_empty(in))
		return;
	n = write(loop->master, in->data + in->start, in->end - in->start);
	if (n >= 0)
		in->start += (size_t)n;
	else if (!is_for_later())
		forget(in);
}

/*
 * Standard input has ended, and everything before that was typed.  A program
 * that reads single keys gets none for it: to that the character is a key.
 */
static void
type_end(struct loop *loop)
{
	struct termios modes;

	if (tcgetattr(loop->master, &modes) == -1 ||
	    (modes.c_lflag & ICANON) == 0 ||
	    modes.c_cc[VEOF] == _POSIX_VDISABLE)
		return;
	loop->in.data[0] = (char)modes.c_cc[VEOF];
	loop->in.start = 0;
	loop->in.end = 1;
}

static void
read_in(struct loop *loop)
{
	struct buffer *in = &loop->in;
	ssize_t n = outer_read(loop->outer, in->data, sizeof(in->data));
	int unfinished;

	if (n > 0) {
		in->start = 0;
		in->end = (size_t)n;
		return;
	}
	if (n == -1 && is_for_later())
		return;
	/* At a terminal it is a ^D, of which there can be more, or its end. */
	if (!loop->outer->in_tty || loop->outer->is_raw || n == -1)
		loop->in_ended = 1;
	if (n == -1)
		return;
	/* In the middle of a line the first one only ends the line. */
	unfinished = !loop->outer->in_tty && in->end > 0 &&
	    in->data[in->end - 1] != '\n';
	type_end(loop);
	if (unfinished && !is_empty(in)) {
		in->data[1] = in->data[0];
		in->end = 2;
	}
}

/* What there is now.  Returns whether there was something. */
static int
read_master(struct loop *loop)
{
	struct buffer *out = &loop->out;
	ssize_t n = read(loop->master, out->data, sizeof(out->data));

	if (n <= 0)
		return 0;
	out->start = 0;
	out->end = (size_t)n;
	return 1;
}

/*
 * After its end: until EIO; or until nothing is there, which the kernel says
 * only when all that was on its way has arrived.  Then somebody has the
 * terminal still, a job in the background for one, who is hung up with it.  He
 * may write for ever, so that there is an end of it as well when more came
 * than can have been waiting.
 */
static void
drain(struct loop *loop)
{
	while (loop->master != -1 && is_empty(&loop->out)) {
		if (loop->drained > DRAIN_MAX || !read_master(loop)) {
			close_one(&loop->master);
			return;
		}
		loop->drained += loop->out.end;
		write_out(loop);
	}
}

static void
reap(struct loop *loop)
{
	if (loop->ended || waitpid(loop->facts->pid, &loop->wstatus,
	    WNOHANG) != loop->facts->pid)
		return;
	loop->ended = 1;
	forget(&loop->in);
	close_one(&loop->slave);
}

static void
resize(const struct loop *loop)
{
	struct winsize size;

	if (loop->facts->follows && loop->master != -1 &&
	    outer_size(loop->outer, &size) == 0)
		(void)pty_set_size(loop->master, &size);
}

/* In the foreground, else setting the modes would stop us again. */
static void
go_on(const struct loop *loop)
{
	if (tcgetpgrp(loop->outer->in) == getpgrp())
		outer_make_raw(loop->outer);
	resize(loop);
}

/*
 * Lend the terminal to the shell that stops us.  The signal itself does it,
 * and so not where nobody could continue us.
 */
static void
stop(const struct loop *loop)
{
	sigset_t tstp;

	outer_put_back(loop->outer);
	(void)sigemptyset(&tstp);
	(void)sigaddset(&tstp, SIGTSTP);
	(void)raise(SIGTSTP);
	(void)sigprocmask(SIG_UNBLOCK, &tstp, NULL);
	(void)sigprocmask(SIG_BLOCK, &tstp, NULL);
	go_on(loop);
}

static void
hear(struct loop *loop, int sig)
{
	switch (sig) {
	case SIGCHLD:
		reap(loop);
		break;
	case SIGWINCH:
		resize(loop);
		break;
	case SIGINT:
	case SIGQUIT:
		/* Typed where it is not raw: meant for the command. */
		if (loop->master != -1)
			(void)ioctl(loop->master, TIOCSIG, sig);
		break;
	case SIGTSTP:
		stop(loop);
		break;
	case SIGCONT:
		go_on(loop);
		break;
	default:
		loop->stopped_by = sig;
		break;
	}
}

static void
hear_signals(struct loop *loop)
{
	struct signalfd_siginfo info;

	while (read(loop->facts->signals, &info, sizeof(info)) ==
	    (ssize_t)sizeof(info))
		hear(loop, (int)info.ssi_signo);
}

static void
what_to_poll(const struct loop *loop, struct pollfd fds[POLLFDS])
{
	memset(fds, 0, POLLFDS * sizeof(*fds));
	fds[IN].fd = fds[MASTER].fd = -1;
	fds[OUT].fd = loop->out_gone ? -1 : loop->outer->out;
	if (!is_empty(&loop->out))
		fds[OUT].events = POLLOUT;
	fds[SIGNALS].fd = loop->facts->signals;
	fds[SIGNALS].events = POLLIN;
	if (loop->ended || loop->master == -1)
		return;
	if (!loop->in_ended && is_empty(&loop->in)) {
		fds[IN].fd = loop->outer->in;
		fds[IN].events = POLLIN;
	}
	fds[MASTER].fd = loop->master;
	if (!is_empty(&loop->in))
		fds[MASTER].events |= POLLOUT;
	if (is_empty(&loop->out))
		fds[MASTER].events |= POLLIN;
}

static void
move(struct loop *loop, const struct pollfd fds[POLLFDS])
{
	if ((fds[OUT].revents & POLLOUT) != 0)
		write_out(loop);
	else if ((fds[OUT].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0)
		output_is_gone(loop);
	if (loop->master == -1)
		return;
	if (fds[IN].revents != 0)
		read_in(loop);
	write_in(loop);
	if ((fds[MASTER].revents & POLLIN) != 0 && is_empty(&loop->out) &&
	    read_master(loop))
		write_out(loop);
}

static int
is_done(const struct loop *loop)
{
	return loop->stopped_by != 0 ||
	    (loop->ended && loop->master == -1 && is_empty(&loop->out));
}

int
runloop_run(const struct runloop_facts *facts)
{
	struct loop loop = {
		.facts = facts, .outer = facts->outer,
		.master = facts->master, .slave = facts->slave,
	};
	struct pollfd fds[POLLFDS];
	int flags = fcntl(facts->master, F_GETFL);

	(void)fcntl(facts->master, F_SETFL, flags | O_NONBLOCK);
	while (!is_done(&loop)) {
		what_to_poll(&loop, fds);
		if (poll(fds, POLLFDS, -1) == -1)
			continue;
		move(&loop, fds);
		if ((fds[SIGNALS].revents & POLLIN) != 0)
			hear_signals(&loop);
		if (loop.ended)
			drain(&loop);
	}
	hang_up(&loop);
	(void)close(facts->signals);
	return loop.stopped_by != 0 ? loop.stopped_by : loop.wstatus;
}
