/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "conflimit.h"

#include <stdio.h>
#include <string.h>

#include "decimal.h"
#include "names.h"

static int
is_word(const char *text, size_t len, const char *word)
{
	return len == strlen(word) && memcmp(text, word, len) == 0;
}

static int
read_value(const char *text, size_t len, rlim_t *value)
{
	uint64_t number;

	if (is_word(text, len, "unlimited") ||
	    is_word(text, len, "infinity")) {
		*value = RLIM_INFINITY;
		return 0;
	}
	/* the number of "infinity" is no number */
	if (decimal_read(text, len, RLIM_INFINITY - 1, &number) == -1)
		return -1;
	*value = (rlim_t)number;
	return 0;
}

/* SOFT[:HARD].  Returns NULL, or the reason. */
static const char *
read_values(const char *text, struct plan_limit *limit)
{
	size_t len = strcspn(text, ":");

	if (len == 0 || (text[len] == ':' && text[len + 1] == '\0'))
		return "a number is missing";
	if (read_value(text, len, &limit->soft) == -1)
		return "the soft limit is not a number";
	limit->hard = limit->soft;
	if (text[len] == '\0')
		return NULL;
	text += len + 1;
	if (read_value(text, strlen(text), &limit->hard) == -1)
		return "the hard limit is not a number";
	if (limit->soft > limit->hard)
		return "the soft limit is above the hard one";
	return NULL;
}

int
conflimit_read(const char *text, struct plan_limit *limit, char *why,
    size_t size)
{
	const size_t len = strcspn(text, "=");
	struct plan_limit result;
	unsigned int resource;
	const char *reason;

	if (len == 0) {
		(void)strlcpy(why, "a resource is missing", size);
		return -1;
	}
	if (names_find(NAMES_LIMIT, text, len, &resource) == -1) {
		(void)snprintf(why, size, "not a resource: %.*s",
		    len < 64 ? (int)len : 64, text);
		return -1;
	}
	result.resource = (int)resource;
	reason = text[len] == '\0' ? "a number is missing" :
	    read_values(text + len + 1, &result);
	if (reason != NULL) {
		(void)strlcpy(why, reason, size);
		return -1;
	}
	*limit = result;
	return 0;
}
