/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "start.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SELF "/proc/self/exe"

/*
 * What sshd can pass on is bounded by the kernel at 2 MiB with the usual
 * stack limit; this is the same bound where there is no such limit.
 */
#define START_MAX_BYTES ((size_t)2 * 1024 * 1024)

/* A permitted capability that is not ambient? */
static int
has_capability(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	unsigned int cap;

	memset(data, 0, sizeof(data));
	if (syscall(SYS_capget, &header, data) == -1)
		return 0;
	for (cap = 0; cap < 64; cap++)
		if (data[cap / 32].permitted & (1u << cap % 32) &&
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, cap, 0,
		    0) != 1)
			return 1;
	return 0;
}

/*
 * I15: root's own login gives the privilege, or nobody does.  The file is
 * asked, because root gains nothing by it and would not see the trap.  Not
 * AT_SECURE: SELinux sets it for a mere change of domain, as at every login.
 */
static int
has_own_privilege(void)
{
	struct stat st;

	if (getuid() != geteuid() || getgid() != getegid())
		return 1;
	if (stat(SELF, &st) == 0 && (st.st_mode & (S_ISUID | S_ISGID)) != 0)
		return 1;
	/* Without /proc this tells: only a file gives more than the ambient. */
	if (getuid() != 0 && has_capability())
		return 1;
	return getxattr(SELF, "security.capability", NULL, 0) > 0;
}

static int
is_oversized(char *const *argv, char *const *envp)
{
	char *const *const vectors[] = { argv, envp };
	size_t bytes = 0, i, v;

	for (v = 0; v < 2; v++)
		for (i = 0; vectors[v][i] != NULL; i++)
			bytes += strlen(vectors[v][i]) + 1;
	return bytes > START_MAX_BYTES;
}

int
start_clean(void)
{
	return clearenv() != 0 ? -1 : setenv("PATH", SUPERUSER_PATH, 1);
}

int
start_check(int argc, char *const *argv, char *const *envp, int closed,
    const char **why)
{
	*why = NULL;
	if (closed != 0)
		*why = closed == -1 ?
		    "descriptors 0 to 2 could not be looked at" :
		    "one of the descriptors 0 to 2 is closed";
	/* Linux puts an empty argv[0] where there was none (since 5.18). */
	else if (argc < 1 || argv[0][0] == '\0')
		*why = "there is no argv[0]";
	else if (has_own_privilege())
		*why = "installed setuid, setgid or with capabilities";
	else if (is_oversized(argv, envp))
		*why = "arguments and environment are too large";
	return *why == NULL ? 0 : -1;
}
