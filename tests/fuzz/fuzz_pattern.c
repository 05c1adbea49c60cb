/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* Input: a string, a NUL, a pattern. */

#include "config.h"
#include "pattern.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* Longer ones take time and show nothing else. */
#define LONGEST 4096

/* A second way to the same answer: row by row of a table. */
static int
by_table(const char *s, const char *pattern)
{
	static unsigned char row[LONGEST + 2];
	size_t i, n = strlen(s);
	unsigned char left, above;

	memset(row, 0, n + 1);
	row[0] = 1;
	for (; *pattern != '\0'; pattern++) {
		left = row[0];	/* the row above, one to the left */
		row[0] = row[0] && *pattern == '*';
		for (i = 1; i <= n; i++) {
			above = row[i];
			if (*pattern == '*')
				row[i] = above || row[i - 1];
			else
				row[i] = left && (*pattern == '?' ||
				    *pattern == s[i - 1]);
			left = above;
		}
	}
	return row[n];
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text, *pattern = NULL;
	size_t len;

	if (size > LONGEST || (text = malloc(size + 1)) == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	len = strlen(text);
	/* a block of its own, for ASan to see its end */
	pattern = strdup(len < size ? text + len + 1 : text);
	if (pattern != NULL &&
	    pattern_match(text, pattern) != by_table(text, pattern))
		abort();
	if (!pattern_match(text, "*"))
		abort();
	free(pattern);
	free(text);
	return 0;
}
