/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONFINE_H
#define CONFINE_H

#include <sys/types.h>

#include <stddef.h>
#include <stdint.h>

#include "planstep.h"

/*
 * How a session is to be confined, in the words of setpriv(1), unshare(1)
 * and prlimit(1): each word with its value is read here, whether an option
 * or a configuration file brought it.
 */
struct confine {
	const char *chroot;	/* or NULL */
	unsigned int namespaces;	/* CLONE_NEW*, or 0 */
	char *uid_map;		/* as PLAN_MAP_IDS wants it, or NULL */
	char *gid_map;
	int setgroups;		/* enum plan_setgroups, -1 unless said */
	int mount_proc;
	int has_ambient;
	uint64_t ambient;	/* bit n is capability n */
	int has_bounding;
	uint64_t bounding;	/* what stays in the bounding set */
	int no_new_privs;
	int pdeathsig;		/* a signal, or 0 */
	struct plan_limit *limits;	/* each resource once */
	size_t nlimits;
	int has_umask;
	mode_t umask;
	const char *cgroup;	/* or NULL */
	struct plan_path *paths;	/* for Landlock */
	size_t npaths;
};

enum confine_word {
	CONFINE_AMBIENT_CAPS,
	CONFINE_BOUNDING_SET,
	CONFINE_CGROUP,
	CONFINE_CHROOT,
	CONFINE_LANDLOCK_RO,
	CONFINE_LANDLOCK_RW,
	CONFINE_LIMIT,
	CONFINE_MAP_GROUPS,
	CONFINE_MAP_USERS,
	CONFINE_MOUNT_PROC,
	CONFINE_NO_NEW_PRIVS,
	CONFINE_PDEATHSIG,
	CONFINE_SETGROUPS,
	CONFINE_UMASK,
	CONFINE_UNSHARE,
	CONFINE_WORDS
};

/* Nothing is confined.  What it holds later is freed by confine_free(). */
void confine_init(struct confine *confine);
void confine_free(struct confine *confine);

/* "chroot", "landlock-ro": the option without its dashes. */
const char *confine_name(enum confine_word word);
/* Does the word take a value?  1 or 0. */
int confine_has_value(enum confine_word word);

/*
 * Take a word with its value (NULL for those that have none).  Said again, a
 * word replaces what it said before; limits are kept for each resource, and
 * the paths of Landlock and the namespaces add up.  The value of chroot,
 * cgroup and landlock-* is borrowed.  The values are:
 *
 *	chroot, cgroup, landlock-ro, landlock-rw: an absolute path
 *	unshare: names of namespaces, with commas (unshare(1))
 *	map-users, map-groups: INSIDE:OUTSIDE:COUNT, with commas; see confmap.h
 *	setgroups: "allow" or "deny"
 *	umask: octal digits, at most 777
 *	ambient-caps, bounding-set: see confcaps.h
 *	pdeathsig: a signal, see names.h
 *	limit: NAME=SOFT[:HARD], see conflimit.h
 *
 * Returns 0; or -1 with what is wrong with the value in "why", and nothing
 * taken.  The value itself is not in "why", and a part of it at most in 64
 * bytes that are as they came, control characters too.
 */
int confine_take(struct confine *confine, enum confine_word word,
    const char *value, char *why, size_t size);

/*
 * Complete what was said (a map makes a user namespace, mount-proc a mount
 * namespace, chroot for who has capabilities too, Landlock needs no-new-privs)
 * and hold the words against each other.  To be called once, behind the last.
 * Returns 0; or -1 with the word and the reason in "why".
 */
int confine_check(struct confine *confine, char *why, size_t size);

/* Was anything said at all?  1 or 0. */
int confine_is_set(const struct confine *confine);

/* Does a map, NULL for none, cover this id outside?  1 or 0. */
int confine_maps(const char *map, unsigned int outside);

#endif
