/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Who is who.  Fails closed: what is not known, or not known from root
 * (invariant I1), matches no rule, neither the one that grants nor, which the
 * administrator is told, the one that denies.
 */

#include "config.h"
#include "confmatch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addrlist.h"
#include "pattern.h"

static const char *const names[CONFMATCH_CRITERIA] = {
	[CONFMATCH_CALLER] = "caller",
	[CONFMATCH_REMOTE_USER] = "remoteuser",
	[CONFMATCH_ADDRESS] = "address",
	[CONFMATCH_LOCAL_USER] = "localuser",
	[CONFMATCH_SERVICE] = "service",
	[CONFMATCH_TTY] = "tty",
	[CONFMATCH_KEY] = "key",
	[CONFMATCH_CA] = "ca",
	[CONFMATCH_KEY_ID] = "keyid",
	[CONFMATCH_PRINCIPAL] = "principal",
	[CONFMATCH_ALL] = "all",
};

static int
wrong(char *why, size_t size, const char *word, const char *reason)
{
	(void)snprintf(why, size, "%.64s: %s", *word != '\0' ? word : "\"\"",
	    reason);
	return -1;
}

const char *
confmatch_name(enum confmatch_criterion criterion)
{
	return names[criterion];
}

int
confmatch_find(const char *name, enum confmatch_criterion *criterion)
{
	int i;

	for (i = 0; i < CONFMATCH_CRITERIA; i++)
		if (strcasecmp(name, names[i]) == 0) {
			*criterion = (enum confmatch_criterion)i;
			return 0;
		}
	return -1;
}

/* Lists of words that can be known beforehand: a slip would never match. */

static int
is_word(const char *word, size_t len, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strlen(*words) == len && memcmp(*words, word, len) == 0)
			return 1;
	return 0;
}

/* "SHA256:" and 43 characters of base64, or a pattern for it. */
static int
is_fingerprint(const char *word, size_t len)
{
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";

	return len == 7 + 43 && memcmp(word, "SHA256:", 7) == 0 &&
	    strspn(word + 7, base64) >= 43;
}

static int
check_element(enum confmatch_criterion criterion, const char *word,
    size_t len)
{
	static const char *const services[] = { "shell", "exec", "sftp",
	    NULL };
	static const char *const answers[] = { "yes", "no", NULL };

	if (len == 0)
		return -1;
	if (memchr(word, '*', len) != NULL || memchr(word, '?', len) != NULL)
		return 0;
	switch (criterion) {
	case CONFMATCH_KEY:
	case CONFMATCH_CA:
		return is_fingerprint(word, len) ? 0 : -1;
	case CONFMATCH_SERVICE:
		return is_word(word, len, services) ? 0 : -1;
	case CONFMATCH_TTY:
		return is_word(word, len, answers) ? 0 : -1;
	default:
		return 0;
	}
}

/* Has it a pattern without '!'?  Nothing matches by those with it. */
static int
has_positive(const char *list)
{
	for (; *list == '!'; list += *list == ',')
		list += strcspn(list, ",");
	return *list != '\0';
}

static int
check_elements(enum confmatch_criterion criterion, const char *word,
    char *why, size_t size)
{
	char element[64];
	size_t len;

	do {
		word += *word == '!';
		len = strcspn(word, ",");
		/* pattern_match_list() would give up there */
		if (len >= 1023)
			return wrong(why, size, names[criterion],
			    "a pattern is too long");
		if (check_element(criterion, word, len) == -1) {
			(void)snprintf(element, sizeof(element), "%.*s",
			    (int)len, len == 0 ? "" : word);
			return wrong(why, size, len == 0 ?
			    names[criterion] : element, len == 0 ?
			    "an empty element" : "it can never match");
		}
		word += len;
	} while (*word++ == ',');
	return 0;
}

static int
check_list(enum confmatch_criterion criterion, const char *list, char *why,
    size_t size)
{
	if ((criterion == CONFMATCH_ADDRESS ?
	    addrlist_check(list, why, size) :
	    check_elements(criterion, list, why, size)) == -1)
		return -1;
	return has_positive(list) ? 0 : wrong(why, size, list,
	    "nothing matches by '!' alone: write *,!...");
}

/*
 * Take one criterion with its list.  Returns how many words that were, or 0
 * with the reason.
 */
static size_t
take(char *word, char *next, struct confmatch_test *test, char *why,
    size_t size)
{
	char *equals = strchr(word, '=');

	if (equals != NULL)
		*equals = '\0';
	if (confmatch_find(word, &test->criterion) == -1) {
		(void)wrong(why, size, word, "unknown criterion");
		return 0;
	}
	if (test->criterion == CONFMATCH_ALL) {
		(void)wrong(why, size, word, "it stands alone");
		return 0;
	}
	test->list = equals != NULL ? equals + 1 : next;
	if (test->list == NULL || *test->list == '\0') {
		(void)wrong(why, size, word, "missing argument");
		return 0;
	}
	if (check_list(test->criterion, test->list, why, size) == -1)
		return 0;
	return equals != NULL ? 1 : 2;
}

/* Copy the words, which are written into, to one block. */
static char **
copy_words(char *const *argv, size_t argc, char **memory)
{
	size_t i, len = 0, room;
	char **words, *to;

	for (i = 0; i < argc; i++)
		len += strlen(argv[i]) + 1;
	words = calloc(argc + 1, sizeof(*words));
	if (words == NULL || (to = *memory = malloc(len + 1)) == NULL) {
		free(words);
		return NULL;
	}
	for (i = 0; i < argc; i++) {
		room = strlen(argv[i]) + 1;
		words[i] = memcpy(to, argv[i], room);
		to += room;
	}
	return words;
}

