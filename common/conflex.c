/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The grammar is sshd's to the byte, because the administrator knows that
 * one: a line must not mean one thing there and another here.
 */

#include "config.h"
#include "conflex.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\r"

/*
 * Copy one word from *in to *out, both moved behind it, without its quotes.
 * Returns 0, or -1 if a quote is not closed.
 */
static int
copy_word(const char **in, char **out)
{
	const char *p = *in;
	char *to = *out, quote = '\0';

	for (; *p != '\0'; p++) {
		if (*p == '\\' && p[1] != '\0' && (strchr("'\"\\", p[1]) !=
		    NULL || (quote == '\0' && p[1] == ' ')))
			*to++ = *++p;
		else if (quote == '\0' && (*p == ' ' || *p == '\t'))
			break;
		else if (quote == '\0' && (*p == '"' || *p == '\''))
			quote = *p;
		else if (quote != '\0' && *p == quote)
			quote = '\0';
		else
			*to++ = *p;
	}
	*to++ = '\0';
	*in = p;
	*out = to;
	return quote == '\0' ? 0 : -1;
}

/*
 * How many words there may be: each but the last has a blank behind it.
 */
static size_t
words_at_most(const char *text)
{
	size_t n = 2;

	for (; *text != '\0'; text++)
		n += *text == ' ' || *text == '\t';
	return n;
}

static int
split_words(struct conflex *lex)
{
	const char *in = lex->rest;
	char *out;

	/* No word is longer than it was written; a NUL more at the end. */
	if ((lex->memory = malloc(strlen(in) + 1)) == NULL ||
	    (lex->argv = calloc(words_at_most(in), sizeof(char *))) == NULL)
		return -1;
	out = lex->memory;
	for (;;) {
		in += strspn(in, " \t");
		if (*in == '\0' || *in == '#')
			return 0;
		lex->argv[lex->argc] = out;
		if (copy_word(&in, &out) == -1) {
			errno = EINVAL;
			return -1;
		}
		lex->argc++;
	}
}

int
conflex_split(const char *line, struct conflex *lex)
{
	size_t len;
	char *p;

	memset(lex, 0, sizeof(*lex));
	line += strspn(line, BLANKS);
	len = strlen(line);
	while (len > 0 && strchr(BLANKS "\f\n", line[len - 1]) != NULL)
		len--;
	if (len == 0 || *line == '#')
		return 0;
	if ((lex->keyword = strndup(line, len)) == NULL)
		return -1;
	p = lex->keyword + strcspn(lex->keyword, BLANKS "=");
	if (*p != '\0') {
		int equals = *p == '=';

		*p++ = '\0';
		p += strspn(p, BLANKS);
		if (!equals && *p == '=') {
			p++;
			p += strspn(p, BLANKS);
		}
	}
	if ((lex->rest = strdup(p)) == NULL)
		return -1;
	return split_words(lex) == -1 ? -1 : 1;
}

void
conflex_free(struct conflex *lex)
{
	free(lex->keyword);
	free(lex->rest);
	free(lex->argv);
	free(lex->memory);
	memset(lex, 0, sizeof(*lex));
}

char *
conflex_quote(const char *word)
{
	char *text, *to;

	if (*word != '\0' && *word != '=' && *word != '#' &&
	    strpbrk(word, " \t\r\f\"'\\") == NULL)
		return strdup(word);
	if ((text = malloc(2 * strlen(word) + 3)) == NULL)
		return NULL;
	to = text;
	*to++ = '"';
	for (; *word != '\0'; word++) {
		if (*word == '"' || *word == '\\')
			*to++ = '\\';
		*to++ = *word;
	}
	*to++ = '"';
	*to = '\0';
	return text;
}
