/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef TERMS_H
#define TERMS_H

#include <stddef.h>

struct recordfile;

/*
 * What a server of a stable path has from the login that made it, and others
 * can only ask for.  Times are in ms.
 */
struct terms {
	int timeout_ms;		/* -1, as with the next two: not said */
	int list_ms;
	int sign_ms;
	unsigned int connections;	/* 0: not said */
	const char *audit_file;		/* NULL: none, or not said */
};

/* Is anything said at all?  1 or 0. */
int terms_said(const struct terms *terms);

/* A server's, all of which are said.  Returns 0, or -1 with errno. */
int terms_tell(const struct terms *terms, struct recordfile *rec);

/*
 * What of the login's wishes a server has otherwise, by such a record, as the
 * options that would say what it has: "--timeout 5, no --audit-file".  What an
 * older server does not tell is not compared.
 * Returns 1; or 0 if there is nothing, and "line" is empty.
 */
int terms_differ(const struct terms *wish, const struct recordfile *rec,
    char *line, size_t size);

#endif
