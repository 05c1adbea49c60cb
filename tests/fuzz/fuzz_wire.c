/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Input: what a front sends.  Its first byte says how many descriptors come
 * with it; the rest is once the body of a request by itself, and once all
 * that comes out of the socket, head included.
 */

#include "config.h"
#include "helpers/incubator/wire.h"

#include <sys/socket.h>

#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unixsock.h"

/* More than a socket holds at once would only wait for its reader. */
#define SENT_MAX ((size_t)64 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* What is taken holds to the rules, and goes through a second time. */
static void
check_request(const struct wire_request *req)
{
	struct wire_request again;
	char why[128];
	void *bytes;
	size_t i, len;

	if ((req->command != NULL && *req->command == '\0') ||
	    (!req->has_tty && *req->tty != '\0') ||
	    req->env[req->nenv] != NULL)
		abort();
	if (wirecode_encode(req, &bytes, &len) == -1 ||
	    wirecode_decode(bytes, len, &again, why, sizeof(why)) == -1)
		abort();
	if (again.nenv != req->nenv || again.has_tty != req->has_tty ||
	    strcmp(again.tty, req->tty) != 0 ||
	    (again.command == NULL) != (req->command == NULL) ||
	    (req->command != NULL && strcmp(again.command, req->command) != 0))
		abort();
	for (i = 0; i < req->nenv; i++)
		if (strcmp(again.env[i], req->env[i]) != 0)
			abort();
	wirecode_free(&again);
	free(bytes);
}

static void
decode(const uint8_t *data, size_t size)
{
	struct wire_request req;
	char why[128] = "";

	if (wirecode_decode(data, size, &req, why, sizeof(why)) == 0) {
		check_request(&req);
		wirecode_free(&req);
	} else if (*why == '\0' || req.memory != NULL)
		abort();
}

static void
receive(const uint8_t *data, size_t size, size_t nfds)
{
	static const int std[UNIXSOCK_FDS_MAX];
	struct wire_request req;
	char why[128] = "";
	int fds[3], first_free, last, pair[2];

	if (size == 0 || size > SENT_MAX)
		return;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		err(1, "socketpair");
	if (unixsock_send(pair[1], data, size, std, nfds, 0) == -1)
		err(1, "send");
	/* it ends there, but for a whole request, which would be refused */
	if (shutdown(pair[1], SHUT_WR) == -1)
		err(1, "shutdown");
	first_free = dup(0);
	(void)close(first_free);
	if (wire_receive_request(pair[0], 0, &req, fds, why,
	    sizeof(why)) != -1 || *why == '\0' || req.memory != NULL)
		abort();
	/* no descriptor is left over */
	if ((last = dup(0)) != first_free)
		abort();
	(void)close(last);
	(void)close(pair[0]);
	(void)close(pair[1]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	decode(data + 1, size - 1);
	receive(data + 1, size - 1, *data % (UNIXSOCK_FDS_MAX + 1));
	return 0;
}
