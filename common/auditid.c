/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "auditid.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "decimal.h"

/* Both files say so by (unsigned int)-1. */
#define UNSET UINT32_MAX

/* Without audit in the kernel the process is there and the file is not. */
static int
no_such_file(pid_t pid)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	return access(path, F_OK) == 0 ? ENOSYS : ESRCH;
}

static int
read_number(pid_t pid, const char *file, uint32_t *number)
{
	char path[64], text[32];
	uint64_t value;
	ssize_t n;
	int fd, saved;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1) {
		if (errno == ENOENT)
			errno = no_such_file(pid);
		return -1;
	}
	n = read(fd, text, sizeof(text));
	saved = errno;
	(void)close(fd);
	errno = saved;
	if (n == -1)
		return -1;
	/* The kernel writes no newline. */
	if (decimal_read(text, (size_t)n, UINT32_MAX, &value) == -1) {
		errno = EINVAL;
		return -1;
	}
	*number = (uint32_t)value;
	return 0;
}

int
auditid_read(pid_t pid, struct auditid *id)
{
	uint32_t loginuid;

	if (read_number(pid, "sessionid", &id->session) == -1 ||
	    read_number(pid, "loginuid", &loginuid) == -1)
		return -1;
	id->loginuid = loginuid;
	if (id->session == UNSET || loginuid == UNSET) {
		errno = ENODATA;
		return -1;
	}
	return 0;
}

const char *
auditid_strerror(int err)
{
	switch (err) {
	case ENOSYS:
		return "no audit session: this kernel has none, so no login "
		    "can be told from another";
	case ENODATA:
		return "no audit session: pam_loginuid is missing in sshd's "
		    "PAM file, or may not set it here";
	case ESRCH:
		return "the process has ended";
	default:
		return "no audit session: /proc cannot be read";
	}
}
