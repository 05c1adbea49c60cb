/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The order here is one that plan.c allows, and chooses where it leaves a
 * choice: everything that only root can do comes first, then the identity and
 * its proof, then what the user could do himself.  A user namespace is made
 * by the user, after the proof: so the proof is about the ids that the rest
 * of the system sees, and the namespace gives him nothing that he could not
 * have had by unshare(1).
 */

#include "config.h"
#include "planner.h"

#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "command.h"
#include "confine.h"
#include "plan.h"
#include "request.h"

/* What the functions below work with; each returns 0, or -1 with errno. */
struct work {
	struct planner *planner;
	const struct planner_facts *facts;
	const struct confine *confine;
	unsigned int namespaces;	/* all that are asked for */
	int own_user_ns;	/* shape B: the user makes one */
};

/* Those that a process gets for its children only. */
#define FOR_CHILDREN (CLONE_NEWPID | PLAN_NEWTIME)

static int
add_step(const struct work *work, const struct plan_step *step)
{
	return plan_add(work->planner->plan, step);
}

static int
add(const struct work *work, enum plan_kind kind)
{
	const struct plan_step step = { .kind = kind };

	return add_step(work, &step);
}

static int
add_caps(const struct work *work, enum plan_kind kind, uint64_t caps)
{
	const struct plan_step step = { .kind = kind, .u.caps = caps };

	return add_step(work, &step);
}

static int
is_root_shape(const struct work *work)
{
	return work->facts->req->shape == REQUEST_ROOT;
}

/*
 * Born into: in shape A all of them if there is a child, because a user
 * namespace has to be there first; in shape B what there is no other way for.
 */
static unsigned int
born_into(const struct work *work)
{
	if (work->facts->in_place)
		return 0;
	if (is_root_shape(work))
		return work->namespaces & FOR_CHILDREN;
	/* A control group's namespace begins where its maker is. */
	return work->namespaces & ~(unsigned int)CLONE_NEWCGROUP;
}

static int
add_birth(const struct work *work)
{
	const struct plan_step cgroup = {
		.kind = PLAN_CGROUP,
		.u.cgroup = { work->confine->cgroup, -1 },
	};
	const struct plan_step clone = {
		.kind = PLAN_CLONE, .u.namespaces = born_into(work),
	};

	if (work->confine->cgroup != NULL && add_step(work, &cgroup) == -1)
		return -1;
	return clone.u.namespaces != 0 ? add_step(work, &clone) : 0;
}

/*
 * Where the terminal is kept, so is the session, and the process group with
 * the foreground: the group is orphaned as it is under sshd alone, so that a
 * ^Z at a command that is no shell stops nothing, and a job of its that reads
 * in the background gets EIO.  Everywhere else the child gets a session of
 * its own, without a terminal or with the new one; but not in shape A, where
 * nobody has to be kept from the terminal.
 */
static int
add_session(const struct work *work)
{
	const struct planner_facts *facts = work->facts;
	const struct plan_step step = {
		.kind = PLAN_CONTROLLING_TTY, .u.fd = facts->new_tty,
	};

	if (facts->in_place || !is_root_shape(work) ||
	    facts->req->terminal == REQUEST_KEEP_TERMINAL)
		return 0;
	if (add(work, PLAN_NEW_SESSION) == -1)
		return -1;
	if (facts->req->terminal == REQUEST_NO_TERMINAL)
		return 0;
	return add_step(work, &step);
}

/* The new terminal in place of each that is one; the others as they are. */
static int
add_descriptors(const struct work *work)
{
	const struct plan_step step = {
		.kind = PLAN_DESCRIPTORS, .u.fds = { work->planner->fds, 3 },
	};
	int fd;

	if (work->facts->in_place ||
	    work->facts->req->terminal != REQUEST_NEW_TERMINAL)
		return 0;
	for (fd = 0; fd < 3; fd++)
		work->planner->fds[fd] = isatty(fd) ? work->facts->new_tty :
		    fd;
	return add_step(work, &step);
}

