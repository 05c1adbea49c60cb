/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef UNITPATH_H
#define UNITPATH_H

#include <sys/types.h>

/*
 * Which unit of systemd a process is in, by its control group.  The names say
 * what logind goes by as well; nothing here needs systemd.
 */

/* A longer path is refused. */
#define UNITPATH_SIZE 4096

/*
 * The path of the group that systemd keeps, from the text of /proc/PID/cgroup:
 * of the unified hierarchy; if the process is at the top of that one, of
 * "name=systemd", which is systemd's own where the unified one is not in use.
 * A container may see both and use the first alone.
 * "size" bytes at "buf" hold it with its NUL.
 * Returns 0, or -1 with errno: EINVAL (no such line), ENAMETOOLONG.
 */
int unitpath_parse(const char *text, char *buf, size_t size);

/*
 * The same for a process, below the group that the manager began in: its
 * container may show it paths of the host.  "/" is that group itself.
 * Returns 0, or -1 with errno (ENOENT: no such process).
 */
int unitpath_of(pid_t pid, char *buf, size_t size);

/*
 * Is that path in a user's slice or in the scope of a session, in the way
 * that logind looks for it: only slices may stand before the unit?  What a
 * user calls the groups below his own manager means nothing.  1 or 0.
 */
int unitpath_in_session(const char *path);

/* Is "unit" the innermost group of that path?  1 or 0. */
int unitpath_ends_in(const char *path, const char *unit);

#endif
