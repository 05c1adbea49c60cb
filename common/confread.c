/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * From text to lines that are known to be right.  All mistakes are found in
 * one reading, whether or not their line would come into use, and who uses
 * the lines does so only if there was none.
 */

#include "config.h"
#include "confread.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conffile.h"

#define DEPTH_MAX 16		/* sshd's, of files that include files */
#define FILES_MAX 256		/* ours: one that includes itself twice */
#define ERRORS_MAX 100

/* Where the reader is. */
struct place {
	const char *file;
	unsigned int line;	/* 0: not in it yet */
	size_t base;		/* the block that the file began in */
	size_t block;		/* the one that it is in now */
	int depth;
};

/* Make room for one element more.  Returns NULL with errno. */
static void *
grow(void *list, size_t count, size_t size)
{
	/* at powers of two */
	if ((count & (count - 1)) != 0)
		return list;
	return reallocarray(list, count == 0 ? 1 : 2 * count, size);
}

static int
keep(char ***list, size_t *count, char *text)
{
	char **bigger;

	if (text == NULL ||
	    (bigger = grow(*list, *count, sizeof(*bigger))) == NULL) {
		free(text);
		return -1;
	}
	*list = bigger;
	bigger[(*count)++] = text;
	return 0;
}

static int complain(struct confread *, const struct place *, const char *,
    const char *) __attribute__((warn_unused_result));

/* Note what is wrong with which word.  Returns 0, or -1 without memory. */
static int
complain(struct confread *conf, const struct place *at, const char *word,
    const char *reason)
{
	char *text;
	int n;

	if (conf->nerrors > ERRORS_MAX)
		return 0;
	if (conf->nerrors == ERRORS_MAX)
		n = asprintf(&text, "%s: too many mistakes", at->file);
	else if (at->line == 0)
		n = asprintf(&text, "%s: %s", at->file, reason);
	else
		n = asprintf(&text, "%s line %u: %.256s: %s", at->file,
		    at->line, *word != '\0' ? word : "\"\"", reason);
	return n == -1 ? -1 : keep(&conf->errors, &conf->nerrors, text);
}

/* Append a block.  Returns 0 with its index in *block. */
static int
add_block(struct confread *conf, const struct place *at, size_t *block)
{
	struct confread_block *bigger;

	bigger = grow(conf->blocks, conf->nblocks, sizeof(*bigger));
	if (bigger == NULL)
		return -1;
	conf->blocks = bigger;
	*block = conf->nblocks++;
	memset(&bigger[*block], 0, sizeof(*bigger));
	bigger[*block].parent = at->base;
	bigger[*block].file = at->file;
	bigger[*block].line = at->line;
	return 0;
}

static int
take_match(struct confread *conf, struct place *at, const struct conflex *lex)
{
	char why[256];

	if (add_block(conf, at, &at->block) == -1)
		return -1;
	if (confmatch_parse(lex->argv, lex->argc,
	    &conf->blocks[at->block].match, why, sizeof(why)) == 0)
		return 0;
	return complain(conf, at, lex->keyword, why);
}

/* Does a Match that is in force ask who the user will be? */
static int
asks_for_user(const struct confread *conf, size_t block)
{
	for (; block != 0; block = conf->blocks[block].parent)
		if (confmatch_asks(&conf->blocks[block].match,
		    CONFMATCH_LOCAL_USER))
			return 1;
	return 0;
}

/* Takes the words over. */
static int
add_line(struct confread *conf, const struct place *at,
    enum conftable_word word, struct conflex *lex)
{
	struct confread_line *bigger;

	bigger = grow(conf->lines, conf->nlines, sizeof(*bigger));
	if (bigger == NULL)
		return -1;
	conf->lines = bigger;
	bigger += conf->nlines++;
	bigger->word = word;
	bigger->file = at->file;
	bigger->line = at->line;
	bigger->block = at->block;
	bigger->lex = *lex;
	memset(lex, 0, sizeof(*lex));
	return 0;
}

static int
take_directive(struct confread *conf, const struct place *at,
    struct conflex *lex)
{
	enum conftable_word word;
	unsigned int flags;
	char why[512];

	if (conftable_find(lex->keyword, &word) == -1)
		return complain(conf, at, lex->keyword, "unknown keyword");
	flags = conftable_row(word)->flags;
	if (lex->argc == 0)
		return complain(conf, at, lex->keyword, "missing argument");
	if ((flags & CONFTABLE_WHO) != 0 && asks_for_user(conf, at->block))
		return complain(conf, at, lex->keyword,
		    "not under a Match that asks for LocalUser");
	if ((flags & CONFTABLE_REST) != 0) {
		lex->argv[0] = lex->rest;
		lex->argc = 1;
	}
	if (conftable_check(word, lex->argv, lex->argc, why,
	    sizeof(why)) == -1)
		return complain(conf, at, lex->keyword, why);
	return add_line(conf, at, word, lex);
}

static int take_include(struct confread *, const struct place *,
    const struct conflex *);

