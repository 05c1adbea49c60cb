/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "planvalue.h"

#include <limits.h>
#include <sched.h>
#include <string.h>

#include "planstep.h"

/* Where the steps of a plan stand, so that each is found by its kind. */
struct index {
	const struct plan_step *of[PLAN_KINDS];
};

/* Does "a" stand before "b"?  Not if one of them is not there. */
static int
is_before(const struct plan_step *a, const struct plan_step *b)
{
	return a != NULL && b != NULL && a < b;
}

/* Each of these returns NULL, or what is wrong. */

static const char *
check_paths(const struct index *index)
{
	const struct plan_step *proc = index->of[PLAN_MOUNT_PROC];
	const struct plan_step *root = index->of[PLAN_CHROOT];
	const struct plan_step *dir = index->of[PLAN_DIRECTORY];
	const struct plan_step *cgroup = index->of[PLAN_CGROUP];

	if (proc != NULL && proc->u.proc == NULL)
		return "mount-proc has no path";
	if (root != NULL && root->u.root.path == NULL)
		return "chroot has no path";
	if (dir != NULL && dir->u.dir.path == NULL)
		return "directory has no path";
	return cgroup != NULL && cgroup->u.cgroup.path == NULL &&
	    cgroup->u.cgroup.fd < 0 ? "cgroup has no directory" : NULL;
}

/* Is it one component of a path? */
static int
is_name(const char *name)
{
	return name != NULL && *name != '\0' && strchr(name, '/') == NULL &&
	    strlen(name) <= NAME_MAX;
}

static const char *
check_once(const struct index *index)
{
	const struct plan_step *once = index->of[PLAN_ONCE];

	if (once == NULL)
		return NULL;
	if (once->u.once.base == NULL || once->u.once.below == NULL ||
	    *once->u.once.below == '\0')
		return "once has no directory";
	if (!is_name(once->u.once.marker) || !is_name(once->u.once.log))
		return "once has no names for its files";
	/* Of what is all the same there would be no old one. */
	return once->u.once.fixed >= strlen(once->u.once.marker) ?
	    "once has a marker that is always the same" : NULL;
}

/* A null pointer in the child would be nobody's error. */
static const char *
check_lists(const struct index *index)
{
	const struct plan_step *limits = index->of[PLAN_LIMITS];
	const struct plan_step *paths = index->of[PLAN_LANDLOCK];
	const struct plan_step *death = index->of[PLAN_PARENT_DEATH];

	if (limits != NULL && limits->u.limits.count > 0 &&
	    limits->u.limits.list == NULL)
		return "limits has no list";
	if (paths != NULL && paths->u.landlock.count > 0 &&
	    paths->u.landlock.list == NULL)
		return "landlock has no list";
	return death != NULL && death->u.signal == 0 ?
	    "parent-death has no signal" : NULL;
}

/*
 * -1 is "leave it as it is" to the kernel (CVE-2019-14287), and what is proven
 * must be what was set.
 */
static const char *
check_identity(const struct index *index)
{
	const struct plan_step *gid = index->of[PLAN_GID];
	const struct plan_step *uid = index->of[PLAN_UID];
	const struct plan_step *prove = index->of[PLAN_PROVE];

	if (uid == NULL || gid == NULL || prove == NULL)
		return NULL;
	if (uid->u.uid == (uid_t)-1)
		return "setuid to -1 changes nothing";
	if (gid->u.gid == (gid_t)-1)
		return "setgid to -1 changes nothing";
	if (uid->u.uid != prove->u.prove.uid ||
	    gid->u.gid != prove->u.prove.gid)
		return "prove is about other ids";
	return NULL;
}

static const char *
check_files(const struct index *index)
{
	const struct plan_step *fds = index->of[PLAN_DESCRIPTORS];
	const struct plan_step *tty = index->of[PLAN_CONTROLLING_TTY];
	const struct plan_step *end = index->of[PLAN_CLOSE];

	if (fds != NULL && fds->u.fds.count < 3)
		return "descriptors names less than 0, 1 and 2";
	if (end != NULL && end->u.more > INT_MAX - 3)
		return "close leaves more than there can be";
	if (fds != NULL && end != NULL &&
	    fds->u.fds.count > 3 + end->u.more)
		return "close closes what descriptors names";
	/* The number is the child's there, not ours. */
	if (is_before(fds, tty) && (tty->u.fd < 0 ||
	    (size_t)tty->u.fd >= fds->u.fds.count ||
	    fds->u.fds.list[tty->u.fd] == PLAN_NO_FD))
		return "controlling-tty is none of descriptors";
	return NULL;
}

#define EVERY_NAMESPACE (CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNET | \
	CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUSER | CLONE_NEWUTS | \
	PLAN_NEWTIME)

