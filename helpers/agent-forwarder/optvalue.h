/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef OPTVALUE_H
#define OPTVALUE_H

#include <sys/types.h>

/*
 * The values of options.  All return NULL, or why the text is none, a static
 * string.
 */

/* Seconds, to be ms: 0 for none, at most 20 days. */
const char *optvalue_seconds(const char *text, int *ms);

/* How many: 1 to 65536. */
const char *optvalue_count(const char *text, unsigned int *count);

/* A descriptor that is open. */
const char *optvalue_descriptor(const char *text, int *fd);

/* A user's number. */
const char *optvalue_uid(const char *text, uid_t *uid);

/* required, or nothing (NULL): 1 or 0. */
const char *optvalue_audit(const char *text, int *required);

/* An absolute path. */
const char *optvalue_path(const char *text, const char **path);

/* The name of a stable agent. */
const char *optvalue_name(const char *text, const char **name);

#endif
