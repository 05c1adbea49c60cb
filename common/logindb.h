/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef LOGINDB_H
#define LOGINDB_H

#include <stdint.h>

/*
 * The databases that are wtmp and lastlog where time has 64 bits: wtmpdb(8)
 * and lastlog2(8).  Their libraries are loaded where they and the database are
 * found, and only for the call: they bring a database engine along.  A call
 * waits for who has the database locked, five seconds or ten; so make it in a
 * process that may be killed.
 */

struct logindb {
	const char *library;		/* for dlopen(3) */
	const char *databases[2];	/* places; the second may be NULL */
	const char *module;		/* the PAM module that writes it */
};

/*
 * Say whether there is a database.  sshd makes wtmpdb's before it runs a
 * command on a terminal, so what is missing then is not wanted.  1 or 0.
 */
int logindb_exists(const struct logindb *db);

/*
 * What the database counts up whenever somebody writes: take it before PAM
 * opens a session.
 */
uint64_t logindb_mark(const struct logindb *db);

/*
 * Say whether PAM has recorded this login already: its module is in this
 * process, and somebody has written since the mark.  (It can be there and pass
 * a service over.)  1 or 0.
 */
int logindb_by_pam(const struct logindb *db, uint64_t mark);

struct logindb_login {
	const char *user;
	const char *line;	/* the terminal without "/dev/" */
	const char *host;	/* or NULL */
	const char *service;
	uint64_t usec;		/* when, since the epoch */
};

/*
 * Write a login to wtmpdb.
 * Returns 0 with the number of the row in *id, or -1 with errno: ELIBACC if
 * the library is not there, EIO if it says no.
 */
int logindb_wtmp_login(const struct logindb *db,
    const struct logindb_login *login, uint64_t *id);

/* A row of wtmpdb, as it was written or as it must be looked for. */
struct logindb_row {
	const char *user;
	const char *line;
	uint64_t id;		/* 0 if it is not known */
	uint64_t from, to;	/* the login was not before nor after, usec */
	int shared;		/* the line is no terminal, but many's */
};

/*
 * Write the logout to the row.  If it has one, sshd took it for that of its
 * own login on this line: then write to that, the row before on the line,
 * unless it has one, too, or the line is shared.  A number alone says little:
 * the database is rotated, and its numbers begin anew.
 * Returns 0, or -1 with errno: ENOENT if there is no such row.
 */
int logindb_wtmp_logout(const struct logindb *db,
    const struct logindb_row *row, uint64_t usec);

/* Write a login to lastlog2.  Returns 0, or -1 with errno, as above. */
int logindb_lastlog(const struct logindb *db,
    const struct logindb_login *login);

#endif
