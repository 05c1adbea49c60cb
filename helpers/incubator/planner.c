/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The order here is one that planrule.c allows, and chooses where it leaves a
 * choice: everything that only root can do comes first, then the identity and
 * its proof, then what the user could do himself.  A user namespace is made
 * by the user, after the proof: so the proof is about the ids that the rest
 * of the system sees, and the namespace gives him nothing that he could not
 * have had by unshare(1).
 */

#include "config.h"
#include "planner.h"

#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "command.h"
#include "confine.h"
#include "plan.h"
#include "planspace.h"
#include "planwork.h"
#include "request.h"

/*
 * Where the terminal is kept, so is the session, and the process group with
 * the foreground: the group is orphaned as it is under sshd alone, so that a
 * ^Z at a command that is no shell stops nothing, and a job of its that reads
 * in the background gets EIO.  Everywhere else the child gets a session of
 * its own, without a terminal or with the new one; but not in shape A, where
 * nobody has to be kept from the terminal.
 */
static int
add_session(const struct planwork *work)
{
	const struct planner_facts *facts = work->facts;
	const struct plan_step step = {
		.kind = PLAN_CONTROLLING_TTY,
		.u.fd = facts->req->terminal == REQUEST_TAKE_TERMINAL ?
		    STDIN_FILENO : facts->new_tty,
	};

	if (facts->once != NULL)
		return planwork_add(work, PLAN_NEW_SESSION);
	if (facts->in_place || !planwork_by_root(work) ||
	    facts->req->terminal == REQUEST_KEEP_TERMINAL)
		return 0;
	if (planwork_add(work, PLAN_NEW_SESSION) == -1)
		return -1;
	if (facts->req->terminal == REQUEST_NO_TERMINAL)
		return 0;
	return planwork_step(work, &step);
}

/* The new terminal in place of each that is one; the others as they are. */
static int
add_descriptors(const struct planwork *work)
{
	const struct plan_step step = {
		.kind = PLAN_DESCRIPTORS, .u.fds = { work->planner->fds, 3 },
	};
	int fd;

	if (work->facts->in_place || work->facts->once != NULL ||
	    work->facts->req->terminal != REQUEST_NEW_TERMINAL)
		return 0;
	for (fd = 0; fd < 3; fd++)
		work->planner->fds[fd] = isatty(fd) ? work->facts->new_tty :
		    fd;
	return planwork_step(work, &step);
}

static int
add_bounding(const struct planwork *work)
{
	if (!work->confine->has_bounding)
		return 0;
	return planwork_caps(work, PLAN_BOUNDING_SET, work->confine->bounding);
}

static int
add_ids(const struct planwork *work)
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

	if (planwork_step(work, &groups) == -1 ||
	    planwork_step(work, &gid) == -1)
		return -1;
	return planwork_step(work, &uid);
}

static int
add_proof(const struct planwork *work, uint64_t caps)
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

	return planwork_step(work, &prove);
}

/*
 * Ambient capabilities are kept over the change of ids, if it is here that
 * they are to be; in a user namespace they are the user's to take.  Root as a
 * target keeps what makes him root.
 */
static int
add_identity(const struct planwork *work)
{
	const int ambient = work->confine->has_ambient && !work->own_user_ns;
	const uint64_t caps = ambient ? work->confine->ambient : 0;
	const int is_root = work->facts->req->target->uid == 0;

	if (ambient && !is_root &&
	    planwork_add(work, PLAN_KEEP_CAPABILITIES) == -1)
		return -1;
	if (add_ids(work) == -1)
		return -1;
	if (!is_root && planwork_caps(work, PLAN_CAPABILITIES, caps) == -1)
		return -1;
	if (ambient && planwork_caps(work, PLAN_AMBIENT, caps) == -1)
		return -1;
	return add_proof(work, caps);
}

/*
 * As late as the privilege to raise one is there: a limit on descriptors is
 * for the command, and not for the steps.
 */
static int
add_limits(const struct planwork *work)
{
	const struct confine *confine = work->confine;
	const struct plan_step limits = {
		.kind = PLAN_LIMITS,
		.u.limits = { confine->limits, confine->nlimits },
	};
	const struct plan_step mask = {
		.kind = PLAN_UMASK, .u.mask = confine->umask,
	};

	if (confine->nlimits > 0 && planwork_step(work, &limits) == -1)
		return -1;
	return confine->has_umask ? planwork_step(work, &mask) : 0;
}