/* With the privilege that the process has: root's, or none. */
static int
add_unshare(const struct work *work)
{
	struct plan_step step = { .kind = PLAN_UNSHARE };

	step.u.namespaces = work->namespaces & ~born_into(work);
	if (work->own_user_ns)
		step.u.namespaces &= ~(unsigned int)CLONE_NEWUSER;
	return step.u.namespaces != 0 ? add_step(work, &step) : 0;
}

static int
add_map(const struct work *work)
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
	return add_step(work, &step);
}

/* With a mount namespace the old root can be left behind for good. */
static int
add_root(const struct work *work)
{
	const struct confine *confine = work->confine;
	const struct plan_step proc = {
		.kind = PLAN_MOUNT_PROC, .u.proc = work->planner->jail.proc,
	};
	struct plan_step root = {
		.kind = PLAN_CHROOT,
		.u.root = { confine->chroot, is_root_shape(work), 0 },
	};

	if (confine->mount_proc && add_step(work, &proc) == -1)
		return -1;
	if (confine->chroot == NULL)
		return 0;
	root.u.root.pivot = (work->namespaces & CLONE_NEWNS) != 0;
	return add_step(work, &root);
}

static int
add_bounding(const struct work *work)
{
	if (!work->confine->has_bounding)
		return 0;
	return add_caps(work, PLAN_BOUNDING_SET, work->confine->bounding);
}

static int
add_ids(const struct work *work)
{
	const struct account *target = work->facts->req->target;
	const struct plan_step groups = {
		.kind = PLAN_GROUPS,
		.u.groups = {
			work->facts->groups, work->facts->ngroups,
			work->facts->pam_pending, 0,
		},
	};
	const struct plan_step gid = {
		.kind = PLAN_GID, .u.gid = target->gid,
	};
	const struct plan_step uid = {
		.kind = PLAN_UID, .u.uid = target->uid,
	};

	if (add_step(work, &groups) == -1 || add_step(work, &gid) == -1)
		return -1;
	return add_step(work, &uid);
}

static int
add_proof(const struct work *work, uint64_t caps)
{
	const struct account *target = work->facts->req->target;
	const struct plan_step prove = {
		.kind = PLAN_PROVE,
		.u.prove = {
			.uid = target->uid, .gid = target->gid,
			.list = work->facts->groups,
			.count = work->facts->ngroups,
			.pam_adds = work->facts->pam_pending,
			.caps = caps, .old_uid = 0, .old_gid = 0,
		},
	};

	return add_step(work, &prove);
}

/*
 * Ambient capabilities are kept over the change of ids, if it is here that
 * they are to be; in a user namespace they are the user's to take.  Root as a
 * target keeps what makes him root.
 */
static int
add_identity(const struct work *work)
{
	const int ambient = work->confine->has_ambient && !work->own_user_ns;
	const uint64_t caps = ambient ? work->confine->ambient : 0;
	const int is_root = work->facts->req->target->uid == 0;

	if (ambient && !is_root && add(work, PLAN_KEEP_CAPABILITIES) == -1)
		return -1;
	if (add_ids(work) == -1)
		return -1;
	if (!is_root && add_caps(work, PLAN_CAPABILITIES, caps) == -1)
		return -1;
	if (ambient && add_caps(work, PLAN_AMBIENT, caps) == -1)
		return -1;
	return add_proof(work, caps);
}

/*
 * As late as the privilege to raise one is there: a limit on descriptors is
 * for the command, and not for the steps.
 */
static int
add_limits(const struct work *work)
{
	const struct confine *confine = work->confine;
	const struct plan_step limits = {
		.kind = PLAN_LIMITS,
		.u.limits = { confine->limits, confine->nlimits },
	};
	const struct plan_step mask = {
		.kind = PLAN_UMASK, .u.mask = confine->umask,
	};

	if (confine->nlimits > 0 && add_step(work, &limits) == -1)
		return -1;
	return confine->has_umask ? add_step(work, &mask) : 0;
}

