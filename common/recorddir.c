/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * A writer may be killed at any line.  Its file is under the name ".PID-FILE"
 * until it is whole, so that nobody reads it and anybody can tell that its
 * writer is gone.
 */

#include "config.h"
#include "recorddir.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "recordfile.h"

/* Room for ".PID-" before the longest name. */
#define NAME_ROOM (NAME_MAX + 1)
#define FILE_MAX (NAME_MAX - 12)

static int
check_name(const char *file)
{
	if (*file != '\0' && *file != '.' && strchr(file, '/') == NULL &&
	    strlen(file) <= FILE_MAX)
		return 0;
	errno = EINVAL;
	return -1;
}

static int
write_all(int fd, const char *text, size_t len)
{
	ssize_t n;

	for (; len > 0; text += n, len -= (size_t)n) {
		n = write(fd, text, len);
		if (n == -1 && errno == EINTR)
			n = 0;
		if (n == -1)
			return -1;
	}
	return 0;
}

/* A file of that name is left over: its writer had our pid and is gone. */
static int
create(int dir, const char *name)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(dir, name, flags, 0600);

	if (fd == -1 && errno == EEXIST && unlinkat(dir, name, 0) == 0)
		fd = openat(dir, name, flags, 0600);
	return fd;
}

int
recorddir_write(int dir, const char *file, const struct recordfile *rec,
    mode_t mode)
{
	char name[NAME_ROOM], *text;
	int fd = -1, r = -1, saved;
	size_t len;

	if (check_name(file) == -1 ||
	    (text = recordfile_print(rec, &len)) == NULL)
		return -1;
	(void)snprintf(name, sizeof(name), ".%d-%s", (int)getpid(), file);
	if ((fd = create(dir, name)) == -1)
		goto out;
	/* PAM has given root the group of the user by the time of a session. */
	if (write_all(fd, text, len) == 0 &&
	    (geteuid() != 0 || fchown(fd, 0, 0) == 0) &&
	    fchmod(fd, mode) == 0)
		r = 0;
	saved = errno;
	/* The last word on a full disk, where it is not a tmpfs. */
	if (close(fd) == -1 && r == 0) {
		saved = errno;
		r = -1;
	}
	errno = saved;
	if (r == 0)
		r = renameat(dir, name, dir, file);
	if (r == -1) {
		saved = errno;
		(void)unlinkat(dir, name, 0);
		errno = saved;
	}
out:
	saved = errno;
	free(text);
	errno = saved;
	return r;
}

/* One that was replaced since it was opened has no name any more. */
static int
check_file(int fd, uid_t owner)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return -1;
	if (!S_ISREG(st.st_mode) || st.st_uid != owner || st.st_nlink > 1 ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		errno = EPERM;
		return -1;
	}
	return 0;
}

struct recordfile *
recorddir_read(int dir, const char *file, uid_t owner)
{
	struct recordfile *rec = NULL;
	char *text = NULL;
	size_t have = 0;
	ssize_t n = 1;
	int fd, saved;

	if (check_name(file) == -1)
		return NULL;
	/* Not blocking: a pipe would stop us before it can be refused. */
	fd = openat(dir, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
	    O_CLOEXEC);
	if (fd == -1 || check_file(fd, owner) == -1 ||
	    (text = malloc(RECORDFILE_MAX_BYTES + 1)) == NULL)
		goto out;
	/* One byte more than there may be, so that it is seen. */
	while (n > 0 && have <= RECORDFILE_MAX_BYTES) {
		n = read(fd, text + have, RECORDFILE_MAX_BYTES + 1 - have);
		if (n == -1 && errno == EINTR)
			n = 1;
		else if (n == -1)
			goto out;
		else
			have += (size_t)n;
	}
	rec = recordfile_parse(text, have);
out:
	saved = errno;
	free(text);
	if (fd != -1)
		(void)close(fd);
	errno = saved;
	return rec;
}

int
recorddir_remove(int dir, const char *file)
{
	return check_name(file) == -1 ? -1 : unlinkat(dir, file, 0);
}

/* A stream of its own: the offset of "dir" is shared by who else has it. */
static DIR *
open_stream(int dir)
{
	DIR *stream;
	int fd, saved;

	fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return NULL;
	if ((stream = fdopendir(fd)) == NULL) {
		saved = errno;
		(void)close(fd);
		errno = saved;
	}
	return stream;
}

static int
add(struct recorddir_list *list, const char *name)
{
	char **more;

	/* Powers of two. */
	if ((list->count & (list->count - 1)) == 0) {
		more = reallocarray(list->names,
		    list->count == 0 ? 1 : 2 * list->count, sizeof(*more));
		if (more == NULL)
			return -1;
		list->names = more;
	}
	if ((list->names[list->count] = strdup(name)) == NULL)
		return -1;
	list->count++;
	return 0;
}

static int
add_all(DIR *stream, struct recorddir_list *list)
{
	struct dirent *entry;

	rewinddir(stream);
	while (errno = 0, (entry = readdir(stream)) != NULL)
		if (*entry->d_name != '.' && add(list, entry->d_name) == -1)
			return -1;
	return errno == 0 ? 0 : -1;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
sort_once(struct recorddir_list *list)
{
	size_t i, kept = 0;

	if (list->count > 0)
		qsort(list->names, list->count, sizeof(*list->names), compare);
	for (i = 0; i < list->count; i++)
		if (kept > 0 &&
		    strcmp(list->names[kept - 1], list->names[i]) == 0)
			free(list->names[i]);
		else
			list->names[kept++] = list->names[i];
	list->count = kept;
}

/*
 * A file that is replaced while a directory is read may be seen twice or not
 * at all.  So it is read twice.
 */
int
recorddir_list(int dir, struct recorddir_list *list)
{
	DIR *stream;
	int r, saved;

	memset(list, 0, sizeof(*list));
	if ((stream = open_stream(dir)) == NULL)
		return -1;
	if ((r = add_all(stream, list)) == 0)
		r = add_all(stream, list);
	saved = errno;
	(void)closedir(stream);
	if (r == 0)
		sort_once(list);
	else
		recorddir_list_free(list);
	errno = saved;
	return r;
}

void
recorddir_list_free(struct recorddir_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		free(list->names[i]);
	free(list->names);
	memset(list, 0, sizeof(*list));
}

/* Whether it is ".PID-FILE" and that process is gone, or is we. */
static int
is_left_over(const char *name)
{
	char *end;
	long pid;

	if (*name != '.' || name[1] < '1' || name[1] > '9')
		return 0;
	errno = 0;
	pid = strtol(name + 1, &end, 10);
	if (errno != 0 || pid > INT_MAX || *end != '-')
		return 0;
	return pid == (long)getpid() ||
	    (kill((pid_t)pid, 0) == -1 && errno == ESRCH);
}

int
recorddir_sweep(int dir)
{
	struct dirent *entry;
	DIR *stream;
	int r = 0;

	if ((stream = open_stream(dir)) == NULL)
		return -1;
	while (errno = 0, (entry = readdir(stream)) != NULL)
		if (is_left_over(entry->d_name) &&
		    unlinkat(dir, entry->d_name, 0) == -1 && errno != ENOENT)
			break;
	if (errno != 0)
		r = -1;
	(void)closedir(stream);
	return r;
}
