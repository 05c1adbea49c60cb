/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef USAGE_H
#define USAGE_H

#include <stddef.h>

struct policy;

/*
 * What has been signed by way of one upstream, over all connections to it,
 * for the limits of a policy.
 */
struct usage;

/* Returns a usage for usage_free(), or NULL with errno. */
struct usage *usage_new(void);
/* NULL is none. */
void usage_free(struct usage *usage);

/*
 * Ask for one more signature by the key of that fingerprint ("" for a key
 * that has none) at "now" (deadline_now()), and count it if it may be.  It
 * counts before it is made, so that many who ask at once get no more.
 * Returns NULL, or the reason why it may not be; static.
 */
const char *usage_take(struct usage *usage, const struct policy *policy,
    const char *key, long long now);

/*
 * The agent refused: nothing was signed after all.  For a rate it has counted
 * nevertheless, since the agent's user may have been asked.
 */
void usage_give_back(struct usage *usage, const char *key);

/* How many were made, or are being made. */
unsigned long usage_total(const struct usage *usage);

#endif
