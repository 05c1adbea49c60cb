/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The words are the administrator's, from a command line in sshd_config or a
 * file of his.  A word that is misread leaves somebody less confined than he
 * was meant to be, so nothing is guessed: what is not plainly of the form is
 * an error.
 */

#include "config.h"
#include "confine.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "confcaps.h"
#include "conflimit.h"
#include "confmap.h"
#include "names.h"

static const struct {
	const char *name;
	int has_value;
} words[CONFINE_WORDS] = {
	[CONFINE_AMBIENT_CAPS] = { "ambient-caps", 1 },
	[CONFINE_BOUNDING_SET] = { "bounding-set", 1 },
	[CONFINE_CGROUP] = { "cgroup", 1 },
	[CONFINE_CHROOT] = { "chroot", 1 },
	[CONFINE_LANDLOCK_RO] = { "landlock-ro", 1 },
	[CONFINE_LANDLOCK_RW] = { "landlock-rw", 1 },
	[CONFINE_LIMIT] = { "limit", 1 },
	[CONFINE_MAP_GROUPS] = { "map-groups", 1 },
	[CONFINE_MAP_USERS] = { "map-users", 1 },
	[CONFINE_MOUNT_PROC] = { "mount-proc", 0 },
	[CONFINE_NO_NEW_PRIVS] = { "no-new-privs", 0 },
	[CONFINE_PDEATHSIG] = { "pdeathsig", 1 },
	[CONFINE_SETGROUPS] = { "setgroups", 1 },
	[CONFINE_UMASK] = { "umask", 1 },
	[CONFINE_UNSHARE] = { "unshare", 1 },
};

void
confine_init(struct confine *confine)
{
	memset(confine, 0, sizeof(*confine));
	confine->setgroups = -1;
}

void
confine_free(struct confine *confine)
{
	free(confine->uid_map);
	free(confine->gid_map);
	free(confine->limits);
	free(confine->paths);
	confine_init(confine);
}

const char *
confine_name(enum confine_word word)
{
	return words[word].name;
}

int
confine_has_value(enum confine_word word)
{
	return words[word].has_value;
}

static int
wrong(char *why, size_t size, const char *reason)
{
	(void)strlcpy(why, reason, size);
	return -1;
}

static int
take_path(const char **path, const char *value, char *why, size_t size)
{
	if (*value != '/')
		return wrong(why, size, "not an absolute path");
	*path = value;
	return 0;
}

static int
take_landlock(struct confine *confine, enum plan_access access,
    const char *value, char *why, size_t size)
{
	struct plan_path path = { .access = access }, *paths;

	if (take_path(&path.path, value, why, size) == -1)
		return -1;
	paths = reallocarray(confine->paths, confine->npaths + 1,
	    sizeof(*paths));
	if (paths == NULL)
		return wrong(why, size, "out of memory");
	paths[confine->npaths++] = path;
	confine->paths = paths;
	return 0;
}

static int
take_limit(struct confine *confine, const char *value, char *why, size_t size)
{
	struct plan_limit limit, *limits;
	size_t i;

	if (conflimit_read(value, &limit, why, size) == -1)
		return -1;
	for (i = 0; i < confine->nlimits; i++)
		if (confine->limits[i].resource == limit.resource)
			break;
	if (i == confine->nlimits) {
		limits = reallocarray(confine->limits, i + 1,
		    sizeof(*limits));
		if (limits == NULL)
			return wrong(why, size, "out of memory");
		confine->limits = limits;
		confine->nlimits++;
	}
	confine->limits[i] = limit;
	return 0;
}

static int
take_map(char **map, const char *value, char *why, size_t size)
{
	char *lines;

	if (confmap_read(value, &lines, why, size) == -1)
		return -1;
	free(*map);
	*map = lines;
	return 0;
}

static int
take_pdeathsig(struct confine *confine, const char *value, char *why,
    size_t size)
{
	unsigned int sig;

	if (names_find(NAMES_SIGNAL, value, strlen(value), &sig) == -1)
		return wrong(why, size, "not a signal");
	confine->pdeathsig = (int)sig;
	return 0;
}

static int
take_setgroups(struct confine *confine, const char *value, char *why,
    size_t size)
{
	if (strcmp(value, "allow") == 0)
		confine->setgroups = PLAN_SETGROUPS_ALLOW;
	else if (strcmp(value, "deny") == 0)
		confine->setgroups = PLAN_SETGROUPS_DENY;
	else
		return wrong(why, size, "neither allow nor deny");
	return 0;
}

static int
take_umask(struct confine *confine, const char *value, char *why, size_t size)
{
	mode_t mask = 0;
	size_t i;

	for (i = 0; value[i] >= '0' && value[i] <= '7' && mask <= 0777; i++)
		mask = 8 * mask + (mode_t)(value[i] - '0');
	if (i == 0 || value[i] != '\0' || mask > 0777)
		return wrong(why, size, "not an octal number up to 777");
	confine->umask = mask;
	confine->has_umask = 1;
	return 0;
}

