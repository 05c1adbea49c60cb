/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "pattern.h"

#include <stddef.h>

/*
 * On a mismatch only the last '*' has to take one byte more: what an earlier
 * one could take instead, the last one can take as well.  So there is no
 * recursion, and a pattern of many '*' costs no more than any other.
 */
int
pattern_match(const char *s, const char *pattern)
{
	const char *star = NULL, *resume = NULL;

	while (*s != '\0') {
		if (*pattern == '*') {
			star = ++pattern;
			resume = s;
		} else if (*pattern != '\0' &&
		    (*pattern == '?' || *pattern == *s)) {
			pattern++;
			s++;
		} else if (star != NULL) {
			pattern = star;
			s = ++resume;
		} else
			return 0;
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}
