/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "leader.h"

#include <errno.h>
#include <unistd.h>

#include "invocation.h"
#include "plan.h"
#include "spawn.h"

/* The directory, the umask and the limits stay as they are. */
static struct plan *
make_plan(const struct invocation *run, char *const *envp, const int fds[3])
{
	const struct plan_step steps[LEADER_EXEC + 1] = {
		{ .kind = PLAN_NEW_SESSION },
		{ .kind = PLAN_SIGNALS },
		{ .kind = PLAN_DESCRIPTORS, .u.fds = { fds, 3 } },
		{ .kind = PLAN_CONTROLLING_TTY, .u.fd = STDIN_FILENO },
		{ .kind = PLAN_CLOSE },
		[LEADER_EXEC] = {
			.kind = PLAN_EXEC,
			.u.exec = { run->candidates, run->argv, envp },
		},
	};
	struct plan *plan = plan_new();
	size_t i;

	if (plan == NULL)
		return NULL;
	for (i = 0; i <= LEADER_EXEC; i++)
		if (plan_add(plan, &steps[i]) == -1) {
			plan_free(plan);
			return NULL;
		}
	return plan;
}

pid_t
leader_start(const struct invocation *run, char *const *envp, int slave,
    struct spawn_report *failed)
{
	const int fds[3] = { slave, slave, slave };
	struct plan *plan = make_plan(run, envp, fds);
	pid_t pid;

	if (plan == NULL) {
		failed->step = 0;
		failed->err = errno;
		return -1;
	}
	pid = spawn(plan, NULL, NULL, failed);
	plan_free(plan);
	return pid;
}
