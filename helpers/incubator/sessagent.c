/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "sessagent.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "backlink.h"
#include "command.h"
#include "conffile.h"
#include "environ.h"
#include "launch.h"
#include "log.h"
#include "policy.h"
#include "request.h"
#include "wireagent.h"

int
sessagent_wanted(const struct session_facts *facts)
{
	return facts->policy->agent != POLICY_AGENT_NO &&
	    request_by_root(facts->req) && !facts->command->is_login;
}

const char *
sessagent_objection(const struct session_facts *facts)
{
	const char *upstream = environ_lookup(facts->envp, "SSH_AUTH_SOCK");

	if (facts->policy->confine.chroot != NULL)
		return "its socket is not below Chroot";
	/* The front sees to it that it is the front's. */
	if (facts->req->link != NULL && upstream != NULL)
		return NULL;
	return forwarder_objection(upstream);
}

/*
 * By root, whoever is going to read it: a policy that somebody else could
 * write is none.  Returns 0 or -1, after a line.
 */
static int
check_policy(const char *path)
{
	char why[256], *text;
	size_t len;

	if (path == NULL)
		return 0;
	if ((text = conffile_read(path, 0, &len, why, sizeof(why))) == NULL) {
		log_info("ForwardAgent: %s: %s", path, why);
		return -1;
	}
	free(text);
	return 0;
}

/* Shape C.  Returns 1, 0 if the front does not; or -1 if it is gone. */
static int
have_front_serve(const struct session_facts *facts, int listener)
{
	const struct policy *policy = facts->policy;
	struct wireagent agent = {
		.uid = facts->req->target->uid,
		.everything = policy->agent == POLICY_AGENT_YES,
	};
	int r;

	if (policy->agent_policy != NULL &&
	    strlcpy(agent.policy, policy->agent_policy,
	    sizeof(agent.policy)) >= sizeof(agent.policy))
		return 0;
	if ((r = backlink_agent(facts->req->link, &agent, listener)) == 0)
		log_info("ForwardAgent: the front cannot serve it");
	return r;
}

/* Shape B.  Returns 1 or 0. */
static int
serve(struct sessagent *agent, const struct session_facts *facts,
    int listener)
{
	const struct forwarder_facts forwarder_facts = {
		.upstream = environ_lookup(facts->envp, "SSH_AUTH_SOCK"),
		.listener = listener, .peer = facts->req->target->uid,
		.everything = facts->policy->agent == POLICY_AGENT_YES,
		.policy = facts->policy->agent_policy,
	};
	char why[512];

	if (forwarder_start(&agent->forwarder, &forwarder_facts, why,
	    sizeof(why)) == 0)
		return 1;
	log_info("ForwardAgent: %s", why);
	return 0;
}

int
sessagent_open(struct sessagent *agent, const struct session_facts *facts)
{
	const char *objection;
	int listener, r;

	if (!sessagent_wanted(facts))
		return 0;
	if ((objection = sessagent_objection(facts)) != NULL) {
		log_info("ForwardAgent: %s", objection);
		return 0;
	}
	if (check_policy(facts->policy->agent_policy) == -1)
		return 0;
	if (agentdir_open(&agent->dir, facts->req->target, &listener) == -1) {
		log_info("ForwardAgent: " RUN_PATH "/agent: %s",
		    strerror(errno));
		return 0;
	}
	r = facts->req->link != NULL ? have_front_serve(facts, listener) :
	    serve(agent, facts, listener);
	/* Whoever is not served any more is to be told, not to wait. */
	(void)close(listener);
	agent->served = r == 1;
	if (r != 1)
		agentdir_close(&agent->dir);
	return r == -1 ? -1 : 0;
}

const char *
sessagent_path(const struct sessagent *agent)
{
	return agent->served ? agent->dir.path : NULL;
}

void
sessagent_close(struct sessagent *agent)
{
	agentdir_close(&agent->dir);
	forwarder_stop(&agent->forwarder);
	agent->served = 0;
}
