/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The kernel refuses what is wrong here, too, but with EINVAL for all of it,
 * and when the session has begun.
 */

#include "config.h"
#include "confmap.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decimal.h"

/* (uid_t)-1: chown(2) and setresuid(2) take it for "leave it". */
#define NO_ID UINT64_C(4294967295)

/* 64 bits wide, so that no sum wraps. */
struct range {
	uint64_t inside, outside, count;
};

/* "len" bytes of INSIDE:OUTSIDE:COUNT.  Returns NULL, or the reason. */
static const char *
read_range(const char *text, size_t len, struct range *range)
{
	uint64_t *const numbers[] = { &range->inside, &range->outside,
		&range->count };
	const char *colon;
	size_t i, n;

	for (i = 0; i < 3; i++) {
		colon = memchr(text, ':', len);
		/* a colon after the first two, and none after the third */
		if ((colon != NULL) != (i < 2))
			return "a range is INSIDE:OUTSIDE:COUNT";
		n = colon != NULL ? (size_t)(colon - text) : len;
		if (n == 0)
			return "a number is missing";
		/* of all ids there are so many; none of them is this */
		if (decimal_read(text, n, NO_ID, numbers[i]) == -1)
			return "not a number up to 4294967295";
		if (colon != NULL) {
			text += n + 1;
			len -= n + 1;
		}
	}
	if (range->count == 0)
		return "a range of no ids";
	if (range->inside + range->count > NO_ID ||
	    range->outside + range->count > NO_ID)
		return "a range ends above 4294967294";
	return NULL;
}

static int
overlap(uint64_t a, uint64_t na, uint64_t b, uint64_t nb)
{
	return a < b + nb && b < a + na;
}

/* Returns NULL with *count ranges, or the reason. */
static const char *
read_ranges(const char *text, struct range *ranges, size_t *count)
{
	struct range *range;
	const char *reason;
	size_t i, len, n;

	for (n = 0;; text += len + 1) {
		if (n == CONFMAP_RANGES)
			return "more than 340 ranges";
		len = strcspn(text, ",");
		range = &ranges[n];
		if ((reason = read_range(text, len, range)) != NULL)
			return reason;
		for (i = 0; i < n; i++) {
			if (overlap(ranges[i].inside, ranges[i].count,
			    range->inside, range->count))
				return "two ranges overlap inside";
			if (overlap(ranges[i].outside, ranges[i].count,
			    range->outside, range->count))
				return "two ranges overlap outside";
		}
		n++;
		if (text[len] == '\0')
			break;
	}
	*count = n;
	return NULL;
}

/* Returns 0, or -1 if there is more text than the kernel takes. */
static int
print_ranges(const struct range *ranges, size_t count, char *text)
{
	size_t i, at = 0;
	int n;

	for (i = 0; i < count; i++) {
		n = snprintf(text + at, CONFMAP_BYTES + 1 - at,
		    "%u %u %u\n", (unsigned int)ranges[i].inside,
		    (unsigned int)ranges[i].outside,
		    (unsigned int)ranges[i].count);
		if (n < 0 || (size_t)n > CONFMAP_BYTES - at)
			return -1;
		at += (size_t)n;
	}
	return 0;
}

int
confmap_read(const char *text, char **map, char *why, size_t size)
{
	struct range ranges[CONFMAP_RANGES];
	char lines[CONFMAP_BYTES + 1];
	const char *reason;
	size_t count = 0;

	reason = read_ranges(text, ranges, &count);
	if (reason == NULL && print_ranges(ranges, count, lines) == -1)
		reason = "more text than the kernel takes";
	if (reason == NULL) {
		char *copy = strdup(lines);

		if (copy != NULL) {
			*map = copy;
			return 0;
		}
		reason = "out of memory";
	}
	(void)strlcpy(why, reason, size);
	return -1;
}

int
confmap_inside(const char *map, unsigned int outside, unsigned int *inside)
{
	unsigned long first, from, count;
	char *end;

	while (map != NULL && *map != '\0') {
		first = strtoul(map, &end, 10);
		from = strtoul(end, &end, 10);
		count = strtoul(end, &end, 10);
		if (*end != '\n')
			return -1;
		/* no sum: a long may have 32 bits */
		if (outside >= from && outside - from < count) {
			*inside = (unsigned int)(first + (outside - from));
			return 0;
		}
		map = end + 1;
	}
	return -1;
}
