/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "yield.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "audit.h"
#include "environ.h"
#include "exitcode.h"
#include "invocation.h"
#include "log.h"
#include "plan.h"
#include "spawn.h"

int
yield_choose(struct invocation *run, const struct account *account,
    char *const *envp, const char *asked, char **args)
{
	const char *shell = invocation_shell(account->shell, NULL);
	const char *path = environ_lookup(envp, "PATH");
	int r;

	if (args != NULL && args[0] != NULL)
		r = invocation_program(run, NULL, args);
	else if (asked != NULL && *asked != '\0')
		r = invocation_asked(run, shell, asked);
	else
		r = invocation_login_shell(run, shell);
	return r == -1 ? -1 :
	    invocation_locate(run, path != NULL ? path : DEFAULT_PATH);
}

/* A copy without what was asked for: who runs it takes it out. */
static char **
without_asked(char *const *envp)
{
	static const char name[] = "SSH_ORIGINAL_COMMAND=";
	size_t count = 0, n = 0, i;
	char **copy;

	while (envp[count] != NULL)
		count++;
	if ((copy = calloc(count + 1, sizeof(*copy))) == NULL)
		return NULL;
	for (i = 0; i < count; i++)
		if (strncmp(envp[i], name, sizeof(name) - 1) != 0)
			copy[n++] = envp[i];
	return copy;
}

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
yield_to_client(const struct account *account, char *const *envp,
    const char *asked)
{
	struct invocation run = { 0 };
	struct spawn_report failed;
	struct plan *plan = NULL;
	char **env = without_asked(envp);
	int status;

	if (env == NULL || yield_choose(&run, account, envp, asked,
	    NULL) == -1 || (plan = make_plan(&run, env)) == NULL) {
		status = audit_refused("out of memory");
	} else {
		(void)spawn_here(plan, NULL, NULL, &failed);
		errno = failed.err;
		log_warn("%s", run.path);
		status = failed.step == 1 ? exitcode_of_exec(failed.err) :
		    EXITCODE_REFUSED;
	}
	plan_free(plan);
	invocation_free(&run);
	free(env);
	return status;
}