static int
take_namespaces(struct confine *confine, const char *value, char *why,
    size_t size)
{
	unsigned int all = 0, one;
	size_t len;

	for (;; value += len + 1) {
		len = strcspn(value, ",");
		if (len == 0)
			return wrong(why, size, "a namespace is missing");
		if (names_find(NAMES_NAMESPACE, value, len, &one) == -1) {
			(void)snprintf(why, size, "not a namespace: %.*s",
			    len < 64 ? (int)len : 64, value);
			return -1;
		}
		all |= one;
		if (value[len] == '\0')
			break;
	}
	confine->namespaces |= all;
	return 0;
}

static int
take_caps(enum confcaps_set set, int *has, uint64_t *caps, const char *value,
    char *why, size_t size)
{
	if (confcaps_read(set, value, caps, why, size) == -1)
		return -1;
	*has = 1;
	return 0;
}

static int
take_alone(struct confine *confine, enum confine_word word, char *why,
    size_t size)
{
	if (word == CONFINE_MOUNT_PROC)
		confine->mount_proc = 1;
	else if (word == CONFINE_NO_NEW_PRIVS)
		confine->no_new_privs = 1;
	else
		return wrong(why, size, "the value is missing");
	return 0;
}

int
confine_take(struct confine *confine, enum confine_word word,
    const char *value, char *why, size_t size)
{
	if (value == NULL)
		return take_alone(confine, word, why, size);
	switch (word) {
	case CONFINE_AMBIENT_CAPS:
		return take_caps(CONFCAPS_AMBIENT, &confine->has_ambient,
		    &confine->ambient, value, why, size);
	case CONFINE_BOUNDING_SET:
		return take_caps(CONFCAPS_BOUNDING, &confine->has_bounding,
		    &confine->bounding, value, why, size);
	case CONFINE_CGROUP:
		return take_path(&confine->cgroup, value, why, size);
	case CONFINE_CHROOT:
		return take_path(&confine->chroot, value, why, size);
	case CONFINE_LANDLOCK_RO:
		return take_landlock(confine, PLAN_READ, value, why, size);
	case CONFINE_LANDLOCK_RW:
		return take_landlock(confine, PLAN_WRITE, value, why, size);
	case CONFINE_LIMIT:
		return take_limit(confine, value, why, size);
	case CONFINE_MAP_GROUPS:
		return take_map(&confine->gid_map, value, why, size);
	case CONFINE_MAP_USERS:
		return take_map(&confine->uid_map, value, why, size);
	case CONFINE_PDEATHSIG:
		return take_pdeathsig(confine, value, why, size);
	case CONFINE_SETGROUPS:
		return take_setgroups(confine, value, why, size);
	case CONFINE_UMASK:
		return take_umask(confine, value, why, size);
	case CONFINE_UNSHARE:
		return take_namespaces(confine, value, why, size);
	case CONFINE_MOUNT_PROC:
	case CONFINE_NO_NEW_PRIVS:
	case CONFINE_WORDS:
		break;
	}
	return wrong(why, size, "it takes no value");
}

int
confine_check(struct confine *confine, char *why, size_t size)
{
	if (confine->uid_map != NULL || confine->gid_map != NULL)
		confine->namespaces |= CLONE_NEWUSER;
	/*
	 * Who has CAP_SYS_CHROOT, in a namespace of his or by ambient-caps,
	 * can leave a chroot(2), but not a root of the mounts.
	 */
	if (confine->mount_proc || (confine->chroot != NULL &&
	    ((confine->namespaces & CLONE_NEWUSER) != 0 ||
	    confine->ambient != 0)))
		confine->namespaces |= CLONE_NEWNS;
	if (confine->npaths > 0)
		confine->no_new_privs = 1;
	if (confine->setgroups != -1 &&
	    (confine->namespaces & CLONE_NEWUSER) == 0)
		return wrong(why, size,
		    "setgroups: there is no user namespace");
	/* it would show the processes outside, as the old one does */
	if (confine->mount_proc && (confine->namespaces & CLONE_NEWPID) == 0)
		return wrong(why, size,
		    "mount-proc: there is no pid namespace");
	/* capset(2) makes nothing inheritable that the bound has lost */
	if (confine->has_ambient && confine->has_bounding &&
	    (confine->ambient & ~confine->bounding) != 0)
		return wrong(why, size,
		    "ambient-caps: not all of them are in the bounding set");
	return 0;
}

int
confine_is_set(const struct confine *confine)
{
	return confine->chroot != NULL || confine->namespaces != 0 ||
	    confine->uid_map != NULL || confine->gid_map != NULL ||
	    confine->setgroups != -1 || confine->mount_proc ||
	    confine->has_ambient || confine->has_bounding ||
	    confine->no_new_privs || confine->pdeathsig != 0 ||
	    confine->nlimits > 0 || confine->has_umask ||
	    confine->cgroup != NULL || confine->npaths > 0;
}

int
confine_maps(const char *map, unsigned int outside)
{
	unsigned int inside;

	return confmap_inside(map, outside, &inside) == 0;
}
