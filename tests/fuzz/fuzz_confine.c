/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Input: lines, of which the first byte is a word ("a" for the first one of
 * enum confine_word) and the rest its value.  Whatever was taken is something
 * that the kernel can be told, and what was refused has changed nothing.
 */

#include "config.h"
#include "confine.h"
#include "confmap.h"

#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define NO_ID 4294967295ul

/* The ids of one line, and what map-users would make of them again. */
static void
check_range(const char *map, unsigned long in, unsigned long out,
    unsigned long count)
{
	unsigned int inside;

	if (count == 0 || in >= NO_ID || out >= NO_ID ||
	    count > NO_ID - in || count > NO_ID - out)
		abort();
	/* no other range has them, so it is this one that is found */
	if (confmap_inside(map, (unsigned int)out, &inside) == -1 ||
	    inside != in)
		abort();
	out += count - 1;
	if (confmap_inside(map, (unsigned int)out, &inside) == -1 ||
	    inside != in + count - 1)
		abort();
}

static void
check_map(const char *map)
{
	unsigned long in, out, count;
	struct confine again;
	char text[4096 + 1], why[64];
	const char *line;
	size_t i;
	int used;

	if (map == NULL)
		return;
	if (strlen(map) > 4095 || strlcpy(text, map, sizeof(text)) == 0 ||
	    confine_maps(map, (unsigned int)NO_ID))
		abort();
	for (line = map; *line != '\0'; line += used) {
		used = -1;
		if (sscanf(line, "%lu %lu %lu%n", &in, &out, &count,
		    &used) != 3 || line[used++] != '\n')
			abort();
		check_range(map, in, out, count);
	}
	/* the lines, said as an option again, are the same lines */
	for (i = 0; text[i] != '\0'; i++)
		if (text[i] == ' ')
			text[i] = ':';
		else if (text[i] == '\n')
			text[i] = text[i + 1] == '\0' ? '\0' : ',';
	confine_init(&again);
	if (confine_take(&again, CONFINE_MAP_GROUPS, text, why,
	    sizeof(why)) == -1 || strcmp(again.gid_map, map) != 0)
		abort();
	confine_free(&again);
}

static void
check_lists(const struct confine *confine)
{
	const struct plan_limit *limit;
	size_t i, k;

	for (i = 0; i < confine->nlimits; i++) {
		limit = &confine->limits[i];
		if (limit->soft > limit->hard ||
		    names_of(NAMES_LIMIT, (unsigned int)limit->resource) ==
		    NULL)
			abort();
		for (k = 0; k < i; k++)
			if (confine->limits[k].resource == limit->resource)
				abort();
	}
	for (i = 0; i < confine->npaths; i++)
		if (confine->paths[i].path[0] != '/')
			abort();
}

static void
check_values(const struct confine *confine)
{
	const unsigned int namespaces = CLONE_NEWNS | CLONE_NEWUTS |
	    CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWUSER |
	    CLONE_NEWCGROUP | 0x80;

	if ((confine->namespaces & ~namespaces) != 0 ||
	    confine->umask > 0777 ||
	    confine->setgroups < -1 || confine->setgroups > 1 ||
	    confine->pdeathsig < 0 || confine->pdeathsig > 64 ||
	    (confine->chroot != NULL && confine->chroot[0] != '/') ||
	    (confine->cgroup != NULL && confine->cgroup[0] != '/'))
		abort();
	check_map(confine->uid_map);
	check_map(confine->gid_map);
	check_lists(confine);
}

static void
check_together(struct confine *confine)
{
	char why[64];

	if (confine_check(confine, why, sizeof(why)) == -1) {
		if (strlen(why) < 10)
			abort();
		return;
	}
	if ((confine->has_ambient && confine->has_bounding &&
	    (confine->ambient & ~confine->bounding) != 0) ||
	    (confine->npaths > 0 && !confine->no_new_privs) ||
	    ((confine->uid_map != NULL || confine->gid_map != NULL ||
	    confine->setgroups != -1) &&
	    (confine->namespaces & CLONE_NEWUSER) == 0) ||
	    (confine->mount_proc && (~confine->namespaces &
	    (CLONE_NEWNS | CLONE_NEWPID)) != 0))
		abort();
}

static int
is_same(const struct confine *a, const struct confine *b)
{
	return a->chroot == b->chroot && a->cgroup == b->cgroup &&
	    a->namespaces == b->namespaces && a->uid_map == b->uid_map &&
	    a->gid_map == b->gid_map && a->setgroups == b->setgroups &&
	    a->mount_proc == b->mount_proc &&
	    a->has_ambient == b->has_ambient && a->ambient == b->ambient &&
	    a->has_bounding == b->has_bounding &&
	    a->bounding == b->bounding &&
	    a->no_new_privs == b->no_new_privs &&
	    a->pdeathsig == b->pdeathsig && a->limits == b->limits &&
	    a->nlimits == b->nlimits && a->has_umask == b->has_umask &&
	    a->umask == b->umask && a->paths == b->paths &&
	    a->npaths == b->npaths;
}

static void
take(struct confine *confine, char *line)
{
	const enum confine_word word = (enum confine_word)
	    ((unsigned char)(line[0] - 'a') % CONFINE_WORDS);
	const struct confine before = *confine;
	char why[100];

	memset(why, 'x', sizeof(why));
	if (confine_take(confine, word, confine_has_value(word) || line[1] !=
	    '\0' ? line + 1 : NULL, why, sizeof(why)) == 0) {
		if (!confine_is_set(confine))
			abort();
		return;
	}
	/* for a log: some words, and not the whole of a long value */
	if (strnlen(why, sizeof(why)) < 5 ||
	    strnlen(why, sizeof(why)) >= sizeof(why) - 1)
		abort();
	if (!is_same(&before, confine))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct confine confine;
	char *text, *rest, *line;

	if ((text = malloc(size + 1)) == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	confine_init(&confine);
	rest = text;
	while ((line = strsep(&rest, "\n")) != NULL)
		if (line[0] != '\0')
			take(&confine, line);
	check_values(&confine);
	check_together(&confine);
	confine_free(&confine);
	free(text);
	return 0;
}
