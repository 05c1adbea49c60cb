/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "explaintext.h"

#include <stdio.h>
#include <stdlib.h>

#include "account.h"
#include "command.h"
#include "environ.h"
#include "exitcode.h"
#include "material.h"
#include "plan.h"
#include "policy.h"
#include "request.h"
#include "visible.h"

static void
print_visible(const char *before, const char *text)
{
	char *safe = visible_text(text);

	(void)printf("%s%s", before, safe != NULL ? safe : "?");
	free(safe);
}

/* The fields of a place in the configuration, if it is one. */
static void
print_place(const struct conf_value *value)
{
	char line[32];

	if (value == NULL)
		return;
	print_visible("\t", value->file);
	(void)snprintf(line, sizeof(line), " line %u", value->line);
	(void)printf("%s", line);
}

static void
print_facts(const struct confmatch_facts *facts)
{
	struct material_fact fact;
	size_t i;

	for (i = 0; material_fact(facts, i, &fact) == 0; i++) {
		(void)printf("fact\t%s", fact.name);
		print_visible("\t", fact.value != NULL &&
		    fact.unknown == NULL ? fact.value : "-");
		if (fact.unknown != NULL)
			(void)printf("\t%s", fact.unknown);
		(void)printf("\n");
	}
}

static void
print_setting(const struct conf_settings *settings, enum conftable_word word)
{
	const struct conf_value *value = settings->words[word].values;
	size_t i;
	char *text;

	for (i = 0; i < settings->words[word].count; i++, value++) {
		text = material_setting(word, value);
		(void)printf("setting\t%s", conftable_row(word)->name);
		print_visible("\t", text != NULL ? text : "?");
		print_place(value);
		(void)printf("\n");
		free(text);
	}
}

/* Which file was read, what it went by, and which of its lines count. */
static void
print_policy(const struct policy *policy)
{
	int word;

	print_visible("configuration\t", policy->settings != NULL ?
	    policy->path : "none");
	(void)printf("\n");
	if (policy->settings == NULL)
		return;
	print_facts(&policy->facts);
	for (word = 0; word < CONFTABLE_WORDS; word++)
		print_setting(policy->settings, (enum conftable_word)word);
}

static void
print_account(const struct session_facts *facts,
    const struct material_groups *groups)
{
	const struct account *t = facts->req->target;
	size_t i;

	(void)printf("account\t%s\tuid=%u\tgid=%u", t->name,
	    (unsigned int)t->uid, (unsigned int)groups->gid);
	print_visible("\thome=", t->home);
	print_visible("\tshell=", facts->req->shell);
	(void)printf("\ngroups\t");
	for (i = 0; i < groups->count; i++)
		(void)printf("%s%u", i > 0 ? "," : "",
		    (unsigned int)groups->list[i]);
	(void)printf("%s\n", material_asks_pam(facts) ?
	    "\tmore " MATERIAL_FROM_PAM : "");
}

static void
print_env(const struct session_facts *facts, const struct environ *env)
{
	const char *name, *from;
	size_t i;

	for (i = 0; (name = environ_at(env, i, &from)) != NULL; i++) {
		(void)printf("env\t%s\t%s", name, from);
		print_place(material_env_place(
		    facts->policy->settings, name, from));
		(void)printf("\n");
	}
	if (material_asks_pam(facts))
		(void)printf("env\t*\t" MATERIAL_FROM_PAM "\n");
}

static void
print_plan(const struct plan *plan)
{
	const struct plan_step *step;
	char *args;
	size_t i;

	for (i = 0; (step = plan_at(plan, i)) != NULL; i++) {
		(void)printf("step\t%zu\t%s", i + 1,
		    plan_kind_name(step->kind));
		args = material_step(step);
		print_visible("\t", args != NULL ? args : "?");
		(void)printf("\n");
		free(args);
	}
}

int
explaintext_print(const struct session_facts *facts)
{
	char agent[MATERIAL_AGENT_SIZE];
	struct material material;
	size_t i;

	if (material_prepare(&material, facts) == -1) {
		material_free(&material);
		return EXITCODE_REFUSED;
	}
	print_policy(facts->policy);
	print_account(facts, &material.groups);
	(void)printf("shape\t%s\nterminal\t%s\nservice\t%s\n",
	    material_shape(facts), material_terminal(facts->req),
	    command_service_name(facts->command->service));
	(void)material_agent(facts, agent, sizeof(agent));
	print_visible("agent\t", agent);
	(void)printf("\n");
	print_env(facts, material.launch.env);
	print_plan(material.launch.planner.plan);
	(void)printf("command");
	for (i = 0; facts->command->run.argv[i] != NULL; i++)
		print_visible("\t", facts->command->run.argv[i]);
	(void)printf("\n");
	material_free(&material);
	return material_finish();
}

