/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONFREAD_H
#define CONFREAD_H

#include <sys/types.h>

#include <stddef.h>

#include "conflex.h"
#include "confmatch.h"
#include "conftable.h"

/* A directive, where it stands, and under which Match. */
struct confread_line {
	enum conftable_word word;
	const char *file;
	unsigned int line;
	size_t block;		/* index; 0 is what stands under no Match */
	struct conflex lex;	/* argv: as the directive wants them */
};

/* A Match line, or (the first) the beginning. */
struct confread_block {
	size_t parent;		/* must match as well; 0 for none */
	const char *file;
	unsigned int line;
	struct confmatch match;	/* nothing in it: it was not understood */
};

/*
 * A configuration as it was read: all of its lines, those of included files
 * where Include stood, and all that is wrong with them.
 */
struct confread {
	struct confread_line *lines;
	size_t nlines;
	struct confread_block *blocks;
	size_t nblocks;
	char **errors;		/* "FILE line N: WORD: reason" */
	size_t nerrors;
	char **files;		/* every one, by its name */
	size_t nfiles;
	char *folder;		/* Include's; NULL: nothing is included */
	uid_t owner;
};

/*
 * Read a file (see conffile_read() for "owner") and what it includes, with
 * patterns relative to its folder; or a text in place of it, which includes
 * nothing.  What is wrong is an entry of errors.
 * Return 0, or -1 with errno if there is no memory.  In both cases
 * confread_free() is to be called.
 */
int confread_file(struct confread *conf, const char *path, uid_t owner);
int confread_text(struct confread *conf, const char *name, const char *text,
    size_t len);

void confread_free(struct confread *conf);

#endif
