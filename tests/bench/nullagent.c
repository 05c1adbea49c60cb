/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * An agent that costs next to nothing, so that what is seen is what stands in
 * front of it: it says to all what another agent has said once.
 *
 *	nullagent PATH AGENT
 *
 * listens at PATH until it is killed.  Its list of keys, and its signature
 * whatever is to be signed, are AGENT's; to the rest it says that it is done.
 */

#include "tests/bench/agentside.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LISTENER UINT32_MAX

static struct agent_frame list, signature;
static const struct agent_frame done = { { 0, 0, 0, 1, 6 }, 5 };
static struct agent_frame *heard[4096];	/* by descriptor */
static int poller;

static void
learn(const char *path)
{
	const int fd = agent_connect(path);
	struct agent_frame request;

	agent_list_request(&request);
	agent_ask(fd, &request, &list, 12);
	agent_sign_request(&request, &list);
	agent_ask(fd, &request, &signature, 14);
	(void)close(fd);
}

static int
listen_at(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	char temporary[sizeof(sa.sun_path)];
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int n;

	n = snprintf(temporary, sizeof(temporary), "%s.new", path);
	if (n < 0 || (size_t)n >= sizeof(temporary))
		errx(1, "%s: too long", path);
	memcpy(sa.sun_path, temporary, sizeof(temporary));
	if (fd == -1 || bind(fd, (struct sockaddr *)&sa, sizeof(sa)) == -1 ||
	    listen(fd, 128) == -1 || rename(temporary, path) == -1)
		err(1, "%s", path);
	return fd;
}

static void
watch(int fd, uint32_t name)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = name };

	if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) == -1)
		err(1, "epoll_ctl");
}

static void
enter(int listener)
{
	const int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd == -1)
		return;
	if ((size_t)fd >= sizeof(heard) / sizeof(heard[0]))
		errx(1, "too many connections");
	if (heard[fd] == NULL &&
	    (heard[fd] = calloc(1, sizeof(*heard[fd]))) == NULL)
		err(1, NULL);
	heard[fd]->len = 0;
	watch(fd, (uint32_t)fd);
}

static void
serve(int fd)
{
	struct agent_frame *request = heard[fd];
	const struct agent_frame *reply = &done;

	if (agent_read(fd, request) <= 0) {
		(void)close(fd);
		return;
	}
	if (!agent_is_whole(request))
		return;
	if (request->data[4] == 11)
		reply = &list;
	else if (request->data[4] == 13)
		reply = &signature;
	request->len = 0;
	/* Who is gone will be read as such. */
	(void)send(fd, reply->data, reply->len, MSG_NOSIGNAL);
}

int
main(int argc, char **argv)
{
	struct epoll_event events[64];
	int listener, n;

	if (argc != 3)
		errx(64, "usage: nullagent PATH AGENT");
	learn(argv[2]);
	poller = epoll_create1(EPOLL_CLOEXEC);
	listener = listen_at(argv[1]);
	watch(listener, LISTENER);
	for (;;) {
		n = epoll_wait(poller, events, 64, -1);
		while (n-- > 0) {
			if (events[n].data.u32 == LISTENER)
				enter(listener);
			else
				serve((int)events[n].data.u32);
		}
	}
}
