/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "logind.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libsystemd.h"
#include "unitpath.h"

int
logind_present(void)
{
	return access("/run/systemd/seats/", F_OK) == 0;
}

int
logind_in_session(pid_t pid)
{
	char path[UNITPATH_SIZE];

	if (unitpath_of(pid, path, sizeof(path)) == -1)
		return -1;
	return unitpath_in_session(path);
}

/* "error" is libsystemd's answer and "text" what it allocated, if it is 0. */
static int
answer(int error, char *text, char *buf, size_t size)
{
	if (error < 0) {
		/* Older versions say so for a line that is missing. */
		errno = error == -ENXIO ? ENODATA : -error;
		return -1;
	}
	error = strlcpy(buf, text, size) >= size;
	free(text);
	if (!error)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

int
logind_session_of(pid_t pid, char *buf, size_t size)
{
	const struct libsystemd *lib = libsystemd_load();
	char *session = NULL;
	int r;

	if (lib == NULL)
		return -1;
	r = lib->pid_get_session(pid, &session);
	return answer(r, session, buf, size);
}

int
logind_remote_host(pid_t pid, char *buf, size_t size)
{
	const struct libsystemd *lib = libsystemd_load();
	char session[256], *host = NULL;
	int r;

	if (lib == NULL ||
	    logind_session_of(pid, session, sizeof(session)) == -1)
		return -1;
	r = lib->session_get_remote_host(session, &host);
	return answer(r, host, buf, size);
}
