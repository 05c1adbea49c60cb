/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef POLICY_H
#define POLICY_H

#include <stddef.h>

/*
 * What of an agent is let through.  Directives of one name add up; those of
 * different names must all be satisfied.  agent-forwarder(1) explains each.
 */
struct policy;

/*
 * The default: "list", "sign" and "query" pass, for every key and whatever is
 * signed; what changes an agent or loads something into it is refused.
 * session-bind@openssh.com passes always.
 * Returns a policy for policy_free(), or NULL with errno.
 */
struct policy *policy_new(void);
/* NULL is no policy. */
void policy_free(struct policy *policy);

/*
 * Add a directive: its keyword, upper or lower case, and its words, which are
 * copied.
 * Returns 0; or -1 with the reason in "why", the word before it if one is
 * wrong, and then the policy is as it was.
 */
int policy_add(struct policy *policy, const char *keyword,
    char *const *words, size_t nwords, char *why, size_t size);

/*
 * Add the directives of a text: one a line, in the grammar of
 * incubator.conf(5), without Match and Include.
 * Returns 0; or -1 if anything is wrong, with all mistakes in "why" as lines
 * "NAME line N: WORD: reason" with newlines between them, as far as they fit.
 * Who gets -1 must not use the policy.
 */
int policy_read(struct policy *policy, const char *name, const char *text,
    size_t len, char *why, size_t size);

/*
 * The policy as such a text, which read back is the same policy; times are
 * absolute.  Returns a string for the caller to free, or NULL with errno.
 */
char *policy_print(const struct policy *policy);

/*
 * When it ends, as policy_print() has it.  Returns "date", or NULL if it never
 * does.
 */
#define POLICY_DATE_SIZE 32
const char *policy_expiry(const struct policy *policy,
    char date[POLICY_DATE_SIZE]);

/* A directive, and the option that is the same with one word. */
struct policy_word {
	const char *keyword;	/* "AllowKey" */
	const char *option;	/* "allow-key" */
	const char *argument;	/* what a word is: "FINGERPRINT" */
};

/* The i-th, or NULL behind the last one. */
const struct policy_word *policy_word(size_t i);

#endif
