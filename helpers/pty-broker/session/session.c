/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "session.h"

#include <sys/epoll.h>
#include <sys/signalfd.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "deliver.h"
#include "ending.h"
#include "files.h"
#include "guests.h"
#include "hearing.h"
#include "keeper.h"
#include "output.h"
#include "sigreset.h"
#include "viewer.h"

static void
listener_ready(struct loop_source *source, uint32_t events)
{
	(void)events;
	guests_accept(source->ctx);
}

/* Several of one kind may have come as one. */
static void
signal_ready(struct loop_source *source, uint32_t events)
{
	struct session *session = source->ctx;
	struct signalfd_siginfo info;

	(void)events;
	while (read(source->fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGTERM)
			ending_kill(session);
	}
	ending_reap(session);
}

static int
watch_signals(struct session *session)
{
	sigset_t set;

	sigreset_ignore(SIGHUP);
	sigreset_ignore(SIGPIPE);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_SETMASK, &set, NULL) == -1)
		return -1;
	session->signals.fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	session->signals.ready = signal_ready;
	session->signals.ctx = session;
	return session->signals.fd == -1 ? -1 :
	    loop_watch(&session->loop, &session->signals, EPOLLIN);
}

int
session_open(struct session *session, const struct session_setup *setup)
{
	/* But for the buffer: who does not touch its pages has none. */
	memset(session, 0, offsetof(struct session, input.buf));
	session->signals.fd = session->removal.fd = -1;
	session->leader = setup->leader;
	session->timeout = setup->timeout;
	session->awaited = setup->awaited;
	session->lock = SESSION_LOCK;
	session->fallback = setup->fallback;
	session->utempter = setup->utempter;
	session->listener.fd = SESSION_LISTENER;
	session->listener.ready = listener_ready;
	session->listener.ctx = session;
	session->master.fd = SESSION_MASTER;
	session->record.dir = SESSION_DIRECTORY;
	session->record.name = setup->name;
	session->record.tty = setup->tty;
	session->record.made = time(NULL);
	if (loop_open(&session->loop) == -1 ||
	    history_open(&session->history, setup->buffer) == -1 ||
	    fcntl(session->master.fd, F_SETFL, O_RDWR | O_NONBLOCK) == -1 ||
	    watch_signals(session) == -1 || output_open(session) == -1 ||
	    loop_watch(&session->loop, &session->listener, EPOLLIN) == -1)
		return -1;
	sizing_open(session, setup->policy);
	ending_open(session);
	files_watch(session);
	/* Without one those who return get the ring. */
	if (setup->screen)
		(void)keeper_start(session);
	record_write(session);
	return 0;
}

/*
 * From below: what came in, what came out, what follows from it, and last who
 * is gone.  No room calls one above it; what is due there is marked.
 */
void
session_turn(struct session *session)
{
	hearing_all(session);
	keeper_tend(session);
	output_pull(session);
	deliver_due(session);
	ending_tell(session);
	guests_sweep(session);
}

void
session_run(struct session *session)
{
	/* The leader may have ended before anybody listened. */
	ending_reap(session);
	while (!session->end && loop_turn(&session->loop) == 0)
		session_turn(session);
}

void
session_close(struct session *session)
{
	struct viewer *viewer;

	for (viewer = session->viewers; viewer != NULL; viewer = viewer->next)
		viewer_drop(viewer);
	keeper_lost(session);
	guests_sweep(session);
	files_remove(session);
}
