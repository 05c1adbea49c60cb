/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What --explain prints is what runs, because it is the same environment and
 * the same plan, made by the same functions, and only not carried out.
 */

#include "config.h"
#include "material.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "audit.h"
#include "command.h"
#include "environ.h"
#include "exitcode.h"
#include "log.h"
#include "login.h"
#include "login_session.h"
#include "pattern.h"
#include "plan.h"
#include "policy.h"
#include "request.h"
#include "sessagent.h"
#include "visible.h"

const char *
material_shape(const struct session_facts *facts)
{
	if (facts->command->is_login)
		return "root: handed over to login(1)";
	if (request_by_root(facts->req))
		return "root: keeps the PAM session and waits";
	return launch_in_place(facts) ? "own account: becomes the command" :
	    "own account: waits for a child";
}

const char *
material_terminal(const struct request *req)
{
	switch (req->terminal) {
	case REQUEST_KEEP_TERMINAL:
	case REQUEST_TAKE_TERMINAL:
		return *req->tty != '\0' ? req->tty : "without a name";
	case REQUEST_NEW_TERMINAL:
		return "new, relayed";
	case REQUEST_NO_TERMINAL:
		break;
	}
	return "none";
}

int
material_asks_pam(const struct session_facts *facts)
{
	return request_by_root(facts->req) &&
	    !facts->command->is_login;
}

/* groups->list is to be freed.  Returns 0, or -1 with errno. */
static int
find_groups(struct material_groups *groups, const struct request *req)
{
	const struct account *t = req->target;
	int n = (int)t->ngroups;

	if (req->shape == REQUEST_OWN && (n = getgroups(0, NULL)) == -1)
		return -1;
	groups->list = calloc((size_t)n + 1, sizeof(*groups->list));
	if (groups->list == NULL)
		return -1;
	groups->gid = t->gid;
	groups->count = (size_t)n;
	if (req->shape != REQUEST_OWN) {
		memcpy(groups->list, t->groups,
		    t->ngroups * sizeof(*groups->list));
		return 0;
	}
	groups->gid = getgid();
	return getgroups(n, groups->list) == -1 ? -1 : 0;
}

void
material_free(struct material *material)
{
	launch_free(&material->launch);
	free(material->groups.list);
}

int
material_agent(const struct session_facts *facts, char *words, size_t size)
{
	const struct policy *policy = facts->policy;
	const char *why;

	if (!sessagent_wanted(facts)) {
		(void)strlcpy(words, "none", size);
		return 0;
	}
	if ((why = sessagent_objection(facts)) != NULL) {
		(void)snprintf(words, size, "none: %s", why);
		return 0;
	}
	(void)snprintf(words, size, "the login's%s%s",
	    policy->agent == POLICY_AGENT_YES ? "" : ", filtered",
	    policy->agent_policy != NULL ? " by " : "");
	if (policy->agent_policy != NULL)
		(void)strlcat(words, policy->agent_policy, size);
	return 1;
}

int
material_prepare(struct material *material, const struct session_facts *facts)
{
	char words[MATERIAL_AGENT_SIZE];
	const int fresh = facts->req->terminal == REQUEST_NEW_TERMINAL;
	const struct launch_facts launch_facts = {
		.session = facts,
		.tty = fresh ? "new-terminal" : facts->req->tty,
		.agent = material_agent(facts, words, sizeof(words)) ?
		    "agent" : NULL,
		.new_tty = PLAN_NEW_TERMINAL,
		.pam_pending = material_asks_pam(facts),
	};

	memset(material, 0, sizeof(*material));
	if (material_asks_pam(facts) &&
	    !login_session_service_exists(LOGIN_PAM_SERVICE)) {
		log_warnx("PAM service: there is no /etc/pam.d/%s",
		    LOGIN_PAM_SERVICE);
		return -1;
	}
	if (find_groups(&material->groups, facts->req) == -1) {
		audit_failed(facts->req, "groups");
		return -1;
	}
	return launch_prepare(&material->launch, &launch_facts);
}

char *
material_step(const struct plan_step *step)
{
	size_t size = plan_describe_size(step);
	char *args = malloc(size);

	if (args != NULL)
		(void)plan_describe(step, args, size);
	return args;
}

/* The fact of the "i"th key that is the "n"th thing known of it. */
static int
key_fact(const struct sshkey *key, size_t n, struct material_fact *fact)
{
	const struct sshkey_cert *cert = key->cert;
	enum confmatch_criterion criterion = CONFMATCH_PRINCIPAL;

	fact->unknown = NULL;
	if (n == 0) {
		criterion = CONFMATCH_KEY;
		fact->value = key->fingerprint;
	} else if (cert == NULL || n > 2 + cert->nprincipals)
		return -1;
	else if (n == 1) {
		criterion = CONFMATCH_CA;
		fact->value = cert->ca;
	} else if (n == 2) {
		criterion = CONFMATCH_KEY_ID;
		fact->value = cert->key_id;
	} else
		fact->value = cert->principals[n - 3];
	fact->name = confmatch_name(criterion);
	return 0;
}

int
material_fact(const struct confmatch_facts *facts, size_t i,
    struct material_fact *fact)
{
	size_t k, n;

	if (i < CONFMATCH_FACTS) {
		fact->name = confmatch_name((enum confmatch_criterion)i);
		fact->value = facts->fact[i].value;
		fact->unknown = facts->fact[i].unknown;
		return 0;
	}
	i -= CONFMATCH_FACTS;
	if (facts->keys_unknown != NULL) {
		fact->name = confmatch_name(CONFMATCH_KEY);
		fact->value = NULL;
		fact->unknown = facts->keys_unknown;
		return i == 0 ? 0 : -1;
	}
	for (k = n = 0; k < facts->nkeys; n++) {
		if (key_fact(facts->keys[k], n, fact) == -1) {
			k++;
			n = (size_t)-1;
		} else if (i-- == 0)
			return 0;
	}
	return -1;
}

/* The pattern that let a variable in: one that names it goes first. */
static const struct conf_value *
accepted_by(const struct conf_settings *settings, const char *name)
{
	const struct conf_value *values =
	    settings->words[CONFTABLE_ACCEPT_ENV].values;
	const size_t n = settings->words[CONFTABLE_ACCEPT_ENV].count;
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(name, values[i].text) == 0)
			return &values[i];
	for (i = 0; i < n; i++)
		if (pattern_match(name, values[i].text))
			return &values[i];
	return NULL;
}

const struct conf_value *
material_env_place(const struct conf_settings *settings, const char *name,
    const char *origin)
{
	const struct conf_value *values;
	const size_t len = strlen(name);
	size_t i;

	if (settings == NULL)
		return NULL;
	if (strcmp(origin, "AcceptEnv") == 0)
		return accepted_by(settings, name);
	if (strcmp(origin, "ForwardAgent") == 0)
		return settings->words[CONFTABLE_FORWARD_AGENT].values;
	values = settings->words[CONFTABLE_SET_ENV].values;
	for (i = 0; strcmp(origin, "SetEnv") == 0 &&
	    i < settings->words[CONFTABLE_SET_ENV].count; i++)
		if (strncmp(values[i].text, name, len) == 0 &&
		    values[i].text[len] == '=')
			return &values[i];
	return NULL;
}

char *
material_setting(enum conftable_word word, const struct conf_value *value)
{
	if ((conftable_row(word)->flags & CONFTABLE_SECRET) != 0)
		return strndup(value->text, strcspn(value->text, "="));
	return strdup(value->text);
}

int
material_finish(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	log_warn("standard output");
	return EXITCODE_REFUSED;
}
