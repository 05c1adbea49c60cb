/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef FAKEDB_H
#define FAKEDB_H

#include <stdint.h>

/*
 * The database of fakedb.c: a header like that of a real one, in which the
 * change counter counts, and rows.  The environment says where it is, and what
 * the library does beside its work.
 */
#define FAKEDB_PATH "FAKEDB_PATH"
#define FAKEDB_MOOD "FAKEDB_MOOD"	/* "fail" or "hang" */

#define FAKEDB_HEADER 32
#define FAKEDB_COUNTER 24

struct fakedb_row {
	int64_t id;
	int64_t type;		/* -1 for a row of lastlog2 */
	uint64_t login, logout;	/* usec; s for lastlog2; 0 for none */
	char user[300], tty[64], host[64], service[64];
};

#endif
