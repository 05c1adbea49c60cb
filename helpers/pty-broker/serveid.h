/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SERVEID_H
#define SERVEID_H

#include <stddef.h>

/* The first line of a client of "serve": UUID:HEIGHT:WIDTH. */
struct serveid {
	char name[37];		/* the session's: the UUID in small letters */
	unsigned short rows;	/* 0 and 0: the size stays as it is */
	unsigned short cols;
};

/* More than any line that is one, its end included. */
#define SERVEID_MAX ((size_t)64)

/*
 * Take a line, without its newline, apart: exactly three parts, a UUID as
 * 8-4-4-4-12 hexadecimal digits, two decimal numbers that a window's size has
 * room for.  A carriage return at its end is no part of it.  Unless both
 * numbers are above 0, neither counts.
 * Returns 0; or -1 with the reason in words in *why, a static string.
 */
int serveid_parse(struct serveid *id, const char *line, size_t len,
    const char **why);

/*
 * Read the line from a descriptor, and not one byte of what follows it, which
 * is for whoever reads on.  Waits for it.
 * Returns 1; 0 if the client left without a byte; or -1 with *why.
 */
int serveid_read(struct serveid *id, int fd, const char **why);

#endif