/* Up to the user's identity, with root's rights where there are any. */
static int
add_user(const struct work *work)
{
	const int by_root = is_root_shape(work);

	if ((!by_root && add_map(work) == -1) || add_root(work) == -1)
		return -1;
	if (!work->own_user_ns && add_bounding(work) == -1)
		return -1;
	if (!by_root)
		return 0;
	return add_limits(work) == -1 ? -1 : add_identity(work);
}

/* What the user sees of the file system. */
static int
add_files(const struct work *work)
{
	const struct jail *jail = &work->planner->jail;
	const struct plan_step home = {
		.kind = PLAN_DIRECTORY,
		.u.dir = { work->facts->req->target->home, "/" },
	};
	const struct plan_step landlock = {
		.kind = PLAN_LANDLOCK,
		.u.landlock = { jail->paths, jail->npaths },
	};

	if (work->confine->no_new_privs && add(work, PLAN_NO_NEW_PRIVS) == -1)
		return -1;
	if (add_step(work, &home) == -1)
		return -1;
	return jail->npaths > 0 ? add_step(work, &landlock) : 0;
}

/* What is the user's own to have, and what has to be last. */
static int
add_rest(const struct work *work)
{
	const struct confine *confine = work->confine;
	const int own = work->own_user_ns, by_root = is_root_shape(work);
	const struct plan_step death = {
		.kind = PLAN_PARENT_DEATH, .u.signal = confine->pdeathsig,
	};

	/* It begins with a full bounding set, whatever there was outside. */
	if (own && (add(work, PLAN_USER_NAMESPACE) == -1 ||
	    add_map(work) == -1 || add_bounding(work) == -1))
		return -1;
	if (confine->has_ambient && (own || !by_root) &&
	    add_caps(work, PLAN_AMBIENT, confine->ambient) == -1)
		return -1;
	if (confine->pdeathsig != 0 && add_step(work, &death) == -1)
		return -1;
	return by_root ? 0 : add_limits(work);
}

static int
add_exec(const struct work *work)
{
	const struct plan_step exec = {
		.kind = PLAN_EXEC,
		.u.exec = {
			work->facts->command->run.candidates,
			work->facts->command->run.argv, work->facts->envp,
		},
	};

	return add_step(work, &exec);
}

int
planner_needs_child(const struct confine *confine)
{
	return (confine->namespaces & FOR_CHILDREN) != 0;
}

int
planner_build(struct planner *planner, const struct planner_facts *facts)
{
	struct work work = {
		.planner = planner, .facts = facts,
		.confine = facts->confine,
		.own_user_ns = facts->req->shape == REQUEST_ROOT &&
		    (facts->confine->namespaces & CLONE_NEWUSER) != 0,
	};

	memset(planner, 0, sizeof(*planner));
	if ((planner->plan = plan_new()) == NULL ||
	    jail_build(&planner->jail, facts->confine, facts->command,
	    facts->req->target) == -1)
		return -1;
	work.namespaces = planner->jail.namespaces;
	if (add_birth(&work) == -1 || add_session(&work) == -1 ||
	    add(&work, PLAN_SIGNALS) == -1 || add_descriptors(&work) == -1 ||
	    add(&work, PLAN_CLOSE) == -1)
		return -1;
	if (!facts->command->is_login && (add_unshare(&work) == -1 ||
	    add_user(&work) == -1 || add_files(&work) == -1 ||
	    add_rest(&work) == -1))
		return -1;
	return add_exec(&work);
}

void
planner_free(struct planner *planner)
{
	plan_free(planner->plan);
	jail_free(&planner->jail);
	memset(planner, 0, sizeof(*planner));
}
