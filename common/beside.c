/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "beside.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The directory that this program is in, without a '/' at its end. */
static int
own_directory(char dir[PATH_MAX])
{
	const ssize_t n = readlink("/proc/self/exe", dir, PATH_MAX - 1);
	char *slash;

	if (n <= 0)
		return -1;
	dir[n] = '\0';
	if ((slash = strrchr(dir, '/')) == NULL)
		return -1;
	*slash = '\0';
	return 0;
}

static int
join(char path[PATH_MAX], const char *dir, const char *name)
{
	const int n = snprintf(path, PATH_MAX, "%s/%s", dir, name);

	if (n > 0 && n < PATH_MAX)
		return access(path, X_OK);
	errno = ENAMETOOLONG;
	return -1;
}

int
beside_path(const char *name, const char *directory, char path[PATH_MAX])
{
	char dir[PATH_MAX];

	if (own_directory(dir) == 0 && join(path, dir, name) == 0)
		return 0;
	return join(path, directory, name);
}
