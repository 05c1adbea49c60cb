/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "stablerun.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "claim.h"
#include "environ.h"
#include "exclusive.h"
#include "exitcode.h"
#include "log.h"
#include "options.h"
#include "ownpolicy.h"
#include "policy.h"
#include "refusal.h"
#include "serving.h"
#include "session.h"
#include "stable.h"

struct stablerun {
	const struct session_facts *facts;
	struct exclusive exclusive;
	struct audit *audit;	/* of the server, if we make it */
};

/* In the process that is to serve. */
static int
open_audit(void *ctx, struct audit **audit, char *why, size_t size)
{
	struct stablerun *run = ctx;
	int exename;

	exclusive_close(&run->exclusive);
	run->audit = serving_audit(run->facts->opt, &exename, why, size);
	*audit = run->audit;
	return run->audit == NULL ? -1 : 0;
}

static int
confine(void *ctx, int dir, char *why, size_t size)
{
	const struct stablerun *run = ctx;

	if (serving_confine(dir, run->audit) == 0)
		return 0;
	(void)strlcpy(why, strerror(errno), size);
	return -1;
}

/* Returns the path, for free(); or NULL with the reason. */
static char *
join(struct stablerun *run, const char *agent, char *why, size_t size)
{
	const struct options *opt = run->facts->opt;
	struct stable_facts stable = {
		.birth = {
			.name = opt->name != NULL ? opt->name : STABLE_NAME,
			.timeout_ms = opt->timeout_ms > 0 ?
			    opt->timeout_ms : 0,
			.audit_level = opt->required ? CLAIM_AUDIT_REQUIRED :
			    opt->audit ? CLAIM_AUDIT : CLAIM_NO_AUDIT,
			.audit_file = opt->audit_file,
			.open_audit = open_audit, .confine = confine,
			.ctx = run,
		},
		.envp = run->facts->envp, .account = run->facts->account,
		.upstream = agent, .at = run->exclusive.socket,
		.shared = opt->shared, .exclusive = opt->exclusive,
		.wish = {
			.timeout_ms = opt->timeout_ms,
			.list_ms = opt->list_ms, .sign_ms = opt->sign_ms,
			.connections = opt->connections,
			.audit_file = opt->audit_file,
		},
	};
	char *text = policy_print(opt->policy), *path;

	if (text == NULL) {
		(void)strlcpy(why, strerror(errno), size);
		return NULL;
	}
	stable.policy = text;
	serving_limits(&stable.birth.limits, opt);
	path = stable_join(&stable, why, size);
	free(text);
	return path;
}

static int
become(struct stablerun *run, const char *agent)
{
	const struct session_facts *facts = run->facts;
	char why[512], *path;
	int status;

	if (facts->opt->exclusive && exclusive_open(&run->exclusive, agent,
	    why, sizeof(why)) == -1)
		return refusal_of("agent", why);
	if ((path = join(run, agent, why, sizeof(why))) == NULL) {
		log_warnx("%s: only this session gets the agent", why);
		exclusive_close(&run->exclusive);
		return session_run_with(facts, agent);
	}
	if (facts->opt->exclusive && strcmp(path, agent) != 0 &&
	    exclusive_take(&run->exclusive, why, sizeof(why)) == -1)
		status = refusal_of("agent", why);
	else
		status = session_become(facts, path);
	free(path);
	return status;
}

int
stablerun(const struct session_facts *facts)
{
	struct stablerun run = {
		.facts = facts,
		.exclusive = { .socket = -1, .dir = -1 },
	};
	const char *reason;
	char *agent;
	int status;

	if (session_agent(facts, &agent) == -1)
		return refusal_of("agent", strerror(errno));
	if (agent == NULL)
		return session_become(facts, NULL);
	if (ownpolicy_read(facts->opt, getuid(), &reason) == -1)
		status = refusal(reason);
	else
		status = become(&run, agent);
	exclusive_close(&run.exclusive);
	free(agent);
	return status;
}
