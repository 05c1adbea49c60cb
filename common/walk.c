/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "walk.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

/* As many links as the kernel follows (path_resolution(7)). */
#define MOST_LINKS 40

struct walk {
	enum walk_trust trust;
	int at;			/* where we are */
	int links;		/* how many were followed */
	uid_t root;		/* whose "/" is: root, as seen from here */
	char rest[PATH_MAX];	/* the way from here */
	const char **detail;
};

static int
distrust(struct walk *walk, const char *reason)
{
	*walk->detail = reason;
	errno = EPERM;
	return -1;
}

/* Go to "fd", which may be -1.  Returns 0, or -1 with errno. */
static int
go(struct walk *walk, int fd)
{
	const int err = errno;

	if (fd == -1)
		return -1;
	if (walk->at != -1)
		(void)close(walk->at);
	walk->at = fd;
	errno = err;
	return 0;
}

/* To where the way begins. */
static int
go_to_start(struct walk *walk)
{
	return go(walk, open(walk->rest[0] == '/' ? "/" : ".",
	    O_PATH | O_DIRECTORY | O_CLOEXEC));
}

/* Take the next component off the way; the length is 0 at its end. */
static size_t
take_component(struct walk *walk, char name[NAME_MAX + 2])
{
	size_t slashes = strspn(walk->rest, "/");
	size_t len = strcspn(walk->rest + slashes, "/");
	/* One byte more than a name has is ENAMETOOLONG, not another name. */
	size_t used = len <= NAME_MAX ? len : NAME_MAX + 1;

	memcpy(name, walk->rest + slashes, used);
	name[used] = '\0';
	memmove(walk->rest, walk->rest + slashes + len,
	    strlen(walk->rest + slashes + len) + 1);
	return len;
}

/* Put what the link says in front of the way. */
static int
follow(struct walk *walk, int link, const struct stat *st)
{
	char target[PATH_MAX];
	size_t left = strlen(walk->rest);
	ssize_t n;

	if (walk->trust == WALK_DIRECTORIES_OF_ROOT)
		return distrust(walk, "there is a symbolic link");
	errno = ELOOP;
	if (st->st_uid != walk->root || ++walk->links > MOST_LINKS)
		return -1;
	n = readlinkat(link, "", target, sizeof(target));
	if (n == -1)
		return -1;
	errno = ENAMETOOLONG;
	if ((size_t)n + left >= sizeof(target))
		return -1;
	memcpy(target + n, walk->rest, left + 1);
	memcpy(walk->rest, target, (size_t)n + left + 1);
	return walk->rest[0] == '/' ? go_to_start(walk) : 0;
}

/* Is what we have come to as it must be? */
static int
check(struct walk *walk, const struct stat *st)
{
	if (walk->trust != WALK_DIRECTORIES_OF_ROOT)
		return 0;
	if (!S_ISDIR(st->st_mode)) {
		errno = ENOTDIR;
		return -1;
	}
	if (st->st_uid != 0 || (st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return distrust(walk, "it, or a directory above, is not");
	return 0;
}

/* One component on.  Returns 1 at the end, 0 if there is more, or -1. */
static int
step(struct walk *walk)
{
	char name[NAME_MAX + 2];
	struct stat st;
	int fd, r, err;

	if (take_component(walk, name) == 0)
		return 1;
	fd = openat(walk->at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &st) == -1)
		r = -1;
	else if (S_ISLNK(st.st_mode))
		r = follow(walk, fd, &st);
	else if ((r = check(walk, &st)) == 0)
		return go(walk, fd);
	err = errno;
	if (fd != -1)
		(void)close(fd);
	errno = err;
	return r;
}

int
walk_open(const char *path, enum walk_trust trust, const char **detail)
{
	struct walk walk = { .trust = trust, .at = -1, .detail = detail };
	struct stat st;
	int r, err;

	*detail = NULL;
	errno = ENAMETOOLONG;
	if (strlcpy(walk.rest, path, sizeof(walk.rest)) >= sizeof(walk.rest))
		return -1;
	if (stat("/", &st) == -1)
		return -1;
	walk.root = st.st_uid;
	r = go_to_start(&walk);
	if (r == 0 && (r = fstat(walk.at, &st)) == 0)
		r = check(&walk, &st);
	while (r == 0)
		r = step(&walk);
	if (r == 1)
		return walk.at;
	err = errno;
	if (walk.at != -1)
		(void)close(walk.at);
	errno = err;
	return -1;
}
