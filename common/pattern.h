/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef PATTERN_H
#define PATTERN_H

/*
 * Match the whole of "s" against "pattern": '*' is any run of bytes, the
 * empty one included, '?' is exactly one byte, everything else is itself
 * (ssh_config(5) PATTERNS).  No escapes, no classes, case matters, and an
 * empty pattern matches the empty string only.  Time is at most the product
 * of the two lengths.  Returns 1 for a match, else 0.
 */
int pattern_match(const char *s, const char *pattern);

/*
 * Match "s" against patterns with commas between them, as OpenSSH's
 * match_pattern_list() does.  One with a '!' before it forbids what it
 * matches, at once and wherever it stands; alone it allows nothing.  A
 * pattern of 1023 bytes or more ends the search: no match, unless one before
 * it has forbidden.
 * Returns 1 for a match, -1 if forbidden, else 0.
 */
int pattern_match_list(const char *s, const char *list);

#endif
