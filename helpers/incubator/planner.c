/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "planner.h"

#include <unistd.h>

#include "account.h"
#include "command.h"
#include "plan.h"
#include "request.h"

/* Each returns 0, or -1 with errno. */

static int
add(struct plan *plan, enum plan_kind kind)
{
	const struct plan_step step = { .kind = kind };

	return plan_add(plan, &step);
}

/*
 * Where the terminal is kept, so is the session, and the process group with
 * the foreground: the group is orphaned as it is under sshd alone, so that a
 * ^Z at a command that is no shell stops nothing, and a job of its that reads
 * in the background gets EIO.  Everywhere else the child gets a session of
 * its own, without a terminal or with the new one.
 */
static int
add_session(struct plan *plan, const struct planner_facts *facts)
{
	const struct plan_step step = {
		.kind = PLAN_CONTROLLING_TTY, .u.fd = facts->new_tty,
	};

	if (facts->req->terminal == REQUEST_KEEP_TERMINAL)
		return 0;
	if (add(plan, PLAN_NEW_SESSION) == -1)
		return -1;
	if (facts->req->terminal == REQUEST_NO_TERMINAL)
		return 0;
	return plan_add(plan, &step);
}

/* The new terminal in place of each that is one; the others as they are. */
static int
add_descriptors(struct plan *plan, const struct planner_facts *facts)
{
	struct plan_step step = { .kind = PLAN_DESCRIPTORS };
	int fd;

	if (facts->req->terminal != REQUEST_NEW_TERMINAL)
		return 0;
	for (fd = 0; fd < 3; fd++)
		step.u.fds[fd] = isatty(fd) ? facts->new_tty : fd;
	return plan_add(plan, &step);
}

static int
add_identity(struct plan *plan, const struct planner_facts *facts)
{
	const struct account *target = facts->req->target;
	const struct plan_step groups = {
		.kind = PLAN_GROUPS,
		.u.groups = {
			facts->groups, facts->ngroups, facts->pam_pending,
		},
	};
	const struct plan_step gid = {
		.kind = PLAN_GID, .u.gid = target->gid,
	};
	const struct plan_step uid = {
		.kind = PLAN_UID, .u.uid = target->uid,
	};
	const struct plan_step prove = {
		.kind = PLAN_PROVE,
		.u.prove = {
			.uid = target->uid, .gid = target->gid,
			.list = facts->groups, .count = facts->ngroups,
			.pam_adds = facts->pam_pending,
			.old_uid = 0, .old_gid = 0,
		},
	};

	if (plan_add(plan, &groups) == -1 || plan_add(plan, &gid) == -1 ||
	    plan_add(plan, &uid) == -1)
		return -1;
	/* Root as a target keeps what makes him root. */
	if (target->uid != 0 && add(plan, PLAN_CAPABILITIES) == -1)
		return -1;
	return plan_add(plan, &prove);
}

static int
add_exec(struct plan *plan, const struct planner_facts *facts)
{
	const struct plan_step exec = {
		.kind = PLAN_EXEC,
		.u.exec = {
			facts->command->run.candidates,
			facts->command->run.argv, facts->envp,
		},
	};

	return plan_add(plan, &exec);
}

/* The target's ids and his directory. */
static int
add_user(struct plan *plan, const struct planner_facts *facts)
{
	const struct plan_step home = {
		.kind = PLAN_DIRECTORY,
		.u.dir = { facts->req->target->home, "/" },
	};

	/* In shape A the identity is the login's already. */
	if (facts->req->shape == REQUEST_ROOT &&
	    add_identity(plan, facts) == -1)
		return -1;
	return plan_add(plan, &home);
}

struct plan *
planner_build(const struct planner_facts *facts)
{
	struct plan *plan;

	if ((plan = plan_new()) == NULL)
		return NULL;
	if (!facts->in_place && add_session(plan, facts) == -1)
		goto fail;
	if (add(plan, PLAN_SIGNALS) == -1)
		goto fail;
	if (!facts->in_place && add_descriptors(plan, facts) == -1)
		goto fail;
	if (!facts->command->is_login && add_user(plan, facts) == -1)
		goto fail;
	if (add(plan, PLAN_CLOSE) == -1 || add_exec(plan, facts) == -1)
		goto fail;
	return plan;
fail:
	plan_free(plan);
	return NULL;
}