static unsigned int
namespaces_of(const struct plan_step *step)
{
	return step != NULL ? step->u.namespaces : 0;
}

/*
 * Ids inside a user namespace mean nothing before they are mapped; and a
 * mount that is not private is everybody's.
 */
static const char *
check_namespaces(const struct index *index)
{
	const struct plan_step *own = index->of[PLAN_USER_NAMESPACE];
	const struct plan_step *map = index->of[PLAN_MAP_IDS];
	const struct plan_step *groups = index->of[PLAN_GROUPS];
	const struct plan_step *root = index->of[PLAN_CHROOT];
	const unsigned int clone = namespaces_of(index->of[PLAN_CLONE]);
	const unsigned int unshare = namespaces_of(index->of[PLAN_UNSHARE]);
	const int user = ((clone | unshare) & CLONE_NEWUSER) != 0;

	/* Any other flag would make a child of another kind. */
	if (((clone | unshare) & ~(unsigned int)EVERY_NAMESPACE) != 0)
		return "clone or unshare makes what is no namespace";
	if (own != NULL && user)
		return "there are two user namespaces";
	if ((clone & unshare) != 0)
		return "clone and unshare make the same namespace";
	if (map != NULL && own == NULL && !user)
		return "map-ids needs a user namespace";
	if (map != NULL && user && is_before(groups, map))
		return "setgroups must stand behind map-ids";
	if (map == NULL && user && groups != NULL)
		return "setgroups needs map-ids in a user namespace";
	if (map != NULL && !map->u.map.by_parent &&
	    is_before(index->of[PLAN_LANDLOCK], map))
		return "map-ids needs the /proc of before landlock";
	/* Not the process itself: after setuid its /proc is root's. */
	if (own != NULL && map != NULL && index->of[PLAN_UID] != NULL &&
	    !map->u.map.by_parent)
		return "map-ids is the parent's after setuid";
	if ((unshare & (CLONE_NEWPID | PLAN_NEWTIME)) != 0)
		return "unshare makes a namespace for children only";
	/* The kernel makes no user namespace for who is in a chroot(2). */
	if (is_before(root, own) && !root->u.root.pivot)
		return "chroot before user-namespace must pivot";
	if (map != NULL && !map->u.map.by_parent && is_before(root, map))
		return "map-ids needs the /proc of before chroot";
	if (((clone | unshare) & CLONE_NEWNS) != 0)
		return NULL;
	if (root != NULL && root->u.root.pivot)
		return "chroot needs a mount namespace to pivot in";
	return index->of[PLAN_MOUNT_PROC] != NULL ?
	    "mount-proc needs a mount namespace" : NULL;
}

static const char *
check_capabilities(const struct index *index)
{
	const struct plan_step *ambient = index->of[PLAN_AMBIENT];
	const struct plan_step *bounding = index->of[PLAN_BOUNDING_SET];
	const struct plan_step *keep = index->of[PLAN_CAPABILITIES];
	const struct plan_step *prove = index->of[PLAN_PROVE];
	const struct plan_step *own = index->of[PLAN_USER_NAMESPACE];

	if (ambient != NULL && bounding != NULL &&
	    (ambient->u.caps & ~bounding->u.caps) != 0)
		return "ambient-caps are not in bounding-set";
	if (prove != NULL && keep != NULL &&
	    prove->u.prove.caps != keep->u.caps)
		return "prove and capabilities name different ones";
	if (is_before(prove, ambient) && own == NULL)
		return "ambient-caps must stand before prove";
	return NULL;
}

/* Of a program without argv[0], argc is 0 (CVE-2021-4034). */
static const char *
check_exec(const struct index *index)
{
	const struct plan_step *exec = index->of[PLAN_EXEC];

	if (exec->u.exec.candidates == NULL ||
	    exec->u.exec.candidates[0] == NULL)
		return "exec has no path";
	if (exec->u.exec.argv == NULL || exec->u.exec.argv[0] == NULL)
		return "exec has no argv[0]";
	return exec->u.exec.envp == NULL ? "exec has no environment" : NULL;
}

int
planvalue_check(const struct plan_step *steps, size_t count, char *why,
    size_t size)
{
	static const char *(*const checks[])(const struct index *) = {
		check_paths, check_lists, check_identity, check_files,
		check_namespaces, check_capabilities, check_once, check_exec,
	};
	struct index index;
	const char *wrong;
	size_t i;

	memset(&index, 0, sizeof(index));
	for (i = 0; i < count; i++)
		index.of[steps[i].kind] = &steps[i];
	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if ((wrong = checks[i](&index)) != NULL) {
			(void)strlcpy(why, wrong, size);
			return -1;
		}
	return 0;
}
