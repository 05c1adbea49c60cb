/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces what a mistake in a parser would let an agent, or a program that
 * speaks to it, do here.  It is a second wall: the user's own processes are no
 * better confined than before, and the command never is.
 */

#include "config.h"
#include "sandbox.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "landlock.h"
#include "planstep.h"
#include "syscalls.h"

/* A sanitizer maps, opens and asks for what no filter can foresee. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static int
restrict_files(int dir, struct sandbox *sandbox)
{
	char link[64], path[PATH_MAX] = "";
	struct plan_path paths[] = {
		{ "/proc", PLAN_READ, 1 },
		{ "/dev/null", PLAN_WRITE, 1 },
		{ path, PLAN_WRITE, 0 },
	};
	const char *failed;
	ssize_t n = 0;

	if (dir != -1) {
		/* As the kernel has it: without a link of anybody's. */
		(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
		n = readlink(link, path, sizeof(path) - 1);
		if (n <= 0)
			return -1;
		path[n] = '\0';
	}
	if (landlock_restrict(paths, dir != -1 ? 3 : 2, &failed) == 0) {
		sandbox->landlock = 1;
		return 0;
	}
	if (errno == ENOSYS || errno == EOPNOTSUPP)
		sandbox->no_landlock = "the kernel has none";
	else
		sandbox->no_landlock = "refused";
	return 0;
}

int
sandbox_enter(int dir, struct sandbox *sandbox)
{
	const struct rlimit none = { 0, 0 };

	sandbox->landlock = sandbox->seccomp = 0;
	sandbox->no_landlock = sandbox->no_seccomp = "";
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1 ||
	    setrlimit(RLIMIT_CORE, &none) == -1 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return -1;
	if (SANITIZED) {
		sandbox->no_landlock = sandbox->no_seccomp = "sanitizer";
		return 0;
	}
	if (restrict_files(dir, sandbox) == -1)
		sandbox->no_landlock = "no /proc";
	if (syscalls_restrict() == 0)
		sandbox->seccomp = 1;
	else
		sandbox->no_seccomp = errno == ENOSYS || errno == EINVAL ?
		    "the kernel has none" : errno == EOPNOTSUPP ?
		    "not for this processor" : "refused";
	return 0;
}
