/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Input: a string, a NUL, a list: of patterns, and of addresses.  The first
 * is held against the list taken apart.
 */

#include "config.h"
#include "addrlist.h"
#include "pattern.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* Longer ones take time and show nothing else. */
#define LONGEST 4096

static int
by_parts(const char *s, char *list)
{
	int found = 0, negated;
	char *part;

	while (list != NULL && *list != '\0') {
		part = strsep(&list, ",");
		negated = *part == '!';
		part += negated;
		if (strlen(part) >= 1023)
			return 0;
		if (pattern_match(s, part)) {
			if (negated)
				return -1;
			found = 1;
		}
	}
	return found;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text, *list, why[32];
	size_t len;
	int found;

	if (size > LONGEST || (text = malloc(size + 1)) == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	len = strlen(text);
	/* a block of its own, for ASan to see its end */
	if ((list = strdup(len < size ? text + len + 1 : text)) == NULL)
		abort();
	found = addrlist_match(text, list);
	if (addrlist_check(list, why, sizeof(why)) == -1 &&
	    (found != 0 || memchr(why, '\0', sizeof(why)) == NULL))
		abort();
	/* of whose address something is known, all is known */
	if (found != 0 && addrlist_match(text, "0.0.0.0/0,::/0") != 1)
		abort();
	found = pattern_match_list(text, list);
	if (found != by_parts(text, list))
		abort();
	free(list);
	free(text);
	return 0;
}
