/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef LOGINSTATE_H
#define LOGINSTATE_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>
#include <utmpx.h>

/*
 * What the records of a login (loginrecord.h) need for its logout, and its
 * form in which another process reads it.
 */

/* What was written. */
#define LOGINSTATE_UTMP	0x01
#define LOGINSTATE_WTMP	0x02
#define LOGINSTATE_LASTLOG	0x04
#define LOGINSTATE_WTMPDB	0x08
#define LOGINSTATE_LASTLOG2	0x10
#define LOGINSTATE_BY_PAM	0x20	/* wtmpdb's, by pam_wtmpdb(8) */
#define LOGINSTATE_NO_TTY	0x40	/* the line is a word for none */

#define LOGINSTATE_MAX_USER 256

/* All that is needed to undo it; no pointers, and "before" is a whole entry. */
struct loginstate {
	uint32_t written;	/* LOGINSTATE_*; 0 if there is nothing */
	pid_t pid;
	char line[sizeof(((struct utmpx *)NULL)->ut_line) + 1];
	char user[LOGINSTATE_MAX_USER + 1];
	struct utmpx before;	/* who had the terminal; ut_type EMPTY */
	uint64_t before_start;	/* procs_stat.start of that process */
	uint64_t row;		/* of wtmpdb, or 0 */
	uint64_t from, to;	/* ... whose login is in between, usec */
	uint64_t wtmpdb_mark, lastlog2_mark;
};

/*
 * A line of printable ASCII, without the newline and never as long as
 * LOGINSTATE_TEXT_SIZE.  The marks are not in it: they serve the login only.
 * Returns 0, or -1 with errno ENOSPC if there is no room.
 */
#define LOGINSTATE_TEXT_SIZE 3072
int loginstate_print(const struct loginstate *state, char *text, size_t size);

/*
 * Read such a line.  Only what loginstate_print() writes is taken, to the
 * byte.
 * Returns 0; or -1 with errno EINVAL, and *state is empty.
 */
int loginstate_parse(const char *text, struct loginstate *state);

#endif
