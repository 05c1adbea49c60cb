/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef RECORDDIR_H
#define RECORDDIR_H

#include <sys/types.h>

#include <stddef.h>

struct recordfile;

/*
 * Record files in a directory, which rundir.h has opened and checked.  The
 * name of one does not begin with '.' and has no '/' in it; what does begin
 * with '.' is being written, or is no record.
 */

/*
 * Write a record as a file of the directory; one that was there is replaced.
 * Who reads sees the old one or the new one, never a part.  The file is ours,
 * root's with root's group, with "mode", whatever the umask is.
 * Returns 0, or -1 with errno, and what was there is still there.
 */
int recorddir_write(int dir, const char *file, const struct recordfile *rec,
    mode_t mode);

/*
 * Read one.  It has to be a regular file with one name, of "owner", which
 * nobody else may write.
 * Returns a record that the caller frees, or NULL with errno: ENOENT, EPERM
 * for a file that is not trusted, EFBIG, EINVAL for one that is no record.
 */
struct recordfile *recorddir_read(int dir, const char *file, uid_t owner);

/* Returns 0, or -1 with errno. */
int recorddir_remove(int dir, const char *file);

struct recorddir_list {
	char **names;
	size_t count;
};

/*
 * The names of all, sorted, each once.  On success the caller frees them with
 * recorddir_list_free().
 * Returns 0, or -1 with errno and nothing to free.
 */
int recorddir_list(int dir, struct recorddir_list *list);
void recorddir_list_free(struct recorddir_list *list);

/*
 * Remove what writers left behind who were killed at it.  Only for who may
 * write in the directory, and in the pid namespace of the writers.
 * Returns 0, or -1 with errno.
 */
int recorddir_sweep(int dir);

#endif
