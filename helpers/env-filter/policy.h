/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef POLICY_H
#define POLICY_H

#include <stddef.h>

#include "conf.h"
#include "envfilter.h"

struct options;

/* Whose session this is, for a Match to be held against. */
struct policy_login {
	const char *user;	/* his name */
	const char *asked;	/* what the client asked for, or NULL */
	int by_hand;		/* a command was given, and not by ssh */
};

/*
 * The rules that apply: the options', and with --config those of the lines
 * of an incubator.conf(5) that apply to the login around them.  Strings are
 * the options' own or the configuration's.
 */
struct policy {
	struct envfilter_rules rules;
	struct envfilter_rules file;	/* around them */
	struct conf *conf;		/* NULL: there is no --config */
	struct conf_settings *settings;	/* what applies; NULL without conf */
	int verbosity;
};

/*
 * Read the file that the options name, if they do.  To run by it, it must be
 * root's; to print or explain, it may be the user's own.
 * Returns 0; or -1 with the reason in "why", which for Deny is its text, and
 * mistakes further down in the file for policy_tell_mistakes().
 * policy_free() is due in either case.
 */
int policy_make(struct policy *policy, const struct options *opt,
    const struct policy_login *login, char *why, size_t size);
void policy_free(struct policy *policy);

/* What is wrong with the file besides the reason, as warnings. */
void policy_tell_mistakes(const struct policy *policy);

/*
 * What of the file was left aside: Match lines that nobody could decide, and
 * words that are incubator's alone.  As warnings.
 */
void policy_tell_ignored(const struct policy *policy);

/*
 * The place of the rule that a verdict names, if that is one of the file's.
 * NULL if it is not.
 */
const struct conf_value *policy_source(const struct policy *policy,
    const struct envfilter_verdict *verdict);

#endif
