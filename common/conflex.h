/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONFLEX_H
#define CONFLEX_H

#include <stddef.h>

/* A line of a configuration, taken apart as sshd takes one of sshd_config. */
struct conflex {
	char *keyword;
	char *rest;		/* all behind it, as it stands there */
	char **argv;		/* the same in words; NULL at the end */
	size_t argc;
	char *memory;		/* where the words are */
};

/*
 * Split a line: a keyword, blanks or one '=', words with blanks between them.
 * Within a word "..." and '...' hold blanks; a backslash stands before a
 * quote, a backslash or, outside of quotes, a blank, and is itself before
 * everything else.  '#' where the keyword or a word would begin ends the line.
 * Returns 1 with *lex, for conflex_free(); 0 for a line without a word; -1
 * with errno, EINVAL for a quote that is not closed (*lex then has the
 * keyword, and is to be freed too).
 */
int conflex_split(const char *line, struct conflex *lex);
void conflex_free(struct conflex *lex);

/*
 * Write a word so that conflex_split() reads it back: as it is, or in quotes.
 * Returns a string for the caller to free, or NULL with errno.
 */
char *conflex_quote(const char *word);

#endif
