/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef OPTVALUE_H
#define OPTVALUE_H

#include <sys/types.h>

#include <stddef.h>

/*
 * The forms that options' values have.  Unless it says otherwise, a function
 * returns 0, or -1 if the text is not of the form.
 */

/* Decimal digits and nothing else; ids are 32 bits wide on Linux. */
int optvalue_id(const char *text, unsigned int *id);
/*
 * Ids with commas between them, none of them empty.  *list is the caller's to
 * free, after a failure as well, and is NULL when there was no memory.
 */
int optvalue_ids(const char *text, gid_t **list, size_t *count);
/* Words for yes and no in any case; NULL is yes. */
int optvalue_bool(const char *text, int *value);
/* How much of an agent: "yes", "filter", "no"; NULL is "yes". */
int optvalue_agent(const char *text, const char **word);
/* An absolute path, which is not copied. */
int optvalue_path(const char *text, const char **path);
/* Something that is written to a log, to PAM and to utmp?  1 or 0. */
int optvalue_is_printable(const char *text);

#endif
