/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "companion.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "beside.h"
#include "sigreset.h"
#include "stdfd.h"

/* A test is in a folder of its own, and its programs in one that it names. */
#ifndef COMPANIONS_PATH
#define COMPANIONS_PATH PROGRAMS_PATH
#endif

int
companion_path(const char *name, char path[PATH_MAX])
{
	return beside_path(name, COMPANIONS_PATH, path);
}

static void
become(const char *path, const char *name, int fd)
{
	char argv0[NAME_MAX + 1];
	char *argv[] = { argv0, NULL }, *envp[] = { NULL };
	int null;

	(void)snprintf(argv0, sizeof(argv0), "%s", name);
	if (dup2(fd, STDIN_FILENO) == -1 ||
	    (null = open("/dev/null", O_RDWR | O_CLOEXEC)) == -1 ||
	    dup2(null, STDOUT_FILENO) == -1 ||
	    dup2(null, STDERR_FILENO) == -1 ||
	    stdfd_close_on_exec(STDERR_FILENO + 1) == -1 ||
	    sigreset_all() == -1)
		return;
	(void)execve(path, argv, envp);
}

pid_t
companion_start(const char *name, int fd)
{
	char path[PATH_MAX];
	pid_t pid;

	if (companion_path(name, path) == -1)
		return -1;
	if ((pid = fork()) != 0)
		return pid;
	become(path, name, fd);
	_exit(127);
}
