/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "input.h"

#include <sys/epoll.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "session.h"

int
input_is_open(const struct session *session)
{
	return session->input.len == 0;
}

/* Returns how much the pty took. */
static size_t
give(struct session *session, const unsigned char *data, size_t len)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = write(session->master.fd, data + done, len - done);
		if (n == -1 && errno == EINTR)
			continue;
		/* Nobody will read it any more: it is gone like the reader. */
		if (n == -1 && errno != EAGAIN)
			return len;
		if (n == -1)
			break;
		done += (size_t)n;
	}
	return done;
}

void
input_type(struct session *session, const unsigned char *data, size_t len)
{
	struct input *in = &session->input;
	size_t done;

	if (session->master.fd == -1)
		return;
	done = give(session, data, len);
	if (done == len)
		return;
	in->at = 0;
	in->len = len - done;
	memcpy(in->buf, data + done, in->len);
	(void)loop_watch(&session->loop, &session->master,
	    EPOLLIN | EPOLLOUT);
}

void
input_flush(struct session *session)
{
	struct input *in = &session->input;
	size_t done;

	if (in->len == 0)
		return;
	done = session->master.fd == -1 ? in->len :
	    give(session, in->buf + in->at, in->len);
	in->at += done;
	in->len -= done;
	if (in->len > 0)
		return;
	if (session->master.fd != -1)
		(void)loop_watch(&session->loop, &session->master, EPOLLIN);
	session->loop.busy = 1;
}
