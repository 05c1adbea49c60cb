/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * A policy is put together from words, each of which is looked at when it
 * comes, and then only read.
 */

#include "config.h"
#include "policy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "conflex.h"
#include "policyrules.h"
#include "policyvalue.h"

/* Directives that are no list. */
enum special { RATE = POLICYRULES_LISTS, MAX_TOTAL, MAX_PER_KEY, EXPIRE };

static const struct row {
	struct policy_word word;
	int what;		/* a list, or one of the special ones */
	policyvalue_check *check;	/* of a list */
} rows[] = {
	{ { "AllowKey", "allow-key", "FINGERPRINT" },
	    POLICYRULES_ALLOW_KEY, policyvalue_fingerprint },
	{ { "DenyKey", "deny-key", "FINGERPRINT" },
	    POLICYRULES_DENY_KEY, policyvalue_fingerprint },
	{ { "AllowCA", "allow-ca", "FINGERPRINT" },
	    POLICYRULES_ALLOW_CA, policyvalue_fingerprint },
	{ { "AllowPrincipal", "allow-principal", "PATTERN" },
	    POLICYRULES_ALLOW_PRINCIPAL, policyvalue_pattern },
	{ { "AllowOperation", "allow", "OPERATION" },
	    POLICYRULES_ALLOW_OPERATION, policyvalue_operation },
	{ { "DenyOperation", "deny", "OPERATION" },
	    POLICYRULES_DENY_OPERATION, policyvalue_operation },
	{ { "AllowClass", "class", "CLASS" },
	    POLICYRULES_ALLOW_CLASS, policyvalue_class },
	{ { "AllowUser", "user", "PATTERN" },
	    POLICYRULES_ALLOW_USER, policyvalue_pattern },
	{ { "AllowHost", "host", "FINGERPRINT" },
	    POLICYRULES_ALLOW_HOST, policyvalue_fingerprint },
	{ { "AllowNamespace", "namespace", "PATTERN" },
	    POLICYRULES_ALLOW_NAMESPACE, policyvalue_pattern },
	{ { "Rate", "rate", "NUMBER/TIME" }, RATE, NULL },
	{ { "MaxSignatures", "max-signatures", "NUMBER" }, MAX_TOTAL, NULL },
	{ { "MaxSignaturesPerKey", "max-per-key", "NUMBER" }, MAX_PER_KEY,
	    NULL },
	{ { "Expire", "expire", "TIME" }, EXPIRE, NULL },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

const struct policy_word *
policy_word(size_t i)
{
	return i < ROWS ? &rows[i].word : NULL;
}

struct policy *
policy_new(void)
{
	return calloc(1, sizeof(struct policy));
}

void
policy_free(struct policy *policy)
{
	struct policyrules_words *list;
	size_t i;

	if (policy == NULL)
		return;
	for (i = 0; i < POLICYRULES_LISTS; i++) {
		list = &policy->lists[i];
		while (list->count > 0)
			free(list->words[--list->count]);
		free(list->words);
	}
	free(policy);
}

static int
wrong(char *why, size_t size, const char *word, const char *reason)
{
	if (word == NULL)
		(void)strlcpy(why, reason, size);
	else
		(void)snprintf(why, size, "%.256s: %s",
		    *word != '\0' ? word : "\"\"", reason);
	return -1;
}

/* All of them or none. */
static int
add_to_list(struct policyrules_words *list, policyvalue_check *check,
    char *const *words, size_t nwords, char *why, size_t size)
{
	const size_t before = list->count;
	const char *reason;
	char **bigger;
	size_t i;

	for (i = 0; i < nwords; i++)
		if ((reason = check(words[i])) != NULL)
			return wrong(why, size, words[i], reason);
	bigger = reallocarray(list->words, before + nwords, sizeof(*bigger));
	if (bigger == NULL)
		return wrong(why, size, NULL, strerror(errno));
	list->words = bigger;
	for (i = 0; i < nwords; i++) {
		if ((bigger[before + i] = strdup(words[i])) == NULL)
			break;
		list->count++;
	}
	if (i == nwords)
		return 0;
	while (list->count > before)
		free(bigger[--list->count]);
	return wrong(why, size, NULL, strerror(ENOMEM));
}

static const char *
add_rate(struct policy *policy, const char *word)
{
	struct policyrules_rate rate;
	const char *reason = policyvalue_rate(word, &rate);

	if (reason != NULL)
		return reason;
	if (policy->nrates == POLICYRULES_RATES)
		return "more than eight rates";
	policy->rates[policy->nrates++] = rate;
	return NULL;
}

/* Of two limits the smaller one is what both allow. */
static const char *
add_limit(unsigned long *limit, const char *word)
{
	unsigned long number;
	const char *reason = policyvalue_number(word, &number);

	if (reason == NULL && (*limit == 0 || number < *limit))
		*limit = number;
	return reason;
}

static const char *
add_expiry(struct policy *policy, const char *word)
{
	time_t value;
	const char *reason = policyvalue_time(word, time(NULL), &value);

	if (reason != NULL)
		return reason;
	if (!policy->expires || value < policy->expire)
		policy->expire = value;
	policy->expires = 1;
	return NULL;
}

static const char *
add_special(struct policy *policy, int what, const char *word)
{
	switch (what) {
	case RATE:
		return add_rate(policy, word);
	case MAX_TOTAL:
		return add_limit(&policy->max_total, word);
	case MAX_PER_KEY:
		return add_limit(&policy->max_per_key, word);
	default:
		return add_expiry(policy, word);
	}
}

/* So that several words of Rate are all taken or none. */
static int
add_specials(struct policy *policy, int what, char *const *words,
    size_t nwords, char *why, size_t size)
{
	struct policy changed = *policy;
	const char *reason;
	size_t i;

	if (what != RATE && nwords != 1)
		return wrong(why, size, NULL, "more than one argument");
	for (i = 0; i < nwords; i++)
		if ((reason = add_special(&changed, what, words[i])) != NULL)
			return wrong(why, size, words[i], reason);
	*policy = changed;
	return 0;
}

int
policy_add(struct policy *policy, const char *keyword, char *const *words,
    size_t nwords, char *why, size_t size)
{
	const struct row *row = rows;

	while (row < rows + ROWS && strcasecmp(row->word.keyword, keyword) != 0)
		row++;
	if (row == rows + ROWS)
		return wrong(why, size, NULL, "unknown keyword");
	if (nwords == 0)
		return wrong(why, size, NULL, "missing argument");
	if (row->what >= POLICYRULES_LISTS)
		return add_specials(policy, row->what, words, nwords, why,
		    size);
	return add_to_list(&policy->lists[row->what], row->check, words,
	    nwords, why, size);
}

/* A line without its end.  Returns 0, or -1 with the word and the reason. */
static int
read_line(struct policy *policy, const char *line, char *why, size_t size)
{
	struct conflex lex;
	char reason[512];
	int r = conflex_split(line, &lex);

	if (r == -1 && errno == EINVAL)
		r = wrong(why, size, lex.keyword, "invalid quotes");
	else if (r == -1)
		r = wrong(why, size, NULL, strerror(errno));
	else if (r == 1 && (r = policy_add(policy, lex.keyword, lex.argv,
	    lex.argc, reason, sizeof(reason))) == -1)
		(void)wrong(why, size, lex.keyword, reason);
	conflex_free(&lex);
	return r;
}

/* Adds a mistake, if there is room for the whole of it. */
static void
complain(char *why, size_t size, const char *name, unsigned int line,
    const char *reason)
{
	const size_t have = strlen(why);
	const int n = snprintf(NULL, 0, "%s line %u: %s\n", name, line,
	    reason);

	if (n < 0 || (have != 0 && have + (size_t)n + 1 > size))
		return;
	(void)snprintf(why + have, size - have, "%s%s line %u: %s",
	    have != 0 ? "\n" : "", name, line, reason);
}

int
policy_read(struct policy *policy, const char *name, const char *text,
    size_t len, char *why, size_t size)
{
	const char *at = text, *end = text + len, *newline;
	char reason[1024], *line;
	unsigned int number = 0;
	int r = 0;

	*why = '\0';
	for (; at < end; at = newline + 1) {
		newline = memchr(at, '\n', (size_t)(end - at));
		if (newline == NULL)
			newline = end;
		number++;
		line = strndup(at, (size_t)(newline - at));
		if (line == NULL)
			(void)strlcpy(reason, strerror(errno), sizeof(reason));
		else if (strlen(line) != (size_t)(newline - at))
			(void)strlcpy(reason, "NUL: not a character",
			    sizeof(reason));
		else if (read_line(policy, line, reason,
		    sizeof(reason)) == 0) {
			free(line);
			continue;
		}
		complain(why, size, name, number, reason);
		free(line);
		r = -1;
	}
	return r;
}

static void
print_list(FILE *out, const char *keyword,
    const struct policyrules_words *list, int *failed)
{
	size_t i;
	char *quoted;

	if (list->count == 0)
		return;
	(void)fputs(keyword, out);
	for (i = 0; i < list->count; i++) {
		if ((quoted = conflex_quote(list->words[i])) == NULL) {
			*failed = 1;
			return;
		}
		(void)fprintf(out, " %s", quoted);
		free(quoted);
	}
	(void)fputc('\n', out);
}

const char *
policy_expiry(const struct policy *policy, char date[POLICY_DATE_SIZE])
{
	struct tm tm;

	if (!policy->expires || gmtime_r(&policy->expire, &tm) == NULL ||
	    strftime(date, POLICY_DATE_SIZE, "%Y%m%d%H%M%SZ", &tm) == 0)
		return NULL;
	return date;
}

static void
print_specials(FILE *out, const struct policy *policy)
{
	char date[POLICY_DATE_SIZE];
	size_t i;

	for (i = 0; i < policy->nrates; i++)
		(void)fprintf(out, "Rate %u/%u\n", policy->rates[i].count,
		    policy->rates[i].seconds);
	if (policy->max_total != 0)
		(void)fprintf(out, "MaxSignatures %lu\n", policy->max_total);
	if (policy->max_per_key != 0)
		(void)fprintf(out, "MaxSignaturesPerKey %lu\n",
		    policy->max_per_key);
	if (policy_expiry(policy, date) != NULL)
		(void)fprintf(out, "Expire %s\n", date);
}

char *
policy_print(const struct policy *policy)
{
	char *text = NULL;
	int failed = 0;
	size_t i, len;
	FILE *out;

	if ((out = open_memstream(&text, &len)) == NULL)
		return NULL;
	for (i = 0; i < ROWS; i++)
		if (rows[i].what < POLICYRULES_LISTS)
			print_list(out, rows[i].word.keyword,
			    &policy->lists[rows[i].what], &failed);
	print_specials(out, policy);
	failed |= ferror(out);
	if (fclose(out) == 0 && !failed)
		return text;
	free(text);
	errno = ENOMEM;
	return NULL;
}
