/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONF_H
#define CONF_H

#include <sys/types.h>

#include <stddef.h>

#include "confine.h"
#include "confmatch.h"
#include "conftable.h"

/*
 * A configuration, incubator.conf(5): read once, never changed, and asked
 * what applies to whom.
 */
struct conf;

/*
 * Read a file that root, or "owner" besides him, has written, and those that
 * it includes; or, for tests, a text, "name" being what it is called, which
 * includes nothing.
 * Return a configuration for conf_free(), right or wrong: see conf_error().
 * NULL with errno only where there is no memory.
 */
struct conf *conf_read(const char *path, uid_t owner);
struct conf *conf_from_text(const char *name, const char *text, size_t len);
void conf_free(struct conf *conf);

/*
 * The mistakes, from 0 on, as lines "FILE line N: WORD: reason"; words of the
 * files are in them as they are, control characters too.  NULL behind the
 * last one, and at once if there is none.
 */
const char *conf_error(const struct conf *conf, size_t i);

/* An argument of a directive, and which line of which file it is from. */
struct conf_value {
	const char *text;
	const char *file;
	unsigned int line;
};

/* A Match that would have to be decided by what nobody knows. */
struct conf_unknown {
	enum confmatch_criterion criterion;
	const char *file;
	unsigned int line;
	const char *reason;
};

/* What applies to somebody. */
struct conf_settings {
	struct {
		struct conf_value *values;
		size_t count;	/* 0: no line says it */
	} words[CONFTABLE_WORDS];
	/*
	 * Who it is to be by LocalUser, "%p" resolved and the form of the
	 * name checked, but not yet that he exists; NULL if no line applies,
	 * or if why_nobody says why the one that does gives nobody.
	 */
	char *local_user;
	char why_nobody[128];
	struct confine confine;	/* not yet through confine_check() */
	struct conf_unknown *unknown;
	size_t nunknown;
};

/*
 * Find what applies.  For each directive the first line counts, of those
 * under a Match that matches; else of those under none.  AcceptEnv, UnsetEnv,
 * SetEnv, Limit and Landlock* add up over all of these lines, and among them
 * the first counts for each variable and resource.
 *
 * If facts has no LocalUser, then LocalUser is decided first, and Match
 * LocalUser asks for that.
 *
 * Returns settings for conf_settings_free(), which borrow from both; or NULL
 * with the reason in "why": mistakes in the files, or no memory.
 */
struct conf_settings *conf_apply(const struct conf *conf,
    const struct confmatch_facts *facts, char *why, size_t size);
void conf_settings_free(struct conf_settings *settings);

/*
 * The first argument of a directive, or NULL if no line says it or "none"
 * was said.  For LocalUser see local_user.
 */
const char *conf_text(const struct conf_settings *settings,
    enum conftable_word word);

/*
 * The settings as lines of a configuration, which read back give the same
 * text.  Returns a string for the caller to free, or NULL with errno.
 */
char *conf_print(const struct conf_settings *settings);

#endif
