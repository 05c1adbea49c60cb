/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef VISIBLE_H
#define VISIBLE_H

struct json_object;

/* What came from outside, as it may be printed. */

/*
 * For a terminal: what is not printable ASCII as strvis(3) writes it, \ooo.
 * Returns a new string that the caller frees, or NULL with errno.
 */
char *visible_text(const char *text);

/* The same, with blanks: one word, as a table has it. */
char *visible_word(const char *text);

/*
 * As a JSON string.  JSON is UTF-8 (RFC 8259 section 8.1), and a command line
 * or a name need not be: what is not is written as visible_text() does, as far
 * as the locale (LC_CTYPE) can tell.  So is what a terminal may obey.
 * Returns an object that the caller owns, or NULL.
 */
struct json_object *visible_json(const char *text);

#endif
