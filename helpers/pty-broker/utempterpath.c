/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "utempterpath.h"

#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

/* Where distributions put it; by name, never by PATH. */
static const char *const helpers[] = {
	"/usr/libexec/utempter/utempter",
	"/usr/lib/utempter/utempter",
	"/usr/lib64/utempter/utempter",
};

/* Debian's: one folder a machine type, and any will do. */
#define MULTIARCH "/usr/lib/*/utempter/utempter"

int
utempterpath_find(char path[PATH_MAX])
{
	glob_t found;
	size_t i;
	int there = 0;

	for (i = 0; i < sizeof(helpers) / sizeof(helpers[0]); i++)
		if (access(helpers[i], X_OK) == 0) {
			(void)snprintf(path, PATH_MAX, "%s", helpers[i]);
			return 1;
		}
	if (glob(MULTIARCH, 0, NULL, &found) != 0)
		return 0;
	for (i = 0; i < found.gl_pathc && !there; i++)
		there = access(found.gl_pathv[i], X_OK) == 0 &&
		    snprintf(path, PATH_MAX, "%s", found.gl_pathv[i]) <
		    PATH_MAX;
	globfree(&found);
	return there;
}
