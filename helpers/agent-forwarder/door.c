/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* Faces whoever can reach the socket, as often as he likes. */

#include "config.h"
#include "door.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static void
take_reserve(struct door *door)
{
	if (door->reserve == -1)
		door->reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

int
door_open(struct door *door, int listener, uid_t peer)
{
	door->listener = listener;
	door->peer = peer;
	door->reserve = -1;
	take_reserve(door);
	return door->reserve == -1 ? -1 : 0;
}

void
door_close(struct door *door)
{
	if (door->reserve != -1)
		(void)close(door->reserve);
	door->reserve = -1;
}

static int
accept_next(const struct door *door)
{
	int fd;

	/* Who has gone again is no answer. */
	do {
		fd = accept4(door->listener, NULL, NULL, SOCK_CLOEXEC |
		    SOCK_NONBLOCK);
	} while (fd == -1 && (errno == EINTR || errno == ECONNABORTED));
	return fd;
}

/* Spend the reserve on sending one away. */
static int
send_away(struct door *door)
{
	int fd = -1, err = EBUSY;

	if (door->reserve != -1) {
		door_close(door);
		if ((fd = accept_next(door)) != -1) {
			(void)close(fd);
			err = EMFILE;
		} else if (errno == EAGAIN)
			err = EAGAIN;
		take_reserve(door);
	}
	errno = err;
	return -1;
}

/* The kernel's word for who connected.  1 or 0. */
static int
is_welcome(const struct door *door, int fd)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0 &&
	    (cred.uid == door->peer || cred.uid == 0);
}

int
door_accept(struct door *door)
{
	int fd;

	take_reserve(door);
	if ((fd = accept_next(door)) == -1) {
		if (errno == EAGAIN)
			return -1;
		if (errno == EMFILE || errno == ENFILE)
			return send_away(door);
		errno = EBUSY;
		return -1;
	}
	if (is_welcome(door, fd))
		return fd;
	(void)close(fd);
	errno = EPERM;
	return -1;
}
