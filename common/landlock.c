/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Landlock (landlock(7), Linux 5.13).  Each version of the kernel's interface
 * can forbid more; all that the running one can for files is forbidden.
 * The structures are written out because libc has no wrappers, and the headers
 * of a distribution can be older than its kernel.
 */

#include "config.h"
#include "landlock.h"

#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "planstep.h"
#include "walk.h"

#ifdef SYS_landlock_create_ruleset
#define CREATE_RULESET SYS_landlock_create_ruleset
#define ADD_RULE SYS_landlock_add_rule
#define RESTRICT_SELF SYS_landlock_restrict_self
#else
/* No such number: ENOSYS, as where the kernel has none. */
#define CREATE_RULESET (-1)
#define ADD_RULE (-1)
#define RESTRICT_SELF (-1)
#endif
#define ASK_VERSION 1u
#define PATH_BENEATH 1

/* The rights, by their bit. */
#define EXECUTE (UINT64_C(1) << 0)
#define WRITE_FILE (UINT64_C(1) << 1)
#define READ_FILE (UINT64_C(1) << 2)
#define READ_DIR (UINT64_C(1) << 3)
#define TRUNCATE (UINT64_C(1) << 14)
#define IOCTL_DEV (UINT64_C(1) << 15)

/* What a file can have that is no directory. */
#define OF_FILES (EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV)

struct ruleset {
	uint64_t fs;
};

struct path_beneath {
	uint64_t allowed;
	int32_t parent;
} __attribute__((packed));

/* Version 1 knows bits 0 to 12, 2 adds 13, 3 adds 14, and 5 adds 15. */
static uint64_t
known_rights(long version)
{
	const unsigned int bits = version < 2 ? 13 : version < 3 ? 14 :
	    version < 5 ? 15 : 16;

	return (UINT64_C(1) << bits) - 1;
}

static uint64_t
rights_for(enum plan_access access)
{
	switch (access) {
	case PLAN_RUN:
		return EXECUTE | READ_FILE;
	case PLAN_READ:
		return EXECUTE | READ_FILE | READ_DIR;
	case PLAN_WRITE:
		break;
	}
	return ~UINT64_C(0);
}

static int
add_path(int ruleset, uint64_t known, const struct plan_path *path)
{
	struct path_beneath rule;
	const char *why;
	struct stat st;
	long r = -1;
	int fd, err;

	/* Through a link of the user's the next session would be elsewhere. */
	fd = walk_open(path->path, WALK_LINKS_OF_ROOT, &why);
	if (fd == -1)
		return path->optional && (errno == ENOENT ||
		    errno == ENOTDIR || errno == EACCES) ? 0 : -1;
	if (fstat(fd, &st) == 0) {
		rule.allowed = rights_for(path->access) & known;
		if (!S_ISDIR(st.st_mode))
			rule.allowed &= OF_FILES;
		rule.parent = fd;
		r = syscall(ADD_RULE, ruleset, PATH_BENEATH, &rule, 0);
	}
	err = errno;
	(void)close(fd);
	errno = err;
	return (int)r;
}

int
landlock_restrict(const struct plan_path *paths, size_t count,
    const char **detail)
{
	struct ruleset rights;
	long version, r = 0;
	int ruleset, err;
	size_t i;

	*detail = "the kernel has none, or a filter forbids it";
	version = syscall(CREATE_RULESET, NULL, (size_t)0, ASK_VERSION);
	if (version == -1)
		return -1;
	rights.fs = known_rights(version);
	ruleset = (int)syscall(CREATE_RULESET, &rights, sizeof(rights), 0);
	if (ruleset == -1)
		return -1;
	*detail = NULL;
	for (i = 0; i < count && r == 0; i++)
		if ((r = add_path(ruleset, rights.fs, &paths[i])) == -1)
			*detail = paths[i].path;
	if (r == 0)
		r = syscall(RESTRICT_SELF, ruleset, 0);
	err = errno;
	(void)close(ruleset);
	errno = err;
	return r == -1 ? -1 : 0;
}