/* Take all of them.  Returns 0, or -1 with the reason. */
static int
take_all(char **words, size_t count, struct confmatch *match, char *why,
    size_t size)
{
	size_t i, n;

	if (count == 1 && strcasecmp(words[0], "all") == 0) {
		match->tests[match->count++].criterion = CONFMATCH_ALL;
		return 0;
	}
	for (i = 0; i < count; i += n) {
		n = take(words[i], words[i + 1],
		    &match->tests[match->count], why, size);
		if (n == 0)
			return -1;
		match->count++;
	}
	return 0;
}

int
confmatch_parse(char *const *argv, size_t argc, struct confmatch *match,
    char *why, size_t size)
{
	char **words = NULL;
	int r = -1;

	memset(match, 0, sizeof(*match));
	if (argc == 0) {
		(void)strlcpy(why, "missing criterion", size);
		return -1;
	}
	match->tests = calloc(argc, sizeof(*match->tests));
	if (match->tests == NULL ||
	    (words = copy_words(argv, argc, &match->memory)) == NULL)
		(void)strlcpy(why, "out of memory", size);
	else
		r = take_all(words, argc, match, why, size);
	free(words);
	if (r == -1)
		confmatch_free(match);
	return r;
}

void
confmatch_free(struct confmatch *match)
{
	free(match->tests);
	free(match->memory);
	memset(match, 0, sizeof(*match));
}

int
confmatch_asks(const struct confmatch *match,
    enum confmatch_criterion criterion)
{
	size_t i;

	for (i = 0; i < match->count; i++)
		if (match->tests[i].criterion == criterion)
			return 1;
	return 0;
}

const char *
confmatch_why_unknown(const struct confmatch_facts *facts,
    enum confmatch_criterion criterion)
{
	if (criterion < CONFMATCH_FACTS)
		return facts->fact[criterion].unknown;
	if (criterion == CONFMATCH_ALL)
		return NULL;
	return facts->keys_unknown != NULL ? facts->keys_unknown :
	    facts->key_unknown[criterion - CONFMATCH_KEY];
}

static int
match_fact(const struct confmatch_test *test, const char *value)
{
	if (value == NULL)
		return 0;
	return test->criterion == CONFMATCH_ADDRESS ?
	    addrlist_match(value, test->list) :
	    pattern_match_list(value, test->list);
}

/* By any of them, but against all of them: as sshd matches groups. */
static int
match_principals(const struct sshkey_cert *cert, const char *list)
{
	int found = 0, r;
	size_t i;

	for (i = 0; i < cert->nprincipals; i++) {
		r = pattern_match_list(cert->principals[i], list);
		if (r == -1)
			return -1;
		found |= r;
	}
	return found;
}

static int
match_key(const struct confmatch_test *test, const struct sshkey *key)
{
	/*
	 * Of a type of certificate that nobody here knows: it matches
	 * nothing, and could be the one that a list keeps out.
	 */
	if (key->fingerprint[0] == '\0')
		return strchr(test->list, '!') != NULL ? -1 : 0;
	if (test->criterion == CONFMATCH_KEY)
		return pattern_match_list(key->fingerprint, test->list);
	if (key->cert == NULL || key->cert->role != SSHKEY_USER)
		return 0;
	if (test->criterion == CONFMATCH_CA)
		return pattern_match_list(key->cert->ca, test->list);
	if (test->criterion == CONFMATCH_KEY_ID)
		return pattern_match_list(key->cert->key_id, test->list);
	return match_principals(key->cert, test->list);
}

/* Is it a test that keys decide? */
static int
is_of_keys(const struct confmatch_test *test,
    const struct confmatch_facts *facts)
{
	return test->criterion >= CONFMATCH_FACTS &&
	    test->criterion != CONFMATCH_ALL &&
	    confmatch_why_unknown(facts, test->criterion) == NULL;
}

/* The tests that are about keys.  Returns 1 if there are none. */
static int
match_keys(const struct confmatch *match, const struct confmatch_facts *facts)
{
	int asked = 0, found = 0, all, r;
	size_t i, k;

	for (i = 0; i < match->count; i++)
		asked |= is_of_keys(&match->tests[i], facts);
	for (k = 0; k < facts->nkeys; k++) {
		for (i = 0, all = 1; i < match->count; i++) {
			if (!is_of_keys(&match->tests[i], facts))
				continue;
			r = match_key(&match->tests[i], facts->keys[k]);
			if (r == -1)
				return 0;
			all &= r;
		}
		found |= all;
	}
	return asked ? found : 1;
}

enum confmatch_result
confmatch_eval(const struct confmatch *match,
    const struct confmatch_facts *facts, enum confmatch_criterion *missing)
{
	const struct confmatch_test *test;
	int unknown = 0;
	size_t i;

	/* what was not understood is not "all" */
	if (match->count == 0)
		return CONFMATCH_NO;
	for (i = 0; i < match->count; i++) {
		test = &match->tests[i];
		if (confmatch_why_unknown(facts, test->criterion) != NULL) {
			if (!unknown)
				*missing = test->criterion;
			unknown = 1;
		} else if (test->criterion < CONFMATCH_FACTS && match_fact(
		    test, facts->fact[test->criterion].value) != 1)
			return CONFMATCH_NO;
	}
	if (!match_keys(match, facts))
		return CONFMATCH_NO;
	return unknown ? CONFMATCH_UNKNOWN : CONFMATCH_YES;
}
