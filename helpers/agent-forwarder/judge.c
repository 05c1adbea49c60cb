/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Every list that is there must be satisfied, and what nobody knows satisfies
 * none.
 */

#include "config.h"
#include "judge.h"

#include <string.h>

#include "agentproto.h"
#include "pattern.h"
#include "policyrules.h"

static int
has(const struct policyrules_words *list, const char *word)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (strcmp(list->words[i], word) == 0)
			return 1;
	return 0;
}

static int
matches(const struct policyrules_words *list, const char *text)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (pattern_match(text, list->words[i]))
			return 1;
	return 0;
}

const char *
judge_time(const struct policy *policy, time_t wall)
{
	if (policy->expires && wall >= policy->expire)
		return "the policy has expired";
	return NULL;
}

/* Does a word of a list of operations mean that? */
static int
means(const char *word, const char *operation, const char *extension)
{
	if (strcmp(word, operation) == 0)
		return 1;
	if (strcmp(word, "smartcard") == 0)
		return strcmp(operation, "add-smartcard") == 0 ||
		    strcmp(operation, "remove-smartcard") == 0;
	if (strncmp(word, "extension:", 10) != 0)
		return 0;
	return (strcmp(operation, "extension") == 0 ||
	    strcmp(operation, "query") == 0) &&
	    pattern_match(extension, word + 10);
}

static int
is_meant(const struct policyrules_words *list, const char *operation,
    const char *extension)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (means(list->words[i], operation, extension))
			return 1;
	return 0;
}

const char *
judge_operation(const struct policy *policy, const char *operation,
    const char *extension)
{
	/* Without them an agent takes a forwarded request for a local one. */
	if (strcmp(operation, "session-bind") == 0)
		return NULL;
	if (strcmp(operation, "unknown") == 0)
		return "no such request";
	if (is_meant(&policy->lists[POLICYRULES_DENY_OPERATION], operation,
	    extension))
		return "the operation is denied";
	if (strcmp(operation, "list") == 0 || strcmp(operation, "sign") == 0 ||
	    strcmp(operation, "query") == 0)
		return NULL;
	if (is_meant(&policy->lists[POLICYRULES_ALLOW_OPERATION], operation,
	    extension))
		return NULL;
	return "the operation is not allowed";
}

int
judge_wants_keys(const struct policy *policy)
{
	const struct policyrules_words *lists = policy->lists;

	return lists[POLICYRULES_ALLOW_KEY].count > 0 ||
	    lists[POLICYRULES_DENY_KEY].count > 0 ||
	    lists[POLICYRULES_ALLOW_CA].count > 0 ||
	    lists[POLICYRULES_ALLOW_PRINCIPAL].count > 0;
}

/* Is it a user's certificate that one of the lists of them is for? */
static int
is_certified(const struct policy *policy, const struct sshkey *key)
{
	const struct policyrules_words *cas =
	    &policy->lists[POLICYRULES_ALLOW_CA];
	const struct policyrules_words *principals =
	    &policy->lists[POLICYRULES_ALLOW_PRINCIPAL];
	size_t i;

	if (key->cert == NULL || key->cert->role != SSHKEY_USER ||
	    (cas->count == 0 && principals->count == 0))
		return 0;
	if (cas->count > 0 && !has(cas, key->cert->ca))
		return 0;
	if (principals->count == 0)
		return 1;
	for (i = 0; i < key->cert->nprincipals; i++)
		if (matches(principals, key->cert->principals[i]))
			return 1;
	return 0;
}

const char *
judge_key(const struct policy *policy, const struct sshkey *key)
{
	const struct policyrules_words *lists = policy->lists;

	if (!judge_wants_keys(policy))
		return NULL;
	/* of a type of certificate that might be of any key */
	if (key->fingerprint[0] == '\0')
		return "the key is not known";
	if (has(&lists[POLICYRULES_DENY_KEY], key->fingerprint))
		return "the key is denied";
	if (lists[POLICYRULES_ALLOW_KEY].count == 0 &&
	    lists[POLICYRULES_ALLOW_CA].count == 0 &&
	    lists[POLICYRULES_ALLOW_PRINCIPAL].count == 0)
		return NULL;
	if (has(&lists[POLICYRULES_ALLOW_KEY], key->fingerprint) ||
	    is_certified(policy, key))
		return NULL;
	return "the key is not allowed";
}

/*
 * Without AllowClass a limit for one class speaks for all: who asked for
 * certain hosts only would not want a login by another name of it.
 */
static int
class_allowed(const struct policy *policy, enum deed_class class)
{
	const struct policyrules_words *lists = policy->lists;
	const int users = lists[POLICYRULES_ALLOW_USER].count > 0 ||
	    lists[POLICYRULES_ALLOW_HOST].count > 0;
	const int namespaces = lists[POLICYRULES_ALLOW_NAMESPACE].count > 0;

	if (lists[POLICYRULES_ALLOW_CLASS].count > 0)
		return has(&lists[POLICYRULES_ALLOW_CLASS],
		    deed_class_name(class));
	if (!users && !namespaces)
		return 1;
	return (class == DEED_USERAUTH && users) ||
	    (class == DEED_SSHSIG && namespaces);
}

static const char *
judge_userauth(const struct policy *policy, const struct signdata *sign,
    const char *host)
{
	const struct policyrules_words *users =
	    &policy->lists[POLICYRULES_ALLOW_USER];
	const struct policyrules_words *hosts =
	    &policy->lists[POLICYRULES_ALLOW_HOST];

	if (users->count > 0 && !matches(users, sign->user))
		return "the user is not allowed";
	if (hosts->count == 0)
		return NULL;
	if (*host == '\0')
		return "the host is not proven";
	return has(hosts, host) ? NULL : "the host is not allowed";
}

/*
 * A login by ssh, but for the key in it, of which a server may have another
 * opinion: "other" must be allowed, and any login.
 */
static const char *
judge_lookalike(const struct policy *policy)
{
	return policy->lists[POLICYRULES_ALLOW_USER].count == 0 &&
	    policy->lists[POLICYRULES_ALLOW_HOST].count == 0 &&
	    class_allowed(policy, DEED_USERAUTH) ? NULL :
	    "a login that names another key";
}

const char *
judge_data(const struct policy *policy, const struct signdata *sign,
    const char *host)
{
	const struct policyrules_words *namespaces =
	    &policy->lists[POLICYRULES_ALLOW_NAMESPACE];

	if (!class_allowed(policy, sign->class))
		return "this class of data is not allowed";
	if (sign->class == DEED_USERAUTH)
		return judge_userauth(policy, sign, host);
	if (sign->class == DEED_OTHER &&
	    strcmp(sign->service, "ssh-connection") == 0)
		return judge_lookalike(policy);
	if (sign->class == DEED_SSHSIG && namespaces->count > 0 &&
	    !matches(namespaces, sign->namespace))
		return "the namespace is not allowed";
	return NULL;
}
