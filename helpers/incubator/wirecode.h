/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef WIRECODE_H
#define WIRECODE_H

#include <stddef.h>

#include "pty.h"

/*
 * A request of the front's, and its form in bytes:
 *
 *	command		u8: is there one?  If so, a string
 *	environment	u32: how many; that many strings NAME=VALUE
 *	terminal	u8: is there one?  A string: its name, or ""
 *
 * A string is a u32 and that many bytes; numbers begin with their most
 * significant byte.  Nothing follows.
 */

/* The most that a request is, and the most that a string in it is. */
#define WIRECODE_MAX ((size_t)1024 * 1024)
/* With its NUL 128 KiB, which is what execve(2) takes. */
#define WIRECODE_STRING_MAX ((size_t)128 * 1024 - 1)

/*
 * What the front says; all of it claims (invariant I6).  An empty command is
 * none, which is a shell.  A command may hold any byte but NUL.
 */
struct wire_request {
	char *command;		/* or NULL */
	char **env;		/* nenv strings; when decoded, then a NULL */
	size_t nenv;
	int has_tty;
	char tty[PTY_NAME_SIZE];	/* "" if there is none, or not known */
	/* of a decoded one: all that the above points to */
	void *memory;
};

/*
 * The bytes of a request, in *bytes (which the caller frees) and *len.
 * Returns 0; or -1 with errno: E2BIG if a string or the whole is too long,
 * EINVAL for what wirecode_decode() would refuse.
 */
int wirecode_encode(const struct wire_request *req, void **bytes,
    size_t *len);

/*
 * The request in these bytes, of which nothing is needed afterwards.
 * Returns 0, and wirecode_free() is due; or -1 with errno (EPROTO, ENOMEM)
 * and the reason in words in "why", which holds nothing of the bytes.
 */
int wirecode_decode(const void *bytes, size_t len, struct wire_request *req,
    char *why, size_t size);

/* Free what wirecode_decode() made.  One that is all zero may be freed, too. */
void wirecode_free(struct wire_request *req);

#endif
