/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef HUBTELL_H
#define HUBTELL_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct logins;
struct recordfile;
struct terms;

/* What "status" shows of a server, besides its logins. */
struct hubtell_facts {
	const struct logins *logins;	/* each one's holder is a tenancy */
	time_t since;
	size_t connections;
	unsigned long turned_away;
	const struct terms *terms;
};

/*
 * A record, for recordfile_free(): of the login whose number is the next below
 * "before", 0 for the newest, and its number in *number; or if there is none
 * of the whole server, and 0.  NULL with errno.
 */
struct recordfile *hubtell(const struct hubtell_facts *facts, uint32_t before,
    uint32_t *number);

#endif
