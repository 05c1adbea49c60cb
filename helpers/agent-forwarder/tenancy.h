/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef TENANCY_H
#define TENANCY_H

#include "lease.h"

struct claim;
struct hub;
struct login;
struct policy;
struct recordfile;
struct usage;

/* A lease of a stable path's: what connections need, and who ends it. */
struct tenancy {
	struct lease lease;
	char *path;
	struct policy *policy;
	struct usage *usage;
	int pidfd;		/* of the login's process; -1: it has ended */
	const void *visit;	/* a control connection that is its too */
	struct hub *hub;	/* the owner's */
	struct login *login;	/* the same */
};

/*
 * Make one of a claim.  "upstream", if it is not -1, is its agent in place of
 * the path, and the tenancy's in any case, as is "pidfd".
 * Returns it, for tenancy_free(); or NULL with the reason in *why, static.
 */
struct tenancy *tenancy_new(const struct claim *claim, const char *name,
    int upstream, int pidfd, const char **why);

/* No connection may have its lease any more. */
void tenancy_free(struct tenancy *tenancy);

/*
 * Is there no use in asking it: it did not answer in time, or its socket is
 * gone, though its login is there?  1 or 0.
 */
int tenancy_hangs(const struct tenancy *tenancy);

/* Add to a record what of it may be shown.  Returns 0, or -1 with errno. */
int tenancy_tell(const struct tenancy *tenancy, struct recordfile *rec);

#endif
