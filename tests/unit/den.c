/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "den.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scene.h"

static char den[32];

void
den_make(void)
{
	(void)snprintf(den, sizeof(den), "/tmp/check_den.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(den));
}

static int
remove_one(const char *path, const struct stat *st, int what, struct FTW *at)
{
	(void)st;
	(void)what;
	(void)at;
	return remove(path);
}

void
den_remove(void)
{
	ck_assert_int_eq(nftw(den, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

const char *
den_path(const char *name)
{
	static char paths[8][512];
	static unsigned int next;
	char *path = paths[next++ % 8];

	(void)snprintf(path, sizeof(paths[0]), "%s%s%s", den,
	    *name != '\0' ? "/" : "", name);
	return path;
}

int
den_open(const char *name)
{
	const int fd = open(den_path(name), O_RDONLY | O_DIRECTORY |
	    O_CLOEXEC);

	ck_assert_int_ne(fd, -1);
	return fd;
}

static void
plant_socket(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const int sock = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	ck_assert_uint_lt(strlen(path), sizeof(addr.sun_path));
	memcpy(addr.sun_path, path, strlen(path));
	ck_assert_int_eq(bind(sock, (const struct sockaddr *)&addr,
	    sizeof(addr)), 0);
	(void)close(sock);
}

void
den_plant(enum den_kind kind, const char *name, mode_t mode)
{
	const char *path = den_path(name);
	int fd;

	switch (kind) {
	case DEN_NOTHING:
		return;
	case DEN_FILE:
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL, mode);
		ck_assert_int_ne(fd, -1);
		(void)close(fd);
		break;
	case DEN_DIRECTORY:
		ck_assert_int_eq(mkdir(path, 0700), 0);
		break;
	case DEN_LINK:
		ck_assert_int_eq(symlink("target", path), 0);
		return;
	case DEN_FIFO:
		ck_assert_int_eq(mkfifo(path, 0600), 0);
		break;
	case DEN_SOCKET:
		plant_socket(path);
		break;
	}
	ck_assert_int_eq(chmod(path, mode), 0);
}

static struct stat
look(const char *name)
{
	struct stat st;

	if (lstat(den_path(name), &st) == 0)
		return st;
	ck_assert_int_eq(errno, ENOENT);
	memset(&st, 0, sizeof(st));
	return st;
}

enum den_kind
den_kind_of(const char *name)
{
	switch (look(name).st_mode & S_IFMT) {
	case S_IFREG:
		return DEN_FILE;
	case S_IFDIR:
		return DEN_DIRECTORY;
	case S_IFLNK:
		return DEN_LINK;
	case S_IFIFO:
		return DEN_FIFO;
	case S_IFSOCK:
		return DEN_SOCKET;
	default:
		return DEN_NOTHING;
	}
}

mode_t
den_mode(const char *name)
{
	return look(name).st_mode & 07777;
}

void
den_give_away(const char *name)
{
	ck_assert_int_eq(lchown(den_path(name), SCENE_UID, SCENE_GID), 0);
}

int
den_crowd(int count, int (*job)(int))
{
	int done = 0, gate[2], i, wstatus;
	char byte;

	ck_assert_int_eq(pipe(gate), 0);
	for (i = 0; i < count; i++) {
		const pid_t pid = fork();

		ck_assert_int_ne(pid, -1);
		if (pid != 0)
			continue;
		/* The gate opens for all at once, by the end of the pipe. */
		(void)close(gate[1]);
		(void)!read(gate[0], &byte, 1);
		_exit(job(i));
	}
	(void)close(gate[0]);
	(void)close(gate[1]);
	for (i = 0; i < count; i++) {
		ck_assert_int_ne(wait(&wstatus), -1);
		ck_assert_msg(wstatus == 0 || wstatus == 1 << 8,
		    "a child of the crowd ended with %#x", (unsigned)wstatus);
		done += wstatus == 0;
	}
	return done;
}
