/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONFMATCH_H
#define CONFMATCH_H

#include <stddef.h>

#include "sshkey.h"

/* What a Match asks for; the words of incubator.conf(5) in small letters. */
enum confmatch_criterion {
	CONFMATCH_CALLER,
	CONFMATCH_REMOTE_USER,
	CONFMATCH_ADDRESS,
	CONFMATCH_LOCAL_USER,
	CONFMATCH_SERVICE,	/* "shell", "exec", "sftp" */
	CONFMATCH_TTY,		/* "yes", "no" */
	CONFMATCH_FACTS,	/* those above are facts by themselves ... */
	CONFMATCH_KEY = CONFMATCH_FACTS,
	CONFMATCH_CA,		/* ... and these four of one key */
	CONFMATCH_KEY_ID,
	CONFMATCH_PRINCIPAL,
	CONFMATCH_ALL,
	CONFMATCH_CRITERIA
};

/*
 * Something known about the login, which may be that it is not there (value
 * NULL: no client's address for who sits at the console).  If "unknown" is
 * not NULL then nobody who may be believed said it (invariant I1), and that
 * is the reason, for the administrator to read.  Neither ever matches.
 */
struct confmatch_fact {
	const char *value;
	const char *unknown;
};

/* Borrowed, all of it.  Set to zero, nothing is there. */
struct confmatch_facts {
	struct confmatch_fact fact[CONFMATCH_FACTS];
	struct sshkey *const *keys;	/* that the user proved to have */
	size_t nkeys;
	const char *keys_unknown;
	/* Of each of the four by itself, why it is not known of any key. */
	const char *key_unknown[CONFMATCH_ALL - CONFMATCH_KEY];
};

/* The criteria of one line, all of which must match. */
struct confmatch {
	struct confmatch_test {
		enum confmatch_criterion criterion;
		const char *list;
	} *tests;
	size_t count;
	char *memory;
};

enum confmatch_result {
	CONFMATCH_NO,
	CONFMATCH_YES,
	CONFMATCH_UNKNOWN,	/* what is known matches; so it does not */
};

/* "caller", "keyid". */
const char *confmatch_name(enum confmatch_criterion criterion);
/* Find it, upper or lower case.  Returns 0 with *criterion, or -1. */
int confmatch_find(const char *name, enum confmatch_criterion *criterion);

/*
 * Read the words behind Match: criterion and list, or criterion=list; or
 * "all" alone.
 * Returns 0 with *match, for confmatch_free(); or -1 with the word and the
 * reason in "why", and nothing in *match.
 */
int confmatch_parse(char *const *argv, size_t argc, struct confmatch *match,
    char *why, size_t size);
void confmatch_free(struct confmatch *match);

/* Does it ask for this?  1 or 0. */
int confmatch_asks(const struct confmatch *match,
    enum confmatch_criterion criterion);

/*
 * Hold the facts against it.  Lists are OpenSSH's: with commas, '!' before
 * what must not match, and nothing matches by a '!' alone.  The criteria of
 * keys must all match one and the same key, and none of them may be negated
 * by any key; a key without a certificate has no CA, KeyId and Principal, and
 * one of a type of certificate that nobody here knows might be what any '!' is
 * for.
 * Without criteria it never matches.
 * For CONFMATCH_UNKNOWN *missing is the first criterion whose fact is unknown.
 */
enum confmatch_result confmatch_eval(const struct confmatch *match,
    const struct confmatch_facts *facts,
    enum confmatch_criterion *missing);

/* Why a criterion's fact is not known; NULL if it is. */
const char *confmatch_why_unknown(const struct confmatch_facts *facts,
    enum confmatch_criterion criterion);

#endif
