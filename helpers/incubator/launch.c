/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "launch.h"

#include <sys/uio.h>

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "audit.h"
#include "command.h"
#include "environ.h"
#include "exitcode.h"
#include "log.h"
#include "plan.h"
#include "planner.h"
#include "policy.h"
#include "request.h"
#include "sessenv.h"
#include "spawnreport.h"
#include "startup.h"

static void
show_plan(const struct plan *plan)
{
	const struct plan_step *step;
	char args[1024];
	size_t i;

	for (i = 0; (step = plan_at(plan, i)) != NULL; i++) {
		(void)plan_describe(step, args, sizeof(args));
		log_info("step %zu: %s%s%s", i + 1,
		    plan_kind_name(step->kind), *args != '\0' ? " " : "",
		    args);
	}
}

static int
build_env(struct launch *launch, const struct launch_facts *facts)
{
	const struct session_facts *session = facts->session;
	const struct sessenv_facts env_facts = {
		.req = session->req, .rules = &session->policy->env,
		.envp = session->envp,
		.pam = facts->pam_env, .tty = facts->tty,
		.agent = facts->agent,
		.passes_on = session->command->passes_on,
	};
	const char *path;

	if ((launch->env = sessenv_build(&env_facts)) == NULL)
		return -1;
	path = environ_get(launch->env, "PATH");
	return invocation_locate(&session->command->run,
	    path != NULL ? path : DEFAULT_PATH);
}

static struct planner_facts
facts_of_plan(const struct launch *launch, const struct launch_facts *facts)
{
	const struct session_facts *session = facts->session;
	struct planner_facts plan_facts = {
		.req = session->req, .command = session->command,
		.envp = environ_envp(launch->env),
		.confine = &session->policy->confine,
		.in_place = launch_in_place(session),
		.groups = facts->groups, .ngroups = facts->ngroups,
		.pam_pending = facts->pam_pending,
		.new_tty = facts->new_tty,
		.directory = session->policy->directory,
	};

	if (facts->groups == NULL) {
		plan_facts.groups = session->req->target->groups;
		plan_facts.ngroups = session->req->target->ngroups;
	}
	return plan_facts;
}

/* A plan that breaks the rules is a fault of this program: it must not run. */
static int
build_plan(struct launch *launch, const struct launch_facts *facts)
{
	const struct request *req = facts->session->req;
	const struct planner_facts plan_facts = facts_of_plan(launch, facts);
	char why[256], reason[300];

	if (planner_build(&launch->planner, &plan_facts) == -1) {
		audit_failed(req, "plan");
		return -1;
	}
	if (plan_check(launch->planner.plan, why, sizeof(why)) == -1) {
		(void)snprintf(reason, sizeof(reason), "plan: %s", why);
		audit_refused(req, NULL, reason);
		return -1;
	}
	return 0;
}

int
launch_in_place(const struct session_facts *facts)
{
	return command_in_place(facts->command, facts->req) &&
	    !planner_needs_child(&facts->policy->confine);
}

int
launch_prepare(struct launch *launch, const struct launch_facts *facts)
{
	memset(launch, 0, sizeof(*launch));
	if (build_env(launch, facts) == -1) {
		audit_failed(facts->session->req, "environment");
		return -1;
	}
	if (build_plan(launch, facts) == -1)
		return -1;
	show_plan(launch->planner.plan);
	return 0;
}

void
launch_free(struct launch *launch)
{
	planner_free(&launch->planner);
	environ_free(launch->env);
	launch->env = NULL;
}

void
launch_startup(const struct launch *launch, const struct launch_facts *facts)
{
	const struct session_facts *session = facts->session;
	const struct planner_facts plan_facts = facts_of_plan(launch, facts);

	if (session->policy->startup_command != NULL &&
	    !session->command->is_login)
		startup_run(&plan_facts, session->policy->startup_command,
		    launch_note);
}

/*
 * "object: reason" of a step that failed; for exec the object is the path,
 * and it is the client's mistake: a status, not a refusal.
 */
int
launch_report(const struct launch *launch, const struct request *req,
    const struct spawn_report *failed)
{
	const struct plan_step *step = plan_at(launch->planner.plan,
	    failed->step);
	char args[1024], reason[1536];

	if (step != NULL && step->kind == PLAN_EXEC) {
		log_warnx("%s: %s%s", step->u.exec.candidates[1] != NULL ?
		    step->u.exec.argv[0] : step->u.exec.candidates[0],
		    strerror(failed->err), launch->planner.jail.npaths > 0 &&
		    failed->err == EACCES ?
		    "; Landlock grants no path to it, perhaps" : "");
		return exitcode_of_exec(failed->err);
	}
	if (step == NULL)
		(void)strlcpy(reason, "new process", sizeof(reason));
	/* Of a list of paths the one that failed is said below. */
	else if (step->kind == PLAN_LANDLOCK && failed->detail != NULL)
		(void)strlcpy(reason, plan_kind_name(step->kind),
		    sizeof(reason));
	else
		(void)snprintf(reason, sizeof(reason), "%s %s",
		    plan_kind_name(step->kind),
		    plan_describe(step, args, sizeof(args)));
	if (failed->detail != NULL) {
		(void)strlcat(reason, ": ", sizeof(reason));
		(void)strlcat(reason, failed->detail, sizeof(reason));
	}
	(void)strlcat(reason, ": ", sizeof(reason));
	(void)strlcat(reason, strerror(failed->err), sizeof(reason));
	audit_refused(req, NULL, reason);
	return EXITCODE_REFUSED;
}

/*
 * A directory that cannot be entered: sshd goes on in "/" as well.  This is
 * said by the child, before the command can say anything: one writev(2), of
 * strings that are there already.  Paths of passwd are printable (account.h).
 */
void
launch_note(void *ctx, const struct plan *plan,
    const struct spawn_report *report)
{
	const struct plan_step *step = plan_at(plan, report->step);
	const char *reason = NULL;
	const char *words[] = {
		"incubator: ", step->u.dir.path, ": ", NULL,
		"; the directory is ", step->u.dir.fallback, "\n",
	};
	const size_t n = sizeof(words) / sizeof(words[0]);
	struct iovec parts[sizeof(words) / sizeof(words[0])];
	size_t i;

	(void)ctx;
#ifdef HAVE_STRERRORDESC_NP
	reason = strerrordesc_np(report->err);
#endif
	words[3] = reason != NULL ? reason : "cannot be entered";
	for (i = 0; i < n; i++) {
		/* writev(2) reads; its type is readv(2)'s. */
		parts[i].iov_base = (void *)(uintptr_t)words[i];
		parts[i].iov_len = strlen(words[i]);
	}
	if (writev(STDERR_FILENO, parts, (int)n) == -1)
		return;
}
