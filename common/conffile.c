/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What is in these files decides who becomes root, so it is read from nothing
 * that somebody else could have written; an error is never an empty file.
 */

#include "config.h"
#include "conffile.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
wrong(char *why, size_t size, const char *reason)
{
	(void)strlcpy(why, reason, size);
	return -1;
}

static int
check(int fd, uid_t owner, char *why, size_t size)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return wrong(why, size, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return wrong(why, size, "not a regular file");
	if (st.st_uid != 0 && st.st_uid != owner)
		return wrong(why, size, owner == 0 ? "not owned by root" :
		    "owned neither by root nor by you");
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return wrong(why, size, "others than the owner may write it");
	return 0;
}

char *
conffile_read(const char *path, uid_t owner, size_t *len, char *why,
    size_t size)
{
	char *text = NULL;
	size_t have = 0;
	ssize_t n = 1;
	int fd;

	/* Not blocking: a pipe would stop us before it can be refused. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd == -1) {
		(void)wrong(why, size, strerror(errno));
		return NULL;
	}
	if (check(fd, owner, why, size) == -1)
		goto fail;
	(void)wrong(why, size, strerror(ENOMEM));
	if ((text = malloc(CONFFILE_MAX_BYTES + 1)) == NULL)
		goto fail;
	while (have < CONFFILE_MAX_BYTES + 1 && n > 0) {
		n = read(fd, text + have, CONFFILE_MAX_BYTES + 1 - have);
		if (n == -1) {
			(void)wrong(why, size, strerror(errno));
			goto fail;
		}
		have += (size_t)n;
	}
	if (have > CONFFILE_MAX_BYTES) {
		(void)wrong(why, size, "larger than a megabyte");
		goto fail;
	}
	(void)close(fd);
	text[have] = '\0';
	*len = have;
	return text;
fail:
	free(text);
	(void)close(fd);
	return NULL;
}

/* The folder is a name, not a pattern.  Returns NULL with errno. */
static char *
make_pattern(const char *folder, const char *pattern)
{
	char *text, *to;

	if (*pattern == '/')
		return strdup(pattern);
	text = malloc(2 * strlen(folder) + strlen(pattern) + 2);
	if (text == NULL)
		return NULL;
	for (to = text; *folder != '\0'; *to++ = *folder++)
		if (strchr("*?[]\\", *folder) != NULL)
			*to++ = '\\';
	*to++ = '/';
	memcpy(to, pattern, strlen(pattern) + 1);
	return text;
}

/* A folder that is not there has no file; one that is secret might. */
static int
refuse(const char *path, int err)
{
	(void)path;
	return err != ENOENT && err != ENOTDIR;
}

/* A quoted one is none. */
static int
has_wildcard(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (text[i] == '\\')
			i++;
		else if (strchr("*?[", text[i]) != NULL)
			return 1;
	return 0;
}

/* Returns 0 if that is there or is not, or as glob(3) if nobody can tell. */
static int
look(const char *folder, const char *name, size_t len)
{
	const size_t before = strlen(folder);
	struct stat st;
	char *path, *to;
	size_t i;
	int r = 0;

	if ((path = malloc(before + len + 2)) == NULL)
		return GLOB_NOSPACE;
	memcpy(path, folder, before);
	to = path + before;
	*to++ = '/';
	for (i = 0; i < len; i++) {
		i += name[i] == '\\' && i + 1 < len;
		*to++ = name[i];
	}
	*to = '\0';
	if (lstat(path, &st) == -1 && refuse(path, errno))
		r = GLOB_ABORTED;
	free(path);
	return r;
}

/*
 * glob(3) takes a name without a wildcard that it cannot look at for one that
 * is not there.  So look at each, below whatever stands before it.
 */
static int
look_for_names(char *text)
{
	glob_t above;
	char *slash, *name;
	size_t i, len;
	int r = 0;

	for (name = text; r == 0 && (slash = strchr(name, '/')) != NULL;) {
		name = slash + 1;
		len = strcspn(name, "/");
		if (len == 0 || has_wildcard(name, len))
			continue;
		memset(&above, 0, sizeof(above));
		*slash = '\0';
		r = glob(*text != '\0' ? text : "/", 0, refuse, &above);
		*slash = '/';
		for (i = 0; r == 0 && i < above.gl_pathc; i++)
			r = look(above.gl_pathv[i], name, len);
		globfree(&above);
		if (r == GLOB_NOMATCH)
			r = 0;
	}
	return r;
}

static int
copy_paths(const glob_t *found, struct conffile_list *list)
{
	size_t i;

	list->count = 0;
	list->paths = calloc(found->gl_pathc + 1, sizeof(*list->paths));
	if (list->paths == NULL)
		return -1;
	for (i = 0; i < found->gl_pathc; i++) {
		if ((list->paths[i] = strdup(found->gl_pathv[i])) == NULL)
			return -1;
		list->count++;
	}
	return 0;
}

int
conffile_glob(const char *folder, const char *pattern,
    struct conffile_list *list, char *why, size_t size)
{
	glob_t found = { .gl_pathc = 0 };
	char *text;
	int r;

	memset(list, 0, sizeof(*list));
	if ((text = make_pattern(folder, pattern)) == NULL)
		return wrong(why, size, strerror(errno));
	if ((r = look_for_names(text)) == 0)
		r = glob(text, 0, refuse, &found);
	free(text);
	if (r == GLOB_NOMATCH)
		r = 0;
	else if (r != 0)
		(void)wrong(why, size, r == GLOB_NOSPACE ? strerror(ENOMEM) :
		    "a folder cannot be read");
	else if ((r = copy_paths(&found, list)) == -1) {
		(void)wrong(why, size, strerror(errno));
		conffile_list_free(list);
	}
	globfree(&found);
	return r == 0 ? 0 : -1;
}

void
conffile_list_free(struct conffile_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		free(list->paths[i]);
	free(list->paths);
	memset(list, 0, sizeof(*list));
}
