/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Which steps exist, what each is called and what must stand before what is
 * one table, kinds[]; nothing else in the library knows an order.
 */

#include "config.h"
#include "planrule.h"

#include <stdint.h>
#include <stdio.h>

typedef uint64_t kind_set;

#define BIT(kind) (UINT64_C(1) << PLAN_##kind)
#define ALL (BIT(KINDS) - 1)

/* The steps that make a namespace, a user namespace perhaps. */
#define SPACES (BIT(CLONE) | BIT(UNSHARE) | BIT(USER_NAMESPACE))

/* What says who the process is. */
#define IDENTITY (BIT(GROUPS) | BIT(GID) | BIT(UID) | BIT(CAPABILITIES) | \
	BIT(PROVE))

struct kind {
	const char *name;
	kind_set after;		/* those of these that are there stand before */
	kind_set needs;		/* all of these stand before */
	kind_set needs_later;	/* all of these stand behind */
	kind_set excludes;	/* none of these is there */
	int privileged;		/* before setuid, or in the user's namespace */
	planwords_put *words;	/* how its arguments are printed, if any */
};

static const struct kind kinds[PLAN_KINDS] = {
	[PLAN_CGROUP] = { .name = "cgroup", .words = planwords_cgroup },
	[PLAN_CLONE] = { .name = "clone", .words = planwords_namespaces },
	[PLAN_NEW_SESSION] = { .name = "new-session" },
	[PLAN_NEW_GROUP] = {
		.name = "new-group",
		.words = planwords_group,
		.excludes = BIT(NEW_SESSION),
	},
	[PLAN_FOREGROUND] = {
		.name = "foreground",
		.words = planwords_fd,
		.needs = BIT(NEW_GROUP),
	},
	[PLAN_CONTROLLING_TTY] = {
		.name = "controlling-tty",
		.words = planwords_fd,
		.needs = BIT(NEW_SESSION),
	},
	[PLAN_NO_TTY] = {
		.name = "no-tty",
		.words = planwords_fd,
		.excludes = BIT(NEW_SESSION) | BIT(FOREGROUND),
	},
	[PLAN_SIGNALS] = {
		.name = "signals",
		/* The foreground is taken while SIGTTOU is still blocked. */
		.after = BIT(FOREGROUND),
	},
	[PLAN_DESCRIPTORS] = {
		.name = "descriptors",
		.words = planwords_descriptors,
		/* foreground names one as the parent has it. */
		.after = BIT(FOREGROUND),
	},
	[PLAN_CLOSE] = {
		.name = "close",
		.words = planwords_close,
		.after = BIT(DESCRIPTORS) | BIT(FOREGROUND) |
		    BIT(CONTROLLING_TTY) | BIT(NO_TTY),
	},
	[PLAN_LIMITS] = {
		.name = "limits",
		.words = planwords_limits,
		/* A limit on descriptors is the command's, not the steps'. */
		.after = BIT(DESCRIPTORS),
		.privileged = 1,
	},
	[PLAN_UMASK] = { .name = "umask", .words = planwords_umask },
	[PLAN_UNSHARE] = { .name = "unshare", .words = planwords_namespaces },
	[PLAN_USER_NAMESPACE] = {
		.name = "user-namespace",
		/* The user's: it has no power over root's, and other ids. */
		.after = IDENTITY | BIT(UNSHARE) | BIT(MOUNT_PROC) |
		    BIT(ONCE) | BIT(LANDLOCK),
	},
	[PLAN_MAP_IDS] = {
		.name = "map-ids",
		.words = planwords_map,
		.after = SPACES,
	},
	[PLAN_MOUNT_PROC] = {
		.name = "mount-proc",
		.words = planwords_proc,
		.after = BIT(CLONE) | BIT(UNSHARE),
		.privileged = 1,
	},
	[PLAN_CHROOT] = {
		.name = "chroot",
		.words = planwords_root,
		/* The kernel mounts a proc only where one can be seen. */
		.after = BIT(CLONE) | BIT(UNSHARE) | BIT(MOUNT_PROC) |
		    BIT(CLOSE),	/* by /proc, before Linux 5.11 */
		.privileged = 1,
	},
	/* A user namespace begins with all of these as at boot. */
	[PLAN_SECUREBITS] = {
		.name = "securebits",
		.words = planwords_securebits,
		.after = SPACES,
		.privileged = 1,
	},
	[PLAN_BOUNDING_SET] = {
		.name = "bounding-set",
		.words = planwords_caps,
		.after = SPACES,
		.privileged = 1,
	},
	[PLAN_GROUPS] = {
		.name = "setgroups",
		.words = planwords_groups,
		/* The parent's right takes the terminal, not the user's. */
		.after = BIT(CONTROLLING_TTY) | BIT(FOREGROUND) |
		    BIT(NO_TTY) | BIT(CLONE) | BIT(UNSHARE),
		.needs_later = BIT(GID),
	},
	[PLAN_KEEP_CAPABILITIES] = {
		.name = "keep-capabilities",
		.after = BIT(SECUREBITS),
		.needs_later = BIT(UID) | BIT(CAPABILITIES),
		.excludes = BIT(USER_NAMESPACE),
	},
	[PLAN_GID] = {
		.name = "setgid",
		.words = planwords_gid,
		.needs = BIT(GROUPS),
		.needs_later = BIT(UID),
	},
	[PLAN_UID] = {
		.name = "setuid",
		.words = planwords_uid,
		.needs = BIT(GROUPS) | BIT(GID),
		.needs_later = BIT(PROVE),
	},
	[PLAN_CAPABILITIES] = {
		.name = "capabilities",
		.words = planwords_caps,
		.after = BIT(UID),
		.needs_later = BIT(PROVE),
	},
	[PLAN_AMBIENT] = {
		.name = "ambient-caps",
		.words = planwords_caps,
		.after = SPACES | BIT(UID) | BIT(CAPABILITIES) |
		    BIT(BOUNDING_SET) | BIT(SECUREBITS),
	},
	[PLAN_PROVE] = {
		.name = "prove",
		.words = planwords_prove,
		.after = BIT(GROUPS) | BIT(GID) | BIT(UID) |
		    BIT(CAPABILITIES),
	},
	[PLAN_PARENT_DEATH] = {
		.name = "parent-death",
		.words = planwords_signal,
		/* The kernel forgets it when ids or capabilities change. */
		.after = IDENTITY | SPACES | BIT(AMBIENT),
	},
	[PLAN_NO_NEW_PRIVS] = { .name = "no-new-privs" },
	[PLAN_ONCE] = {
		.name = "once",
		.words = planwords_once,
		/* Nobody waits for it: no terminal, and nobody's to end. */
		.needs = BIT(NEW_SESSION),
		.excludes = BIT(CONTROLLING_TTY) | BIT(PARENT_DEATH) |
		    BIT(TRACE),
		/* As the user, in the home that he will see. */
		.after = IDENTITY | BIT(DESCRIPTORS) | BIT(CLOSE) |
		    BIT(CLONE) | BIT(UNSHARE) | BIT(MOUNT_PROC) | BIT(CHROOT),
	},
	[PLAN_DIRECTORY] = {
		.name = "directory",
		.words = planwords_directory,
		/* As the user: his home may be closed to root (NFS). */
		.after = BIT(UID) | BIT(PROVE) | BIT(CLONE) | BIT(UNSHARE) |
		    BIT(MOUNT_PROC) | BIT(CHROOT),
	},
	[PLAN_LANDLOCK] = {
		.name = "landlock",
		.words = planwords_landlock,
		.needs = BIT(NO_NEW_PRIVS),
		/* These open files, or mount. */
		.after = IDENTITY | BIT(CGROUP) | BIT(CLONE) | BIT(CLOSE) |
		    BIT(UNSHARE) | BIT(MOUNT_PROC) | BIT(CHROOT) |
		    BIT(ONCE) | BIT(DIRECTORY),
	},
	[PLAN_TRACE] = {
		.name = "trace",
		/* From here on each signal stops the child. */
		.after = ALL & ~(BIT(TRACE) | BIT(EXEC)),
	},
	[PLAN_EXEC] = {
		.name = "exec",
		.words = planwords_exec,
		.needs = BIT(SIGNALS) | BIT(CLOSE),
		.after = ALL & ~BIT(EXEC),
	},
};

