/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "planspace.h"

#include <sched.h>

#include "confine.h"
#include "planwork.h"

/*
 * Born into: in shape A all of them if there is a child, because a user
 * namespace has to be there first; in shape B what there is no other way for.
 */
static unsigned int
born_into(const struct planwork *work)
{
	if (work->facts->in_place)
		return 0;
	if (planwork_by_root(work))
		return work->namespaces & PLANSPACE_FOR_CHILDREN;
	/* A control group's namespace begins where its maker is. */
	return work->namespaces & ~(unsigned int)CLONE_NEWCGROUP;
}

int
planspace_birth(const struct planwork *work)
{
	const struct plan_step cgroup = {
		.kind = PLAN_CGROUP,
		.u.cgroup = { work->confine->cgroup, -1 },
	};
	const struct plan_step clone = {
		.kind = PLAN_CLONE, .u.namespaces = born_into(work),
	};

	if (work->confine->cgroup != NULL &&
	    planwork_step(work, &cgroup) == -1)
		return -1;
	return clone.u.namespaces != 0 ? planwork_step(work, &clone) : 0;
}

int
planspace_unshare(const struct planwork *work)
{
	struct plan_step step = { .kind = PLAN_UNSHARE };

	step.u.namespaces = work->namespaces & ~born_into(work);
	if (work->own_user_ns)
		step.u.namespaces &= ~(unsigned int)CLONE_NEWUSER;
	return step.u.namespaces != 0 ? planwork_step(work, &step) : 0;
}

int
planspace_map(const struct planwork *work)
{
	const struct confine *confine = work->confine;
	const struct plan_step step = {
		.kind = PLAN_MAP_IDS,
		.u.map = {
			.uids = confine->uid_map, .gids = confine->gid_map,
			.setgroups = confine->setgroups ==
			    PLAN_SETGROUPS_ALLOW ? PLAN_SETGROUPS_ALLOW :
			    PLAN_SETGROUPS_DENY,
			.by_parent = !work->facts->in_place,
		},
	};

	if ((work->namespaces & CLONE_NEWUSER) == 0)
		return 0;
	return planwork_step(work, &step);
}

/* With a mount namespace the old root can be left behind for good. */
int
planspace_root(const struct planwork *work)
{
	const struct confine *confine = work->confine;
	const struct plan_step proc = {
		.kind = PLAN_MOUNT_PROC, .u.proc = work->planner->jail.proc,
	};
	struct plan_step root = {
		.kind = PLAN_CHROOT,
		.u.root = { confine->chroot, planwork_by_root(work), 0 },
	};

	if (confine->mount_proc && planwork_step(work, &proc) == -1)
		return -1;
	if (confine->chroot == NULL)
		return 0;
	root.u.root.pivot = (work->namespaces & CLONE_NEWNS) != 0;
	return planwork_step(work, &root);
}
