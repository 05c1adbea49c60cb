/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "usage.h"

#include <stdlib.h>
#include <string.h>

#include "policyrules.h"
#include "sshkey.h"

/* More than any agent has. */
#define KEYS_MAX 4096

struct used {
	char key[SSHKEY_FINGERPRINT_SIZE];
	unsigned long count;	/* never 0 */
};

struct usage {
	unsigned long total;
	struct used *keys;
	size_t nkeys;
	/* When the last ones were asked for, in a ring; NULL: no rate yet. */
	long long *times;
	size_t next;		/* where the next one goes */
	size_t ntimes;
};

struct usage *
usage_new(void)
{
	return calloc(1, sizeof(struct usage));
}

void
usage_free(struct usage *usage)
{
	if (usage == NULL)
		return;
	free(usage->keys);
	free(usage->times);
	free(usage);
}

static struct used *
find(const struct usage *usage, const char *key)
{
	size_t i;

	for (i = 0; i < usage->nkeys; i++)
		if (strcmp(usage->keys[i].key, key) == 0)
			return &usage->keys[i];
	return NULL;
}

/* Is the n-th last one so long ago that there may be another? */
static int
rate_kept(const struct usage *usage, const struct policyrules_rate *rate,
    long long now)
{
	size_t i;

	if (usage->ntimes < rate->count)
		return 1;
	i = (usage->next + POLICYRULES_RATE_MAX - rate->count) %
	    POLICYRULES_RATE_MAX;
	return now - usage->times[i] >= 1000LL * rate->seconds;
}

static const char *
check(const struct usage *usage, const struct policy *policy,
    const struct used *used, long long now)
{
	size_t i;

	if (policy->max_total != 0 && usage->total >= policy->max_total)
		return "there have been as many signatures as may be";
	if (policy->max_per_key != 0 && used != NULL &&
	    used->count >= policy->max_per_key)
		return "the key has signed as often as it may";
	for (i = 0; i < policy->nrates; i++)
		if (!rate_kept(usage, &policy->rates[i], now))
			return "too many signatures in this time";
	return NULL;
}

/* Room for one more of each.  Returns 0, or -1. */
static int
make_room(struct usage *usage, const struct policy *policy,
    const struct used *used)
{
	struct used *bigger;

	if (policy->nrates > 0 && usage->times == NULL) {
		usage->times = calloc(POLICYRULES_RATE_MAX,
		    sizeof(*usage->times));
		if (usage->times == NULL)
			return -1;
	}
	if (used != NULL)
		return 0;
	if (usage->nkeys == KEYS_MAX)
		return -1;
	bigger = reallocarray(usage->keys, usage->nkeys + 1, sizeof(*bigger));
	if (bigger == NULL)
		return -1;
	usage->keys = bigger;
	return 0;
}

const char *
usage_take(struct usage *usage, const struct policy *policy, const char *key,
    long long now)
{
	struct used *used = find(usage, key);
	const char *reason = check(usage, policy, used, now);

	if (reason != NULL)
		return reason;
	if (make_room(usage, policy, used) == -1)
		return "it cannot be counted";
	if ((used = find(usage, key)) == NULL) {
		used = &usage->keys[usage->nkeys++];
		memset(used, 0, sizeof(*used));
		(void)strlcpy(used->key, key, sizeof(used->key));
	}
	used->count++;
	usage->total++;
	if (policy->nrates > 0) {
		usage->times[usage->next] = now;
		usage->next = (usage->next + 1) % POLICYRULES_RATE_MAX;
		usage->ntimes += usage->ntimes < POLICYRULES_RATE_MAX;
	}
	return NULL;
}

void
usage_give_back(struct usage *usage, const char *key)
{
	struct used *used = find(usage, key);

	if (used == NULL)
		return;
	usage->total--;
	if (--used->count == 0)
		*used = usage->keys[--usage->nkeys];
}

unsigned long
usage_total(const struct usage *usage)
{
	return usage->total;
}