const char *
planrule_name(enum plan_kind kind)
{
	return (unsigned int)kind < PLAN_KINDS ? kinds[kind].name : NULL;
}

planwords_put *
planrule_words(enum plan_kind kind)
{
	return (unsigned int)kind < PLAN_KINDS ? kinds[kind].words : NULL;
}

static kind_set
bit_of(enum plan_kind kind)
{
	return UINT64_C(1) << kind;
}

/* The name of the first kind in a set, for a message. */
static const char *
first_of(kind_set set)
{
	int kind;

	for (kind = 0; kind < PLAN_KINDS; kind++)
		if (set & bit_of((enum plan_kind)kind))
			return kinds[kind].name;
	return "nothing";
}

/*
 * The two that make the child stand before what it does, and what takes a
 * privilege before the privilege goes: with the uid, unless the user has a
 * namespace in which he has it again.
 */
static int
is_too_late(enum plan_kind this, kind_set before, kind_set *wrong)
{
	const kind_set birth = BIT(CGROUP) | BIT(CLONE);

	if ((bit_of(this) & birth) != 0)
		*wrong = before & ~birth;
	else if (kinds[this].privileged && !(before & BIT(USER_NAMESPACE)))
		*wrong = before & BIT(UID);
	else
		*wrong = 0;
	return *wrong != 0;
}

