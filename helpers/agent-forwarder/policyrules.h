/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef POLICYRULES_H
#define POLICYRULES_H

#include <stddef.h>
#include <time.h>

/* What is in a policy, for the rooms that hold something against it. */

enum policyrules_list {
	POLICYRULES_ALLOW_KEY,
	POLICYRULES_DENY_KEY,
	POLICYRULES_ALLOW_CA,
	POLICYRULES_ALLOW_PRINCIPAL,
	POLICYRULES_ALLOW_OPERATION,
	POLICYRULES_DENY_OPERATION,
	POLICYRULES_ALLOW_CLASS,
	POLICYRULES_ALLOW_USER,
	POLICYRULES_ALLOW_HOST,
	POLICYRULES_ALLOW_NAMESPACE,
	POLICYRULES_LISTS
};

#define POLICYRULES_RATES 8
/* The most signatures of one rate: each of them is remembered. */
#define POLICYRULES_RATE_MAX 1000

struct policyrules_words {
	char **words;
	size_t count;		/* 0: no line says it */
};

struct policyrules_rate {
	unsigned int count;	/* signatures ... */
	unsigned int seconds;	/* ... within that */
};

struct policy {
	struct policyrules_words lists[POLICYRULES_LISTS];
	struct policyrules_rate rates[POLICYRULES_RATES];
	size_t nrates;
	unsigned long max_total;	/* 0: no limit */
	unsigned long max_per_key;	/* the same */
	int expires;		/* "expire" counts */
	time_t expire;		/* the first second in which it is over */
};

#endif
