/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "successor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "environ.h"
#include "exitcode.h"
#include "invocation.h"
#include "plan.h"
#include "spawn.h"

static int
is_named(const struct successor *next)
{
	return next->args != NULL && next->args[0] != NULL;
}

int
successor_choose(const struct successor *next, struct invocation *run)
{
	const char *shell = invocation_shell(next->account->shell, NULL);
	const char *path = environ_lookup(next->envp, "PATH");
	int r;

	if (is_named(next))
		r = invocation_program(run, NULL, next->args);
	else if (next->asked != NULL && *next->asked != '\0')
		r = invocation_asked(run, shell, next->asked);
	else
		r = invocation_login_shell(run, shell);
	return r == -1 ? -1 :
	    invocation_locate(run, path != NULL ? path : DEFAULT_PATH);
}

/* A copy; who runs what was asked for takes that out. */
static char **
make_environment(const struct successor *next)
{
	static const char asked[] = "SSH_ORIGINAL_COMMAND=";
	size_t count = 0, n = 0, i;
	char **copy;

	while (next->envp[count] != NULL)
		count++;
	if ((copy = calloc(count + 1, sizeof(*copy))) == NULL)
		return NULL;
	for (i = 0; i < count; i++)
		if (is_named(next) ||
		    strncmp(next->envp[i], asked, sizeof(asked) - 1) != 0)
			copy[n++] = next->envp[i];
	return copy;
}

/* No step but these: directory, signals and identity stay as they are. */
static struct plan *
make_plan(const struct invocation *run, char *const *envp)
{
	const struct plan_step close_all = { .kind = PLAN_CLOSE };
	const struct plan_step exec = {
		.kind = PLAN_EXEC,
		.u.exec = { run->candidates, run->argv, envp },
	};
	struct plan *plan = plan_new();

	if (plan != NULL && plan_add(plan, &close_all) == 0 &&
	    plan_add(plan, &exec) == 0)
		return plan;
	plan_free(plan);
	return NULL;
}

int
successor_become(const struct successor *next, const char **object)
{
	struct invocation run = { 0 };
	struct plan *plan = NULL;
	struct spawn_report failed;
	char **envp = make_environment(next);
	int status = -1, saved;

	if (envp == NULL || successor_choose(next, &run) == -1 ||
	    (plan = make_plan(&run, envp)) == NULL)
		goto out;
	(void)spawn_here(plan, NULL, NULL, &failed);
	errno = failed.err;
	/* The first step is the closing of descriptors, the second the exec. */
	if (failed.step != 1)
		goto out;
	/* Not run.argv[0], which may be the invocation's own. */
	*object = is_named(next) ? next->args[0] : run.path;
	status = exitcode_of_exec(failed.err);
out:
	saved = errno;
	plan_free(plan);
	invocation_free(&run);
	free(envp);
	errno = saved;
	return status;
}
