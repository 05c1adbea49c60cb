/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces whoever writes a command line and did not write the file: the line
 * is for one key or one service, the file for the machine.
 */

#include "config.h"
#include "confnarrow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Each function returns NULL, or what is wrong with the option. */
#define WIDER "it would confine less than the configuration"
#define OTHER "the configuration says another"
#define NO_MEMORY "out of memory"

/* The length of the component at *path, which is set to its beginning. */
static size_t
component(const char **path)
{
	*path += strspn(*path, "/");
	return strcspn(*path, "/");
}

/* Is it the same path, or one below?  ".." could be anywhere. */
static int
is_within(const char *path, const char *base)
{
	size_t n, m;

	for (;; path += n, base += m) {
		n = component(&path);
		m = component(&base);
		if (m == 0)
			break;
		if (n != m || strncmp(path, base, n) != 0)
			return 0;
	}
	for (; n > 0; n = component(&path)) {
		if (strncmp(path, "..", n) == 0 && n == 2)
			return 0;
		path += n;
	}
	return 1;
}

static const char *
narrow_path(const char **path, const char *option)
{
	if (option == NULL)
		return NULL;
	if (*path != NULL && !is_within(option, *path))
		return OTHER;
	*path = option;
	return NULL;
}

/* The file's paths of Landlock were meant for its own root. */
static const char *
narrow_chroot(struct confine *confine, const struct confine *option)
{
	if (option->chroot != NULL && confine->npaths > 0 &&
	    (confine->chroot == NULL ||
	    strcmp(confine->chroot, option->chroot) != 0))
		return "the configuration's paths of Landlock would be in "
		    "another root";
	return narrow_path(&confine->chroot, option->chroot);
}

static const char *
narrow_cgroup(struct confine *confine, const struct confine *option)
{
	return narrow_path(&confine->cgroup, option->cgroup);
}

static const char *
narrow_namespaces(struct confine *confine, const struct confine *option)
{
	confine->namespaces |= option->namespaces;
	confine->mount_proc |= option->mount_proc;
	confine->no_new_privs |= option->no_new_privs;
	return NULL;
}

static const char *
narrow_map(char **map, const char *option)
{
	if (option == NULL)
		return NULL;
	if (*map != NULL)
		return strcmp(*map, option) == 0 ? NULL : OTHER;
	return (*map = strdup(option)) != NULL ? NULL : NO_MEMORY;
}

static const char *
narrow_uid_map(struct confine *confine, const struct confine *option)
{
	return narrow_map(&confine->uid_map, option->uid_map);
}

static const char *
narrow_gid_map(struct confine *confine, const struct confine *option)
{
	return narrow_map(&confine->gid_map, option->gid_map);
}

static const char *
narrow_setgroups(struct confine *confine, const struct confine *option)
{
	if (option->setgroups == -1)
		return NULL;
	if (confine->setgroups == PLAN_SETGROUPS_DENY &&
	    option->setgroups != PLAN_SETGROUPS_DENY)
		return WIDER;
	confine->setgroups = option->setgroups;
	return NULL;
}

static const char *
narrow_caps(int *has, uint64_t *caps, int option_has, uint64_t option)
{
	if (!option_has)
		return NULL;
	if (*has && (option & ~*caps) != 0)
		return WIDER;
	*has = 1;
	*caps = option;
	return NULL;
}

static const char *
narrow_ambient(struct confine *confine, const struct confine *option)
{
	return narrow_caps(&confine->has_ambient, &confine->ambient,
	    option->has_ambient, option->ambient);
}

static const char *
narrow_bounding(struct confine *confine, const struct confine *option)
{
	return narrow_caps(&confine->has_bounding, &confine->bounding,
	    option->has_bounding, option->bounding);
}

static const char *
narrow_pdeathsig(struct confine *confine, const struct confine *option)
{
	if (option->pdeathsig == 0)
		return NULL;
	if (confine->pdeathsig != 0 &&
	    confine->pdeathsig != option->pdeathsig)
		return OTHER;
	confine->pdeathsig = option->pdeathsig;
	return NULL;
}

static const char *
narrow_umask(struct confine *confine, const struct confine *option)
{
	if (!option->has_umask)
		return NULL;
	if (confine->has_umask && (confine->umask & ~option->umask) != 0)
		return WIDER;
	confine->has_umask = 1;
	confine->umask = option->umask;
	return NULL;
}

/* RLIM_INFINITY is the highest number there is. */
static const char *
narrow_limit(struct confine *confine, const struct plan_limit *option)
{
	struct plan_limit *limit, *bigger;
	size_t i;

	for (i = 0; i < confine->nlimits; i++) {
		limit = &confine->limits[i];
		if (limit->resource != option->resource)
			continue;
		if (option->soft > limit->soft || option->hard > limit->hard)
			return WIDER;
		*limit = *option;
		return NULL;
	}
	bigger = reallocarray(confine->limits, i + 1, sizeof(*bigger));
	if (bigger == NULL)
		return NO_MEMORY;
	bigger[i] = *option;
	confine->limits = bigger;
	confine->nlimits++;
	return NULL;
}

static const char *
narrow_limits(struct confine *confine, const struct confine *option)
{
	const char *wrong = NULL;
	size_t i;

	for (i = 0; i < option->nlimits && wrong == NULL; i++)
		wrong = narrow_limit(confine, &option->limits[i]);
	return wrong;
}

static int
is_granted(const struct confine *confine, const struct plan_path *path)
{
	size_t i;

	for (i = 0; i < confine->npaths; i++)
		if (path->access <= confine->paths[i].access &&
		    is_within(path->path, confine->paths[i].path))
			return 1;
	return 0;
}

/* The option's paths take the place of those that they are below. */
static const char *
narrow_landlock(struct confine *confine, const struct confine *option)
{
	struct plan_path *paths;
	size_t i;

	if (option->npaths == 0)
		return NULL;
	for (i = 0; i < option->npaths; i++)
		if (confine->npaths > 0 &&
		    !is_granted(confine, &option->paths[i]))
			return WIDER;
	paths = calloc(option->npaths, sizeof(*paths));
	if (paths == NULL)
		return NO_MEMORY;
	memcpy(paths, option->paths, option->npaths * sizeof(*paths));
	free(confine->paths);
	confine->paths = paths;
	confine->npaths = option->npaths;
	return NULL;
}

static const struct {
	const char *word;
	const char *(*narrow)(struct confine *, const struct confine *);
} rules[] = {
	{ "chroot", narrow_chroot },
	{ "unshare", narrow_namespaces },
	{ "map-users", narrow_uid_map },
	{ "map-groups", narrow_gid_map },
	{ "setgroups", narrow_setgroups },
	{ "ambient-caps", narrow_ambient },
	{ "bounding-set", narrow_bounding },
	{ "pdeathsig", narrow_pdeathsig },
	{ "limit", narrow_limits },
	{ "umask", narrow_umask },
	{ "cgroup", narrow_cgroup },
	{ "landlock-ro or --landlock-rw", narrow_landlock },
};

int
confnarrow(struct confine *confine, const struct confine *option, char *why,
    size_t size)
{
	const char *wrong;
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if ((wrong = rules[i].narrow(confine, option)) != NULL) {
			(void)snprintf(why, size, "%s: %s", rules[i].word,
			    wrong);
			return -1;
		}
	return 0;
}
