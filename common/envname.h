/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef ENVNAME_H
#define ENVNAME_H

/*
 * The tables of names of environment variables: whose name alone decides.
 * Each row has a pattern and, in words, what the variable would do.
 */
struct envname_row {
	const char *pattern;
	const char *reason;
};

/* Says whether it is a name, of [A-Za-z_][A-Za-z0-9_]*.  1 or 0. */
int envname_ok(const char *name);

/*
 * The floor (invariant I5): names by which ld.so, libc or a shell runs code.
 * Returns the row that matches, or NULL if the name is above it.
 */
const struct envname_row *envname_floor(const char *name);

/*
 * Names by which some other program runs code, reads a file or believes who
 * somebody is: refused unless they are named in full.
 * Returns the row that matches, or NULL.
 */
const struct envname_row *envname_unless_named(const char *name);

/* Names that are accepted by default.  Returns the row, or NULL. */
const struct envname_row *envname_default(const char *name);

#endif
