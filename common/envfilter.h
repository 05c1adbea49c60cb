/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef ENVFILTER_H
#define ENVFILTER_H

#include <stddef.h>

struct environ;
struct envrule_facts;

/*
 * The filter of env-filter(1): an environment goes through one fixed order of
 * rules, and for each variable it is known afterwards which rule decided.
 *
 *	the floor, unset, a deny pattern, session names, checked values,
 *	an accept pattern, the defaults; then what is set in any case
 *
 * Rules may come from two sources, one within the other.  What either unsets
 * or denies is refused, and what either says of the defaults holds.  The
 * outer ones and the defaults accept; of that the inner ones take the defaults
 * and what their own patterns match, if they have any, and so a name that has
 * to be named in full has to be so in both.  A variable that the outer ones
 * set stays as they set it.
 */
struct envfilter;

/* The rules that an administrator gave; the strings are borrowed. */
struct envfilter_rules {
	const char **accept;	/* patterns, as AcceptEnv matches them */
	size_t naccept;
	const char **deny;	/* patterns */
	size_t ndeny;
	const char **unset;	/* names */
	size_t nunset;
	const char **set;	/* NAME=VALUE; of each name the first counts */
	size_t nset;
	int no_defaults;	/* TERM, LANG and LC_* are not accepted */
	int of_file;	/* they are incubator.conf's, and called so */
	/* The outer ones, which are within none; NULL: there are none. */
	const struct envfilter_rules *within;
};

/* What became of one variable. */
struct envfilter_verdict {
	const char *name;
	int passes;
	const char *rule;	/* which one decided, static */
	/*
	 * That of the table row, or the very string of the rule, which of a
	 * SetEnv has the value in it; or NULL.
	 */
	const char *pattern;
	const char *reason;	/* why the row is there, or NULL; static */
};

/*
 * Filter an envp.  Of duplicates the last one counts, in the place of the
 * first, as sshd keeps them.  Where facts->user is NULL the session is being
 * made, and a TERM without a terminal is not accepted by default.  rules,
 * those around them and envp must outlive the result.  Time grows as the
 * number of variables times that of patterns, and its logarithm.
 * Returns NULL with errno.
 */
struct envfilter *envfilter_apply(const struct envfilter_rules *rules,
    const struct envrule_facts *facts, char *const *envp);
void envfilter_free(struct envfilter *filter);

/* What passed: owned by the filter. */
const struct environ *envfilter_environ(const struct envfilter *filter);

/*
 * The "i"th verdict, i from 0: the variables in the order of envp, then those
 * that were only set.  Owned by the filter; NULL past the end.
 */
const struct envfilter_verdict *envfilter_at(const struct envfilter *filter,
    size_t i);

/*
 * A verdict's rule in one line, never with a value: "--accept GIT_*", "floor
 * LD_*: ld.so loads code by it".  What does not fit is cut.  Returns buf.
 */
const char *envfilter_describe(const struct envfilter_verdict *verdict,
    char *buf, size_t size);

#endif