/*
 * Hold one step against the sets of those before and behind it.  Returns 0
 * or -1.
 */
static int
check_step(enum plan_kind this, kind_set before, kind_set behind, char *why,
    size_t size)
{
	const struct kind *kind = &kinds[this];
	kind_set all = before | behind, wrong;

	if (all & bit_of(this))
		(void)snprintf(why, size, "%s stands there twice", kind->name);
	else if ((wrong = kind->after & behind) != 0)
		(void)snprintf(why, size, "%s must stand behind %s",
		    kind->name, first_of(wrong));
	else if ((wrong = kind->needs & ~before) != 0)
		(void)snprintf(why, size, "%s needs %s before it",
		    kind->name, first_of(wrong));
	else if ((wrong = kind->needs_later & ~behind) != 0)
		(void)snprintf(why, size, "%s needs %s behind it",
		    kind->name, first_of(wrong));
	else if ((wrong = kind->excludes & all) != 0)
		(void)snprintf(why, size, "%s and %s exclude each other",
		    kind->name, first_of(wrong));
	else if (is_too_late(this, before, &wrong))
		(void)snprintf(why, size, "%s must stand before %s",
		    kind->name, first_of(wrong));
	else
		return 0;
	return -1;
}

int
planrule_check(const struct plan_step *steps, size_t count, char *why,
    size_t size)
{
	kind_set before = 0, behind;
	size_t i, j;

	for (i = 0; i < count; i++)
		if ((unsigned int)steps[i].kind >= PLAN_KINDS) {
			(void)snprintf(why, size, "step %zu is of no kind", i);
			return -1;
		}
	for (i = 0; i < count; i++) {
		behind = 0;
		for (j = i + 1; j < count; j++)
			behind |= bit_of(steps[j].kind);
		if (check_step(steps[i].kind, before, behind, why,
		    size) == -1)
			return -1;
		before |= bit_of(steps[i].kind);
	}
	if (before & BIT(EXEC))
		return 0;
	(void)snprintf(why, size, "there is no %s", kinds[PLAN_EXEC].name);
	return -1;
}
