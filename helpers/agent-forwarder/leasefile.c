/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "leasefile.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "claim.h"
#include "decimal.h"
#include "procs.h"
#include "recorddir.h"
#include "recordfile.h"

#define NAME_ROOM 112
#define MIDDLE ".lease."

static const char *
file_name(char buf[NAME_ROOM], const char *name, pid_t pid)
{
	(void)snprintf(buf, NAME_ROOM, "%s" MIDDLE "%d", name, (int)pid);
	return buf;
}

int
leasefile_write(int dir, const char *name, const struct claim *claim)
{
	struct recordfile *rec = claim_write(claim);
	char file[NAME_ROOM];
	int r, saved;

	if (rec == NULL)
		return -1;
	r = recorddir_write(dir, file_name(file, name, claim->pid), rec, 0600);
	saved = errno;
	recordfile_free(rec);
	errno = saved;
	return r;
}

void
leasefile_remove(int dir, const char *name, pid_t pid)
{
	const int saved = errno;
	char file[NAME_ROOM];

	(void)recorddir_remove(dir, file_name(file, name, pid));
	errno = saved;
}

/* The pid in the name of such a file, or 0. */
static pid_t
pid_of(const char *file, const char *name)
{
	const size_t len = strlen(name), middle = sizeof(MIDDLE) - 1;
	uint64_t pid;

	if (strncmp(file, name, len) != 0 ||
	    strncmp(file + len, MIDDLE, middle) != 0)
		return 0;
	file += len + middle;
	return decimal_read(file, strlen(file), INT_MAX, &pid) == 0 ?
	    (pid_t)pid : 0;
}

/* Is it that process still, and one of ours?  1 or 0. */
static int
is_there(const struct claim *claim)
{
	struct procs_status status;

	return procs_status(claim->pid, &status) == 0 &&
	    status.uid == getuid() && procs_lives(claim->pid, claim->start);
}

/* Returns 1 with the claim; or 0. */
static int
read_one(int dir, const char *file, pid_t pid, struct claim *claim)
{
	struct recordfile *rec = recorddir_read(dir, file, geteuid());
	int r = 0;

	if (rec == NULL)
		return 0;
	if (claim_read(claim, rec) == 0) {
		if (claim->pid == pid && is_there(claim)) {
			r = 1;
		} else {
			claim_free(claim);
			(void)recorddir_remove(dir, file);
		}
	}
	recordfile_free(rec);
	return r;
}

static int
older(const void *va, const void *vb)
{
	const struct claim *a = va, *b = vb;

	if (a->since != b->since)
		return a->since < b->since ? -1 : 1;
	return a->start < b->start ? -1 : a->start > b->start;
}

int
leasefile_each(int dir, const char *name,
    void (*found)(void *ctx, const struct claim *claim), void *ctx)
{
	struct recorddir_list list;
	struct claim *claims = NULL;
	size_t count = 0, i;
	pid_t pid;
	int r = -1;

	if (recorddir_list(dir, &list) == -1)
		return -1;
	if (list.count > 0 &&
	    (claims = calloc(list.count, sizeof(*claims))) == NULL)
		goto out;
	for (i = 0; i < list.count; i++)
		if ((pid = pid_of(list.names[i], name)) != 0)
			count += (size_t)read_one(dir, list.names[i], pid,
			    &claims[count]);
	if (count > 0)
		qsort(claims, count, sizeof(*claims), older);
	for (i = 0; i < count; i++) {
		found(ctx, &claims[i]);
		claim_free(&claims[i]);
	}
	r = 0;
out:
	free(claims);
	recorddir_list_free(&list);
	return r;
}
