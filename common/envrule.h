/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef ENVRULE_H
#define ENVRULE_H

#include <sys/types.h>

#include "envname.h"

/*
 * The rules that say which environment variables may reach a session by name
 * and value, each with its reason, and the checks of the values.
 */

/* What the session is, for the checks that depend on it. */
struct envrule_facts {
	uid_t uid;		/* whose session */
	int tty;		/* it has a terminal */
	int own;		/* shape A: from the user's own login */
	const char *user;	/* his name, where HOME and the like stay as */
				/* they are; NULL: they are made anew */
	const char *tty_name;	/* of descriptor 0, or NULL; with "user" */
	int passes_on;		/* another helper comes next; with "user" */
};

/*
 * The floor (invariant I5): names by which ld.so, libc or a shell runs code,
 * names outside [A-Za-z_][A-Za-z0-9_]*, values that begin "() {".
 * Returns NULL if the variable is above it, else the row that says why; its
 * pattern is NULL where it is not the name that a table knows.
 */
const struct envname_row *envrule_floor_row(const char *name,
    const char *value);

/* The same, and the reason alone. */
const char *envrule_floor(const char *name, const char *value);

/*
 * The session names, which stay where their value passes a check: what sshd
 * and PAM tell a session about itself.  Never reads a file's content; stats
 * the ones that SSH_AUTH_SOCK and the like name.
 * Returns 1 if the variable stays, 0 if not, with the row; -1 if it is no
 * session name.
 */
int envrule_stays(const char *name, const char *value,
    const struct envrule_facts *facts, const struct envname_row **row);

/*
 * The names whose value is checked whoever accepts them, as sudo(8) does:
 * TERM, the locale's, TZ.
 * Returns NULL, or the row that refuses the value.
 */
const struct envname_row *envrule_value(const char *name, const char *value);

#endif
