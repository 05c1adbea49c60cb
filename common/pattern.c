/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "pattern.h"

#include <stddef.h>
#include <string.h>

/* A test counts the steps: time is what it promises about, not the clock. */
#ifndef PATTERN_STEP
#define PATTERN_STEP() ((void)0)
#endif

/* sshd's: a longer one in a list ends the list without a match. */
#define SUB_MAX_BYTES 1023

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
		PATTERN_STEP();
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

int
pattern_match_list(const char *s, const char *list)
{
	char sub[SUB_MAX_BYTES + 1];
	int negated, positive = 0;
	size_t len;

	/* Not up to the NUL: after a last comma there is no empty pattern. */
	while (*list != '\0') {
		if ((negated = *list == '!'))
			list++;
		if ((len = strcspn(list, ",")) >= SUB_MAX_BYTES)
			return 0;
		memcpy(sub, list, len);
		sub[len] = '\0';
		list += len;
		if (*list == ',')
			list++;
		if (!pattern_match(s, sub))
			continue;
		if (negated)
			return -1;
		positive = 1;
	}
	return positive;
}
