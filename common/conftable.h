/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONFTABLE_H
#define CONFTABLE_H

#include <stddef.h>

#include "confine.h"
#include "confvalue.h"

/* The directives of incubator.conf(5), in the order in which -T prints them. */
enum conftable_word {
	CONFTABLE_LOCAL_USER,
	CONFTABLE_DENY,
	CONFTABLE_ACCEPT_ENV,
	CONFTABLE_UNSET_ENV,
	CONFTABLE_SET_ENV,
	CONFTABLE_FORWARD_AGENT,
	CONFTABLE_AGENT_POLICY,
	CONFTABLE_FORCE_COMMAND,
	CONFTABLE_STARTUP_COMMAND,
	CONFTABLE_LOGIN_SHELL,
	CONFTABLE_SFTP_SERVER,
	CONFTABLE_DIRECTORY,
	CONFTABLE_CHROOT,
	CONFTABLE_UNSHARE,
	CONFTABLE_MAP_USERS,
	CONFTABLE_MAP_GROUPS,
	CONFTABLE_SET_GROUPS,
	CONFTABLE_MOUNT_PROC,
	CONFTABLE_AMBIENT_CAPABILITIES,
	CONFTABLE_BOUNDING_CAPABILITIES,
	CONFTABLE_NO_NEW_PRIVILEGES,
	CONFTABLE_PARENT_DEATH_SIGNAL,
	CONFTABLE_LIMIT,
	CONFTABLE_UMASK,
	CONFTABLE_CGROUP,
	CONFTABLE_LANDLOCK_READ_ONLY,
	CONFTABLE_LANDLOCK_READ_WRITE,
	CONFTABLE_SESSION_CLASS,
	CONFTABLE_REQUIRE_SESSION,
	CONFTABLE_REVOKE_TERMINAL,
	CONFTABLE_HANGUP_DELAY,
	CONFTABLE_LOG_LEVEL,
	CONFTABLE_WORDS
};

enum conftable_flag {
	CONFTABLE_MANY = 1,	/* more arguments than one */
	CONFTABLE_ADDS = 2,	/* said again, it adds to what was said */
	CONFTABLE_REST = 4,	/* its one argument is the rest of the line */
	CONFTABLE_NONE = 8,	/* "none" is as if it had not been said */
	CONFTABLE_SECRET = 16,	/* never repeat its value */
	CONFTABLE_WHO = 32,	/* not where a Match asks for LocalUser */
};

struct conftable_row {
	const char *name;	/* as the manual page writes it */
	unsigned int flags;
	confvalue_reader *read;	/* or NULL: a word of confinement */
	enum confine_word confine;	/* CONFINE_WORDS: none */
};

/* Find a directive, upper or lower case.  Returns 0 with *word, or -1. */
int conftable_find(const char *name, enum conftable_word *word);

/* Never NULL. */
const struct conftable_row *conftable_row(enum conftable_word word);

/*
 * Does this argument stand for nothing, as "none" does for some directives,
 * and "no" for a word of confinement that has no value?  1 or 0.
 */
int conftable_is_none(enum conftable_word word, const char *value);

/*
 * Hold the arguments of a directive, of which there is one at least, against
 * its form.
 * Returns 0; or -1 with the reason in "why", the argument before it if that
 * is not secret.
 */
int conftable_check(enum conftable_word word, char *const *argv, size_t argc,
    char *why, size_t size);

/*
 * Of a directive that adds up: do two arguments speak of the same thing, so
 * that the first one counts?  A variable, a resource, else the same words.
 * 1 or 0.
 */
int conftable_same(enum conftable_word word, const char *a, const char *b);

#endif
