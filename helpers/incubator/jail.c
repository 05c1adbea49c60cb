/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "jail.h"

#include <sys/stat.h>

#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "caps.h"
#include "command.h"
#include "confine.h"

/*
 * What sftp-server reads before its first request, and every user may read
 * anyway: the loader's files, its libraries, who is who, the time zone.
 */
static const struct plan_path sftp_needs[] = {
	{ "/lib", PLAN_RUN, 1 },
	{ "/lib64", PLAN_RUN, 1 },
	{ "/usr/lib", PLAN_RUN, 1 },
	{ "/usr/lib64", PLAN_RUN, 1 },
	{ "/etc/ld.so.cache", PLAN_RUN, 1 },
	{ "/etc/nsswitch.conf", PLAN_RUN, 1 },
	{ "/etc/passwd", PLAN_RUN, 1 },
	{ "/etc/group", PLAN_RUN, 1 },
	{ "/etc/localtime", PLAN_RUN, 1 },
	{ "/usr/share/zoneinfo", PLAN_RUN, 1 },
	{ "/dev/null", PLAN_WRITE, 1 },
};

#define NEEDS (sizeof(sftp_needs) / sizeof(sftp_needs[0]))

static int
add_paths(struct jail *jail, const struct confine *confine,
    const struct command *command)
{
	size_t n = confine->npaths;

	jail->paths = calloc(n + NEEDS + 2, sizeof(*jail->paths));
	if (jail->paths == NULL)
		return -1;
	memcpy(jail->paths, confine->paths, n * sizeof(*jail->paths));
	if (command->service == COMMAND_SFTP) {
		memcpy(jail->paths + n, sftp_needs, sizeof(sftp_needs));
		n += NEEDS;
		jail->paths[n++] = (struct plan_path) {
			SFTP_SERVER_PATH, PLAN_RUN, 1,
		};
		/* Another server, or the shell that starts it. */
		if (strcmp(command->run.path, SFTP_SERVER_PATH) != 0)
			jail->paths[n++] = (struct plan_path) {
				command->run.path, PLAN_RUN, 1,
			};
	}
	jail->npaths = n;
	return 0;
}

static int
name_proc(struct jail *jail, const char *root)
{
	if (root == NULL || root[strspn(root, "/")] == '\0')
		root = "";
	if (asprintf(&jail->proc, "%s/proc", root) != -1)
		return 0;
	jail->proc = NULL;
	return -1;
}

int
jail_build(struct jail *jail, const struct confine *confine,
    const struct command *command, const struct account *target)
{
	memset(jail, 0, sizeof(*jail));
	jail->namespaces = confine->namespaces;
	/* Root could leave a chroot(2), but not a root of the mounts. */
	if (confine->chroot != NULL && target->uid == 0)
		jail->namespaces |= CLONE_NEWNS;
	if (confine->npaths > 0 && add_paths(jail, confine, command) == -1)
		return -1;
	return confine->mount_proc ? name_proc(jail, confine->chroot) : 0;
}

void
jail_free(struct jail *jail)
{
	free(jail->paths);
	free(jail->proc);
	memset(jail, 0, sizeof(*jail));
}

/* What root may do, and others in a user namespace only. */
static int
check_own(const struct confine *confine, char *why, size_t size)
{
	const unsigned int privileged = confine->namespaces;
	struct caps caps;

	if ((confine->namespaces & CLONE_NEWUSER) != 0 ||
	    (privileged == 0 && confine->chroot == NULL) ||
	    (caps_get(&caps) == 0 &&
	    (caps.effective >> CAP_SYS_ADMIN & 1) != 0))
		return 0;
	(void)snprintf(why, size, "%s: not as root it takes --unshare user, "
	    "too", privileged != 0 ? "--unshare" : "--chroot");
	return -1;
}

static int
check_maps(const struct confine *confine, const struct account *target,
    char *why, size_t size)
{
	if (target->uid != 0 && confine->uid_map != NULL &&
	    confine_maps(confine->uid_map, 0)) {
		(void)strlcpy(why, "--map-users: 0 outside is root", size);
		return -1;
	}
	if (target->gid != 0 && confine->gid_map != NULL &&
	    confine_maps(confine->gid_map, 0)) {
		(void)strlcpy(why, "--map-groups: 0 outside is root's group",
		    size);
		return -1;
	}
	return 0;
}

/* From a directory that is open one gets up to what is above it. */
static int
check_stdio(const struct confine *confine, char *why, size_t size)
{
	struct stat st;
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (confine->chroot != NULL && fstat(fd, &st) == 0 &&
		    S_ISDIR(st.st_mode)) {
			(void)snprintf(why, size,
			    "--chroot: descriptor %d is a directory", fd);
			return -1;
		}
	return 0;
}

int
jail_check(const struct confine *confine, const struct account *target,
    int by_root, char *why, size_t size)
{
	if (check_stdio(confine, why, size) == -1)
		return -1;
	return by_root ? check_maps(confine, target, why, size) :
	    check_own(confine, why, size);
}
