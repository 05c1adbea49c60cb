/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "home.h"

#include <sys/stat.h>

#include <check.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "steps.h"

static char directory[64];

void
home_make(void)
{
	struct plan_step *step = steps_of(PLAN_ONCE);

	(void)strlcpy(directory, "/tmp/check_home.XXXXXX", sizeof(directory));
	ck_assert_ptr_nonnull(mkdtemp(directory));
	ck_assert_int_eq(chmod(directory, 0755), 0);
	step->u.once.base = directory;
	step->u.once.below = HOME_BELOW;
	step->u.once.marker = HOME_MARKER;
	step->u.once.log = HOME_LOG;
	step->u.once.fixed = strlen("run-h.");
}

static int
remove_one(const char *path, const struct stat *st __attribute__((unused)),
    int type, struct FTW *ftw __attribute__((unused)))
{
	return type == FTW_DP || type == FTW_DNR ? rmdir(path) : unlink(path);
}

void
home_remove(void)
{
	if (*directory == '\0')
		return;
	(void)nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *
home_path(const char *name)
{
	static char paths[8][PATH_MAX];
	static unsigned int next;
	char *path = paths[next++ % 8];

	(void)snprintf(path, PATH_MAX, "%s/%s", directory, name);
	return path;
}

const char *
home_file(const char *name)
{
	char below[NAME_MAX + 32];

	(void)snprintf(below, sizeof(below), HOME_BELOW "/%s", name);
	return home_path(below);
}

const char *
home_read(const char *path)
{
	static char text[512];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	if (fd != -1) {
		n = read(fd, text, sizeof(text) - 1);
		(void)close(fd);
	}
	text[n > 0 ? n : 0] = '\0';
	return text;
}

void
home_write(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	ck_assert_msg(file != NULL, "%s", path);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
}
