/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Paths of control groups.  Who may make a group chooses its name, a user
 * below his own manager too, so only names that root made are gone by: the
 * slices at the beginning, and the first unit in them.
 */

#include "config.h"
#include "unitpath.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define INIT_SCOPE "/init.scope"

/* The path of a line NUMBER:CONTROLLERS:PATH, if it is the one. */
static const char *
path_of_line(const char *line, const char *end, const char *controllers)
{
	const size_t len = strlen(controllers);
	const char *p = memchr(line, ':', (size_t)(end - line));

	if (p == NULL || (size_t)(end - ++p) <= len ||
	    memcmp(p, controllers, len) != 0 || p[len] != ':' ||
	    p + len + 1 == end || p[len + 1] != '/')
		return NULL;
	return p + len + 1;
}

/* Nothing stands in the top group itself: it means "not this hierarchy". */
static int
is_top(const char *path, const char *end)
{
	return path == NULL || end - path == 1;
}

int
unitpath_parse(const char *text, char *buf, size_t size)
{
	const char *line, *end, *p, *found = NULL, *found_end = NULL;

	for (line = text; *line != '\0'; line = *end == '\0' ? end : end + 1) {
		end = line + strcspn(line, "\n");
		if ((p = path_of_line(line, end, "")) != NULL) {
			if (found != NULL && is_top(p, end))
				continue;
		} else {
			p = path_of_line(line, end, "name=systemd");
			if (p == NULL || !is_top(found, found_end))
				continue;
		}
		found = p;
		found_end = end;
	}
	if (found == NULL || (size_t)(found_end - found) >= size) {
		errno = found == NULL ? EINVAL : ENAMETOOLONG;
		return -1;
	}
	memcpy(buf, found, (size_t)(found_end - found));
	buf[found_end - found] = '\0';
	return 0;
}

static int
path_of(pid_t pid, char *buf, size_t size)
{
	/* A dozen hierarchies, each with the longest path. */
	char name[64], text[16 * UNITPATH_SIZE];
	size_t len = 0;
	ssize_t n;
	int fd;

	(void)snprintf(name, sizeof(name), "/proc/%d/cgroup", (int)pid);
	if ((fd = open(name, O_RDONLY | O_CLOEXEC)) == -1)
		return -1;
	while ((n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	(void)close(fd);
	if (n == -1)
		return -1;
	text[len] = '\0';
	return unitpath_parse(text, buf, size);
}

int
unitpath_of(pid_t pid, char *buf, size_t size)
{
	char root[UNITPATH_SIZE];
	size_t len;

	if (path_of(pid, buf, size) == -1)
		return -1;
	/* Whose group we may not see is in the one that we see as "/". */
	if (path_of(1, root, sizeof(root)) == -1)
		return 0;
	len = strlen(root);
	if (len >= strlen(INIT_SCOPE) &&
	    strcmp(root + len - strlen(INIT_SCOPE), INIT_SCOPE) == 0)
		len -= strlen(INIT_SCOPE);
	while (len > 0 && root[len - 1] == '/')
		len--;
	if (strncmp(buf, root, len) != 0 ||
	    (buf[len] != '/' && buf[len] != '\0'))
		return 0;
	memmove(buf, buf + len, strlen(buf + len) + 1);
	if (*buf == '\0')
		(void)strlcpy(buf, "/", size);
	return 0;
}

static int
is_named(const char *name, size_t len, const char *prefix, const char *suffix)
{
	const size_t before = strlen(prefix), after = strlen(suffix);

	return len > before + after && memcmp(name, prefix, before) == 0 &&
	    memcmp(name + len - after, suffix, after) == 0;
}

int
unitpath_in_session(const char *path)
{
	size_t len;

	for (path += strspn(path, "/"); *path != '\0';
	    path += strspn(path, "/")) {
		len = strcspn(path, "/");
		if (is_named(path, len, "user-", ".slice") ||
		    is_named(path, len, "session-", ".scope"))
			return 1;
		if (!is_named(path, len, "", ".slice"))
			return 0;
		path += len;
	}
	return 0;
}

int
unitpath_ends_in(const char *path, const char *unit)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL && strcmp(slash + 1, unit) == 0;
}
