/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONFFILE_H
#define CONFFILE_H

#include <sys/types.h>

#include <stddef.h>

/* More than any configuration has. */
#define CONFFILE_MAX_BYTES ((size_t)1024 * 1024)

/*
 * Read a file that only root, or "owner" besides him, can have written: it is
 * regular, his, and neither its group nor others may write it.  What is
 * checked is the descriptor that is read; folders above it are not looked at,
 * and links are followed, as sshd does.
 * Returns the text with a NUL behind it, for the caller to free, and its
 * length in *len; or NULL with the reason in "why", without the path.
 */
char *conffile_read(const char *path, uid_t owner, size_t *len, char *why,
    size_t size);

/* Paths, NULL at the end; see conffile_glob(). */
struct conffile_list {
	char **paths;
	size_t count;
};

/*
 * Find the files of a pattern as glob(3) has them, in its order; one that is
 * no absolute path is below "folder".  None is no error, but a folder that
 * cannot be read is.
 * Returns 0 with *list, for conffile_list_free(); or -1 with the reason.
 */
int conffile_glob(const char *folder, const char *pattern,
    struct conffile_list *list, char *why, size_t size);
void conffile_list_free(struct conffile_list *list);

#endif