static int
take_line(struct confread *conf, struct place *at, const char *line)
{
	struct conflex lex;
	int r = conflex_split(line, &lex);

	if (r == -1 && errno == EINVAL)
		r = complain(conf, at, lex.keyword, "invalid quotes");
	else if (r == 1 && strcasecmp(lex.keyword, "Include") == 0)
		r = take_include(conf, at, &lex);
	else if (r == 1 && strcasecmp(lex.keyword, "Match") == 0)
		r = take_match(conf, at, &lex);
	else if (r == 1)
		r = take_directive(conf, at, &lex);
	conflex_free(&lex);
	return r;
}

/* The text is written into. */
static int
take_text(struct confread *conf, struct place *at, char *text, size_t len)
{
	char *end = text + len, *line, *newline;
	int r = 0;

	for (line = text; r == 0 && line < end; line = newline + 1) {
		newline = memchr(line, '\n', (size_t)(end - line));
		if (newline == NULL)
			newline = end;
		*newline = '\0';
		at->line++;
		if (memchr(line, '\0', (size_t)(newline - line)) != NULL)
			r = complain(conf, at, "NUL", "not a character");
		else
			r = take_line(conf, at, line);
	}
	return r;
}

/*
 * A file within another: "from" is where the other is, and the name that is
 * told if this one cannot be read; NULL for the first one.
 */
static int
take_file(struct confread *conf, const struct place *from, const char *path)
{
	struct place at = { .file = NULL };
	char why[256], *text;
	size_t len;
	int r;

	if (from != NULL) {
		at.depth = from->depth + 1;
		at.base = at.block = from->block;
		if (at.depth > DEPTH_MAX)
			return complain(conf, from, path,
			    "too many files within files");
		if (conf->nfiles >= FILES_MAX)
			return complain(conf, from, path, "too many files");
	}
	if (keep(&conf->files, &conf->nfiles, strdup(path)) == -1)
		return -1;
	at.file = conf->files[conf->nfiles - 1];
	text = conffile_read(path, conf->owner, &len, why, sizeof(why));
	if (text == NULL)
		return from != NULL ? complain(conf, from, path, why) :
		    complain(conf, &at, path, why);
	r = take_text(conf, &at, text, len);
	free(text);
	return r;
}

static int
take_pattern(struct confread *conf, const struct place *at,
    const char *pattern)
{
	struct conffile_list list;
	char why[256];
	size_t i;
	int r = 0;

	/* A shell's word for a home, and whose would it be? */
	if (*pattern == '\0' || *pattern == '~')
		return complain(conf, at, "Include", "not the name of a file");
	if (conf->folder == NULL)
		return complain(conf, at, "Include", "there are no files");
	if (conffile_glob(conf->folder, pattern, &list, why,
	    sizeof(why)) == -1)
		return complain(conf, at, pattern, why);
	for (i = 0; r == 0 && i < list.count; i++)
		r = take_file(conf, at, list.paths[i]);
	conffile_list_free(&list);
	return r;
}

static int
take_include(struct confread *conf, const struct place *at,
    const struct conflex *lex)
{
	size_t i;
	int r = 0;

	if (lex->argc == 0)
		return complain(conf, at, lex->keyword, "missing argument");
	for (i = 0; r == 0 && i < lex->argc; i++)
		r = take_pattern(conf, at, lex->argv[i]);
	return r;
}

static int
begin(struct confread *conf, uid_t owner)
{
	const struct place at = { .file = NULL };
	size_t block;

	memset(conf, 0, sizeof(*conf));
	conf->owner = owner;
	return add_block(conf, &at, &block);
}

int
confread_file(struct confread *conf, const char *path, uid_t owner)
{
	const char *slash = strrchr(path, '/');

	if (begin(conf, owner) == -1)
		return -1;
	if (slash == NULL)
		conf->folder = strdup(".");
	else if (slash == path)
		conf->folder = strdup("/");
	else
		conf->folder = strndup(path, (size_t)(slash - path));
	if (conf->folder == NULL)
		return -1;
	return take_file(conf, NULL, path);
}

int
confread_text(struct confread *conf, const char *name, const char *text,
    size_t len)
{
	struct place at = { .file = NULL };
	char *copy;
	int r;

	if (begin(conf, 0) == -1 ||
	    keep(&conf->files, &conf->nfiles, strdup(name)) == -1)
		return -1;
	at.file = conf->files[0];
	if ((copy = malloc(len + 1)) == NULL)
		return -1;
	memcpy(copy, text, len);
	copy[len] = '\0';
	r = take_text(conf, &at, copy, len);
	free(copy);
	return r;
}

static void
free_list(char **list, size_t count)
{
	while (count > 0)
		free(list[--count]);
	free(list);
}

void
confread_free(struct confread *conf)
{
	size_t i;

	for (i = 0; i < conf->nlines; i++)
		conflex_free(&conf->lines[i].lex);
	free(conf->lines);
	for (i = 0; i < conf->nblocks; i++)
		confmatch_free(&conf->blocks[i].match);
	free(conf->blocks);
	free_list(conf->errors, conf->nerrors);
	free_list(conf->files, conf->nfiles);
	free(conf->folder);
	memset(conf, 0, sizeof(*conf));
}
