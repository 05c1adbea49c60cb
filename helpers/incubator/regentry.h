/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef REGENTRY_H
#define REGENTRY_H

struct recordfile;
struct registry_entry;

/* An entry of the registry as a file: its name, and what is in it. */

#define REGENTRY_NAME_SIZE 40

/* The name: who keeps the session, "PID-START". */
void regentry_name(const struct registry_entry *entry,
    char name[REGENTRY_NAME_SIZE]);

/*
 * Read a name into "keeper" and "keeper_start".  Returns 0, or -1 for what
 * regentry_name() would not write.
 */
int regentry_read_name(const char *name, struct registry_entry *entry);

/* Returns a record that the caller frees, or NULL with errno. */
struct recordfile *regentry_print(const struct registry_entry *entry);

/*
 * Read the rest of an entry whose name has been read.  Its strings are the
 * record's, and none is NULL.
 * Returns 0, or -1 for what is no entry.
 */
int regentry_parse(const struct recordfile *rec, struct registry_entry *entry);

#endif