/* Up to the user's identity, with root's rights where there are any. */
static int
add_user(const struct planwork *work)
{
	const int by_root = planwork_by_root(work);

	if ((!by_root && planspace_map(work) == -1) ||
	    planspace_root(work) == -1)
		return -1;
	if (!work->own_user_ns && add_bounding(work) == -1)
		return -1;
	if (!by_root)
		return 0;
	return add_limits(work) == -1 ? -1 : add_identity(work);
}

/* Before Landlock, which may leave him nowhere to write. */
static int
add_once(const struct planwork *work)
{
	const struct planner_once *once = work->facts->once;
	struct plan_step step = { .kind = PLAN_ONCE };

	if (once == NULL)
		return 0;
	step.u.once.base = work->facts->req->target->home;
	step.u.once.below = once->below;
	step.u.once.marker = once->marker;
	step.u.once.log = once->log;
	step.u.once.fixed = once->fixed;
	return planwork_step(work, &step);
}

/* What the user sees of the file system. */
static int
add_files(const struct planwork *work)
{
	const struct jail *jail = &work->planner->jail;
	const struct plan_step directory = {
		.kind = PLAN_DIRECTORY,
		.u.dir = {
			work->facts->directory != NULL ?
			    work->facts->directory :
			    work->facts->req->target->home, "/",
		},
	};
	const struct plan_step landlock = {
		.kind = PLAN_LANDLOCK,
		.u.landlock = { jail->paths, jail->npaths },
	};

	if (work->confine->no_new_privs &&
	    planwork_add(work, PLAN_NO_NEW_PRIVS) == -1)
		return -1;
	/* What enters no home says so in its own log. */
	if (add_once(work) == -1 || planwork_step(work, &directory) == -1)
		return -1;
	return jail->npaths > 0 ? planwork_step(work, &landlock) : 0;
}

/*
 * Behind a front nobody else would hang the session up if we were killed: its
 * pipes and its terminal stay open as long as sshd waits.  Process 1 of a
 * namespace hears no HUP.
 */
static int
death_signal(const struct planwork *work)
{
	if (work->confine->pdeathsig != 0 || work->facts->in_place ||
	    work->facts->req->shape != REQUEST_SERVICE)
		return work->confine->pdeathsig;
	return (work->namespaces & CLONE_NEWPID) != 0 ? SIGKILL : SIGHUP;
}

/* What is the user's own to have, and what has to be last. */
static int
add_rest(const struct planwork *work)
{
	const struct confine *confine = work->confine;
	const int own = work->own_user_ns, by_root = planwork_by_root(work);
	const struct plan_step death = {
		.kind = PLAN_PARENT_DEATH, .u.signal = death_signal(work),
	};

	/* It begins with a full bounding set, whatever there was outside. */
	if (own && (planwork_add(work, PLAN_USER_NAMESPACE) == -1 ||
	    planspace_map(work) == -1 || add_bounding(work) == -1))
		return -1;
	if (confine->has_ambient && (own || !by_root) &&
	    planwork_caps(work, PLAN_AMBIENT, confine->ambient) == -1)
		return -1;
	if (death.u.signal != 0 && work->facts->once == NULL &&
	    planwork_step(work, &death) == -1)
		return -1;
	return by_root ? 0 : add_limits(work);
}

static int
add_exec(const struct planwork *work)
{
	const struct plan_step exec = {
		.kind = PLAN_EXEC,
		.u.exec = {
			work->facts->command->run.candidates,
			work->facts->command->run.argv, work->facts->envp,
		},
	};

	return planwork_step(work, &exec);
}

int
planner_needs_child(const struct confine *confine)
{
	return (confine->namespaces & PLANSPACE_FOR_CHILDREN) != 0;
}

int
planner_build(struct planner *planner, const struct planner_facts *facts)
{
	struct planwork work = {
		.planner = planner, .facts = facts,
		.confine = facts->confine,
		.own_user_ns = request_by_root(facts->req) &&
		    (facts->confine->namespaces & CLONE_NEWUSER) != 0,
	};

	memset(planner, 0, sizeof(*planner));
	if ((planner->plan = plan_new()) == NULL ||
	    jail_build(&planner->jail, facts->confine, facts->command,
	    facts->req->target) == -1)
		return -1;
	work.namespaces = planner->jail.namespaces;
	if (planspace_birth(&work) == -1 || add_session(&work) == -1 ||
	    planwork_add(&work, PLAN_SIGNALS) == -1 ||
	    add_descriptors(&work) == -1 ||
	    planwork_add(&work, PLAN_CLOSE) == -1)
		return -1;
	if (!facts->command->is_login && (planspace_unshare(&work) == -1 ||
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
