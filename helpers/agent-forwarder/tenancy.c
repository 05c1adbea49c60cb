/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "tenancy.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "claim.h"
#include "deadline.h"
#include "policy.h"
#include "recordfile.h"
#include "usage.h"

/* How long one that answered too late is passed over, in ms. */
#define HANGS_FOR 60000

void
tenancy_free(struct tenancy *tenancy)
{
	const int saved = errno;

	if (tenancy->lease.at != -1)
		(void)close(tenancy->lease.at);
	if (tenancy->pidfd != -1)
		(void)close(tenancy->pidfd);
	policy_free(tenancy->policy);
	usage_free(tenancy->usage);
	free(tenancy->path);
	free(tenancy);
	errno = saved;
}

/* A descriptor that leads to no socket would lead us somewhere else. */
static int
is_socket(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
}

/* Returns NULL, or what is wrong. */
static const char *
fill(struct tenancy *tenancy, const struct claim *claim)
{
	char why[200];

	if (tenancy->lease.at != -1 ? !is_socket(tenancy->lease.at) :
	    claim->upstream == NULL)
		return "it names no agent";
	tenancy->policy = policy_new();
	tenancy->usage = usage_new();
	if (claim->upstream != NULL)
		tenancy->path = strdup(claim->upstream);
	if (tenancy->policy == NULL || tenancy->usage == NULL ||
	    (claim->upstream != NULL && tenancy->path == NULL))
		return "out of memory";
	/* Of another version perhaps: what it limits cannot be left out. */
	if (policy_read(tenancy->policy, "policy", claim->policy,
	    strlen(claim->policy), why, sizeof(why)) == -1)
		return "its policy is not understood by this server";
	tenancy->lease.path = tenancy->path;
	tenancy->lease.policy = tenancy->policy;
	tenancy->lease.usage = tenancy->usage;
	return NULL;
}

struct tenancy *
tenancy_new(const struct claim *claim, const char *name, int upstream,
    int pidfd, const char **why)
{
	struct tenancy *tenancy = calloc(1, sizeof(*tenancy));

	if (tenancy == NULL) {
		if (upstream != -1)
			(void)close(upstream);
		(void)close(pidfd);
		*why = "out of memory";
		return NULL;
	}
	lease_init(&tenancy->lease, name);
	tenancy->lease.at = upstream;
	tenancy->pidfd = pidfd;
	if ((*why = fill(tenancy, claim)) == NULL)
		return tenancy;
	tenancy_free(tenancy);
	return NULL;
}

int
tenancy_hangs(const struct tenancy *tenancy)
{
	struct stat st;

	/* For a while: a machine that slept may be awake again. */
	if (tenancy->lease.hanging != 0 &&
	    deadline_now() - tenancy->lease.hanging < HANGS_FOR)
		return 1;
	/* Not by connecting: that would have its user's terminal wait. */
	return tenancy->path != NULL && lstat(tenancy->path, &st) == -1 &&
	    (errno == ENOENT || errno == ENOTDIR);
}

int
tenancy_tell(const struct tenancy *tenancy, struct recordfile *rec)
{
	const struct lease *lease = &tenancy->lease;

	if (recordfile_set(rec, "UPSTREAM", tenancy->path != NULL ?
	    tenancy->path : "(held)") == -1 ||
	    recordfile_set_number(rec, "CONNECTIONS", lease->users) == -1 ||
	    recordfile_set_number(rec, "SERVED", lease->served) == -1 ||
	    recordfile_set_number(rec, "PASSED", lease->passed) == -1 ||
	    recordfile_set_number(rec, "REFUSED", lease->refused) == -1 ||
	    recordfile_set_number(rec, "SIGNATURES", lease->signatures) == -1)
		return -1;
	return !tenancy_hangs(tenancy) ? 0 :
	    recordfile_set_number(rec, "HANGING", 1);
}
