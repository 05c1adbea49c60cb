/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "confcaps.h"

#include <sys/prctl.h>

#include <stdio.h>
#include <string.h>

#include "names.h"

/* What can be had at all: of the running kernel, and in our bounding set. */
static uint64_t
known(void)
{
	uint64_t caps = 0;
	unsigned int n;
	int r;

	for (n = 0; n <= NAMES_CAPABILITY_MAX; n++) {
		r = prctl(PR_CAPBSET_READ, (unsigned long)n, 0, 0, 0);
		if (r == -1)
			break;
		caps |= (uint64_t)(r == 1) << n;
	}
	return caps;
}

static int
is_signed(const char *word, size_t len)
{
	return len > 0 && (word[0] == '+' || word[0] == '-');
}

/* Apply one element to the set. */
static int
apply(const char *word, size_t len, uint64_t all, uint64_t *caps)
{
	const int has_sign = is_signed(word, len);
	const int remove = has_sign && word[0] == '-';
	uint64_t mask;
	unsigned int n;

	if (has_sign) {
		word++;
		len--;
	}
	/* what is removed may be unknown to the kernel */
	if (len == 3 && memcmp(word, "all", 3) == 0)
		mask = remove ? UINT64_MAX : all;
	else if (names_find(NAMES_CAPABILITY, word, len, &n) == 0)
		mask = UINT64_C(1) << n;
	else
		return -1;
	if (remove)
		*caps &= ~mask;
	else
		*caps |= mask;
	return 0;
}

int
confcaps_read(enum confcaps_set set, const char *list, uint64_t *caps,
    char *why, size_t size)
{
	const uint64_t all = set == CONFCAPS_BOUNDING ? UINT64_MAX : known();
	uint64_t result = 0;
	size_t len;

	if (strcmp(list, "none") == 0) {
		*caps = 0;
		return 0;
	}
	if (set == CONFCAPS_BOUNDING && is_signed(list, strlen(list)))
		result = UINT64_MAX;
	for (;; list += len + 1) {
		len = strcspn(list, ",");
		if (len == 0) {
			(void)strlcpy(why, "a capability is missing", size);
			return -1;
		}
		if (apply(list, len, all, &result) == -1) {
			(void)snprintf(why, size, "not a capability: %.*s",
			    len < 64 ? (int)len : 64, list);
			return -1;
		}
		if (list[len] == '\0')
			break;
	}
	*caps = result;
	return 0;
}
