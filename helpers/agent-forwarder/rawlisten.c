/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces the path, which may come from a client, and others who can write on
 * the way to it: where they could put another socket into its place, whoever
 * trusts the path would talk to them.  The way is walked by descriptors, name
 * by name, so what was looked at is what is used.
 */

#include "config.h"
#include "rawlisten.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "unixat.h"
#include "unixsock.h"

/* Where we are on the way. */
struct way {
	int dir;
	int sheltered;		/* nobody else comes as far as here */
	char *why;
	size_t size;
};

static int refuse(const struct way *way, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static int
refuse(const struct way *way, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(way->why, way->size, fmt, ap);
	va_end(ap);
	return -1;
}

/* May a socket be below that directory?  Returns 0 or -1. */
static int
trust(struct way *way, const char *name)
{
	struct stat st;

	if (fstat(way->dir, &st) == -1)
		return refuse(way, "%s: %s", name, strerror(errno));
	if (way->sheltered)
		return 0;
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return refuse(way, "%s belongs to somebody else", name);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0 &&
	    (st.st_mode & S_ISVTX) == 0)
		return refuse(way, "others can write to %s", name);
	way->sheltered = st.st_uid == geteuid() &&
	    (st.st_mode & (S_IRWXG | S_IRWXO)) == 0;
	return 0;
}

/* Go to the directory "name", from where we are.  Returns 0 or -1. */
static int
enter(struct way *way, const char *name)
{
	const int fd = openat(way->dir, name, O_PATH | O_DIRECTORY |
	    O_NOFOLLOW | O_CLOEXEC);
	const int err = errno;
	struct stat st;

	if (fd == -1) {
		/* The kernel calls a link no directory, which says less. */
		if (fstatat(way->dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISLNK(st.st_mode))
			return refuse(way, "%s is a symbolic link", name);
		return refuse(way, "%s: %s", name, strerror(err));
	}
	(void)close(way->dir);
	way->dir = fd;
	return trust(way, name);
}

/*
 * What of the path is below that directory; NULL if it is not below it.
 */
static const char *
rest_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	while (len > 0 && dir[len - 1] == '/')
		len--;
	if (*dir != '/' || strncmp(path, dir, len) != 0 || path[len] != '/')
		return NULL;
	return path + len + 1;
}

/* Is it nothing but names with single slashes between them?  1 or 0. */
static int
is_plain(const char *way)
{
	size_t len;

	for (;; way += len + 1) {
		len = strcspn(way, "/");
		if (len == 0 || len > NAME_MAX || strncmp(way, ".", len) == 0 ||
		    strncmp(way, "..", len) == 0)
			return 0;
		if (way[len] == '\0')
			return 1;
	}
}

/* To the directory of the last name, which goes to "last". */
static int
walk(struct way *way, const char *rest, char last[NAME_MAX + 1])
{
	size_t len;

	for (;; rest += len + 1) {
		len = strcspn(rest, "/");
		memcpy(last, rest, len);
		last[len] = '\0';
		if (rest[len] == '\0')
			return 0;
		if (enter(way, last) == -1)
			return -1;
	}
}

static int
find(struct way *way, const char *path, const char *const *allowed,
    char last[NAME_MAX + 1])
{
	const char *rest;

	if (*path != '/')
		return refuse(way, "not an absolute path");
	if (!is_plain(path + 1))
		return refuse(way, "has an empty name, \".\" or \"..\" in it, "
		    "or too long a one");
	for (; *allowed != NULL; allowed++) {
		if ((rest = rest_below(path, *allowed)) == NULL)
			continue;
		way->dir = open(*allowed, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (way->dir == -1)
			return refuse(way, "%s: %s", *allowed,
			    strerror(errno));
		if (trust(way, *allowed) == -1)
			return -1;
		return walk(way, rest, last);
	}
	return refuse(way, "in none of the directories that are allowed");
}

/* Make room.  Returns 0 or -1. */
static int
replace_socket(const struct way *way, const char *name)
{
	struct stat st;

	if (fstatat(way->dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? 0 : refuse(way, "%s",
		    strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return refuse(way, "there is something that is no socket");
	if (st.st_uid != geteuid())
		return refuse(way, "there is somebody else's socket");
	if (unlinkat(way->dir, name, 0) == 0 || errno == ENOENT)
		return 0;
	return refuse(way, "%s", strerror(errno));
}

/* Bind and listen.  Returns 0 or -1. */
static int
serve_at(const struct way *way, struct rawlisten *own)
{
	struct stat st;

	own->listener = unixsock_new(SOCK_STREAM | SOCK_NONBLOCK);
	if (own->listener == -1)
		return refuse(way, "socket: %s", strerror(errno));
	if (unixat_bind(own->listener, way->dir, own->name) == -1)
		return refuse(way, "%s", errno == EADDRINUSE ?
		    "there is something already" : strerror(errno));
	if (fstatat(way->dir, own->name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return refuse(way, "%s", strerror(errno));
	own->dev = st.st_dev;
	own->ino = st.st_ino;
	own->dir = way->dir;
	if (listen(own->listener, SOMAXCONN) == 0)
		return 0;
	(void)refuse(way, "listen: %s", strerror(errno));
	rawlisten_remove(own);
	own->dir = -1;
	return -1;
}

int
rawlisten_bind(struct rawlisten *own, const char *path,
    const char *const *allowed, int replace, char *why, size_t size)
{
	struct way way = { .dir = -1, .why = why, .size = size };
	int r;

	own->listener = own->dir = -1;
	r = find(&way, path, allowed, own->name);
	if (r == 0 && replace)
		r = replace_socket(&way, own->name);
	if (r == 0)
		r = serve_at(&way, own);
	if (r == 0)
		return 0;
	if (way.dir != -1)
		(void)close(way.dir);
	rawlisten_close(own);
	return -1;
}

void
rawlisten_remove(const struct rawlisten *own)
{
	struct stat st;

	if (own->dir != -1 && fstatat(own->dir, own->name, &st,
	    AT_SYMLINK_NOFOLLOW) == 0 && S_ISSOCK(st.st_mode) &&
	    st.st_dev == own->dev && st.st_ino == own->ino)
		(void)unlinkat(own->dir, own->name, 0);
}

void
rawlisten_close(struct rawlisten *own)
{
	if (own->listener != -1)
		(void)close(own->listener);
	if (own->dir != -1)
		(void)close(own->dir);
	own->listener = own->dir = -1;
}
