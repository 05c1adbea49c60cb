/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "become.h"

#include <errno.h>
#include <string.h>

#include "account.h"
#include "environ.h"
#include "exitcode.h"
#include "invocation.h"
#include "log.h"
#include "plan.h"
#include "spawn.h"

static int
choose(struct invocation *run, const struct become_facts *facts)
{
	const char *shell = invocation_shell(facts->account->shell, NULL);

	if (facts->args[0] != NULL)
		return invocation_program(run, NULL, facts->args);
	if (facts->asked != NULL && *facts->asked != '\0')
		return invocation_asked(run, shell, facts->asked);
	return invocation_login_shell(run, shell);
}

/*
 * By the PATH that the command will have, and as the user that it will run
 * as: this process holds nothing that he does not (I12, I15).
 */
static int
locate(struct invocation *run, const struct environ *env)
{
	const char *path = environ_get(env, "PATH");

	return invocation_locate(run, path != NULL ? path : DEFAULT_PATH);
}

/* No step but these: directory, signals and identity stay as they are. */
static struct plan *
make_plan(const struct invocation *run, const struct environ *env)
{
	const struct plan_step close_all = { .kind = PLAN_CLOSE };
	const struct plan_step exec = {
		.kind = PLAN_EXEC,
		.u.exec = { run->candidates, run->argv, environ_envp(env) },
	};
	struct plan *plan;

	if ((plan = plan_new()) == NULL)
		return NULL;
	if (plan_add(plan, &close_all) == 0 && plan_add(plan, &exec) == 0)
		return plan;
	plan_free(plan);
	return NULL;
}

int
become_command(const struct become_facts *facts)
{
	struct invocation run = { 0 };
	struct plan *plan = NULL;
	struct spawn_report failed;
	int status = -1, saved;

	if (choose(&run, facts) == -1 || locate(&run, facts->env) == -1 ||
	    (plan = make_plan(&run, facts->env)) == NULL)
		goto out;
	(void)spawn_here(plan, NULL, NULL, &failed);
	errno = failed.err;
	/* The first step is the closing of descriptors, the second the exec. */
	if (failed.step != 1)
		goto out;
	log_warn("%s", run.search ? run.argv[0] : run.path);
	status = exitcode_of_exec(failed.err);
out:
	saved = errno;
	plan_free(plan);
	invocation_free(&run);
	errno = saved;
	return status;
}
