/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces processes of the same user that start and are killed at any moment,
 * and what somebody has put into the directory beside them.
 */

#include "config.h"
#include "ownsock.h"

#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "listener.h"
#include "lockfile.h"
#include "userplace.h"

/* PID and a number of chance: pids come from more than one name space. */
#define PREFIX "s-"
#define LOCK ".lock"
#define SOCKET ".sock"
#define TRIES 16

/* Hold a lock that nobody else has.  Returns 0 with own->name, or -1. */
static int
take_name(struct ownsock *own)
{
	char file[sizeof(own->name)];
	unsigned int chance;
	int i;

	for (i = 0; i < TRIES; i++) {
		if (getrandom(&chance, sizeof(chance), 0) !=
		    (ssize_t)sizeof(chance))
			return -1;
		(void)snprintf(own->name, sizeof(own->name),
		    PREFIX "%ld-%08x" SOCKET, (long)getpid(), chance);
		(void)snprintf(file, sizeof(file), PREFIX "%ld-%08x" LOCK,
		    (long)getpid(), chance);
		own->lock = lockfile_hold(own->dir, file, USERPLACE_ALIVE, 0);
		if (own->lock != -1 || errno != EAGAIN)
			return own->lock == -1 ? -1 : 0;
	}
	return -1;
}

/* The lock's file for a socket's name, or the other way.  Returns buf. */
static const char *
other_name(const char *name, const char *suffix, char *buf, size_t size)
{
	(void)snprintf(buf, size, "%.*s%s", (int)(strlen(name) - 5), name,
	    suffix);
	return buf;
}

/* The lock is held.  What was put in the socket's place stays. */
static void
remove_names(int dir, const char *name, int lock)
{
	char file[sizeof(((struct ownsock *)NULL)->name)];

	(void)listener_remove(dir, name);
	(void)lockfile_remove(dir, other_name(name, LOCK, file, sizeof(file)),
	    lock);
}

static int
listen_there(struct ownsock *own, const char *place)
{
	struct sockaddr_un addr;
	struct stat st;

	if (asprintf(&own->path, "%s/%s", place, own->name) == -1) {
		own->path = NULL;
		errno = ENOMEM;
		return -1;
	}
	/* Here it would not matter; to those who will connect it does. */
	if (strlen(own->path) >= sizeof(addr.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	own->listener = listener_bind(own->dir, own->name, SOCK_STREAM);
	if (own->listener == -1 || fstatat(own->dir, own->name, &st,
	    AT_SYMLINK_NOFOLLOW) == -1)
		return -1;
	own->dev = st.st_dev;
	own->ino = st.st_ino;
	return 0;
}

int
ownsock_make(struct ownsock *own, const struct userplace *place)
{
	int saved;

	memset(own, 0, sizeof(*own));
	own->dir = place->dir;
	own->listener = -1;
	if (take_name(own) == -1)
		return -1;
	if (listen_there(own, place->path) == 0)
		return 0;
	saved = errno;
	ownsock_remove(own);
	ownsock_close(own);
	errno = saved;
	return -1;
}

void
ownsock_remove(struct ownsock *own)
{
	remove_names(own->dir, own->name, own->lock);
}

void
ownsock_close(struct ownsock *own)
{
	if (own->listener != -1)
		(void)close(own->listener);
	if (own->lock != -1)
		(void)close(own->lock);
	own->listener = own->lock = -1;
	free(own->path);
	own->path = NULL;
}

/* "s-" digits '-' eight of hex, and ".lock": what is made above. */
static int
is_ours(const char *file)
{
	const char *p = file + sizeof(PREFIX) - 1;

	if (strncmp(file, PREFIX, sizeof(PREFIX) - 1) != 0 ||
	    strspn(p, "0123456789") == 0)
		return 0;
	p += strspn(p, "0123456789");
	return *p == '-' && strspn(p + 1, "0123456789abcdef") == 8 &&
	    strcmp(p + 9, LOCK) == 0 &&
	    strlen(file) < sizeof(((struct ownsock *)NULL)->name);
}

/* Returns 1 if it was left over, else 0. */
static int
sweep_one(int dir, const char *file)
{
	char name[sizeof(((struct ownsock *)NULL)->name)];
	int lock, swept = 0;

	/* Without taking it, so that who makes one is not in its way. */
	if (lockfile_is_held(dir, file, USERPLACE_ALIVE) != 0 ||
	    (lock = lockfile_open(dir, file)) == -1)
		return 0;
	if (lockfile_take(lock, USERPLACE_ALIVE, 0) == 0 &&
	    lockfile_is_current(dir, file, lock)) {
		remove_names(dir, other_name(file, SOCKET, name, sizeof(name)),
		    lock);
		swept = 1;
	}
	(void)close(lock);
	return swept;
}

int
ownsock_sweep(int dir)
{
	const int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = fd != -1 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	int count = 0;

	if (stream == NULL) {
		if (fd != -1)
			(void)close(fd);
		return 0;
	}
	while ((entry = readdir(stream)) != NULL)
		if (is_ours(entry->d_name))
			count += sweep_one(dir, entry->d_name);
	(void)closedir(stream);
	return count;
}
