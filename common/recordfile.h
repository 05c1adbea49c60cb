/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef RECORDFILE_H
#define RECORDFILE_H

#include <stddef.h>
#include <stdint.h>

/*
 * What one process of root's leaves for another: NAME=VALUE lines, each name
 * once.  A name is capital letters, digits and '_', a letter first.  A value
 * holds any byte but NUL; in the text a backslash and what is not printable
 * ASCII stand as \ooo.  This is the text; recorddir.h has the files.
 */
struct recordfile;

#define RECORDFILE_MAX_BYTES 65536	/* of the text */
#define RECORDFILE_MAX_LINES 64
#define RECORDFILE_MAX_NAME 32

/*
 * An empty one, to be freed by the caller.  Returns NULL with errno ENOMEM.
 */
struct recordfile *recordfile_new(void);
void recordfile_free(struct recordfile *rec);		/* NULL is fine */

/*
 * Set a value, which is copied; one that was there is replaced.
 * Returns 0, or -1 with errno and the record as it was: EINVAL for a name
 * that is none, E2BIG for one line too many, ENOMEM.
 */
int recordfile_set(struct recordfile *rec, const char *name,
    const char *value);
int recordfile_set_number(struct recordfile *rec, const char *name,
    uint64_t value);

/*
 * The value of a name, which the record owns until it is set anew or freed;
 * NULL if there is none.
 */
const char *recordfile_get(const struct recordfile *rec, const char *name);

/*
 * A value that is a number, in decimal digits and up to "max".
 * Returns 0 with it in *value, or -1 with errno: ENOENT if the name is not
 * there, EINVAL if the value is no such number.
 */
int recordfile_number(const struct recordfile *rec, const char *name,
    uint64_t max, uint64_t *value);

/*
 * The text, in the order in which names were set first; *len bytes and a NUL,
 * which is not counted.  The caller frees it.
 * Returns NULL with errno: EINVAL for an empty record, EFBIG, ENOMEM.
 */
char *recordfile_print(const struct recordfile *rec, size_t *len);

/*
 * Read a text of "len" bytes.  Names that nobody knows are kept: a newer
 * version may have written it.  Everything else is as recordfile_print()
 * writes it, to the byte.
 * Returns a record that the caller frees, or NULL with errno: EINVAL, EFBIG,
 * E2BIG, ENOMEM.
 */
struct recordfile *recordfile_parse(const char *text, size_t len);

#endif
