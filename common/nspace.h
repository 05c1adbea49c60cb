/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef NSPACE_H
#define NSPACE_H

#include <sys/types.h>

struct plan_step;

/*
 * Namespaces (namespaces(7)), as unshare(1) makes them.  Plain system calls
 * only: a child calls these between its birth and its exec.
 * Each returns 0; or -1 with errno, and *detail saying which part of the step
 * failed, a static string, or NULL.
 */

/*
 * What a process does that finds itself in new namespaces: the mounts of a
 * mount namespace become private, so that nothing it mounts is seen outside.
 */
int nspace_settle(unsigned int namespaces, const char **detail);

int nspace_unshare(unsigned int namespaces, const char **detail);

/*
 * Open a process's directory in proc(5), 0 for this one.  It stays that
 * process's, whatever becomes of the number.
 * Returns a descriptor, close-on-exec, or -1 with errno.
 */
int nspace_open_process(pid_t pid);

/*
 * Write the maps of a PLAN_MAP_IDS step (user_namespaces(7)) for the process
 * that was opened as "dir"; -1 is ENOENT.
 */
int nspace_map(const struct plan_step *step, int dir, const char **detail);

/* The same for this process. */
int nspace_map_self(const struct plan_step *step, const char **detail);

/* A new proc(5) of this pid namespace. */
int nspace_mount_proc(const char *path);

/*
 * Change the root directory as a PLAN_CHROOT step says, and go there: a
 * directory that was open outside would be a way out.  If "trusted", each
 * component of the path must be a directory of root's that nobody else can
 * write, and no symbolic link, as for sshd_config(5)'s ChrootDirectory.  With
 * "pivot" what is outside is unmounted, so that there is nothing to return to
 * for who has CAP_SYS_CHROOT.
 */
int nspace_chroot(const struct plan_step *step, const char **detail);

#endif
