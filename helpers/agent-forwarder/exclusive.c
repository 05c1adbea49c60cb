/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces an environment that may name anybody's socket, and other sessions of
 * the same connection: sshd makes one socket for all of them.
 */

#include "config.h"
#include "exclusive.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "siblings.h"

static int
fail(char *why, size_t size, const char *path, const char *reason)
{
	(void)snprintf(why, size, "%s: %s", path, reason);
	return -1;
}

/* Returns NULL, or what is wrong with it. */
static const char *
judge_directory(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return strerror(errno);
	if (st.st_uid != geteuid())
		return "its directory is another user's";
	return (st.st_mode & (S_IWGRP | S_IWOTH)) == 0 ? NULL :
	    "others can write to its directory";
}

static const char *
judge_socket(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return strerror(errno);
	if (!S_ISSOCK(st.st_mode))
		return "it is no socket";
	if (st.st_uid != geteuid())
		return "it is another user's";
	return st.st_nlink == 1 ? NULL : "it has another name besides";
}

static int
open_both(struct exclusive *ex, const char *path)
{
	char dir[4096];
	const char *slash = strrchr(path, '/');
	const size_t len = slash == NULL ? 0 : (size_t)(slash - path);

	if (path[0] != '/' || slash == NULL || len >= sizeof(dir) ||
	    strlcpy(ex->name, slash + 1, sizeof(ex->name)) >=
	    sizeof(ex->name)) {
		errno = EINVAL;
		return -1;
	}
	memcpy(dir, path, len);
	(void)strlcpy(dir + len, "/", sizeof(dir) - len);
	ex->dir = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (ex->dir == -1)
		return -1;
	ex->socket = openat(ex->dir, ex->name,
	    O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return ex->socket == -1 ? -1 : 0;
}

int
exclusive_open(struct exclusive *ex, const char *path, char *why, size_t size)
{
	const char *fault;

	ex->dir = ex->socket = -1;
	if (open_both(ex, path) == -1)
		fault = errno != ENOENT ? strerror(errno) : "it is gone: "
		    "another session of this connection may have it";
	else if ((fault = judge_directory(ex->dir)) == NULL &&
	    (fault = judge_socket(ex->socket)) == NULL &&
	    siblings_count(getpid()) != 0)
		fault = "another session of this connection has it, too";
	if (fault == NULL)
		return 0;
	exclusive_close(ex);
	return fail(why, size, path, fault);
}

int
exclusive_take(const struct exclusive *ex, char *why, size_t size)
{
	struct stat held, named;

	if (fstat(ex->socket, &held) == -1 || fstatat(ex->dir, ex->name,
	    &named, AT_SYMLINK_NOFOLLOW) == -1)
		return fail(why, size, ex->name, strerror(errno));
	if (held.st_dev != named.st_dev || held.st_ino != named.st_ino)
		return fail(why, size, ex->name, "it is another one by now");
	if (unlinkat(ex->dir, ex->name, 0) == -1 ||
	    fstat(ex->socket, &held) == -1)
		return fail(why, size, ex->name, strerror(errno));
	if (held.st_nlink != 0)
		return fail(why, size, ex->name, "it has another name "
		    "besides");
	return 0;
}

void
exclusive_close(struct exclusive *ex)
{
	if (ex->dir != -1)
		(void)close(ex->dir);
	if (ex->socket != -1)
		(void)close(ex->socket);
	ex->dir = ex->socket = -1;
}
