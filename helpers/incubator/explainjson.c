/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "explainjson.h"

#include <json.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
add_text(struct json_object *object, const char *key, const char *text)
{
	(void)json_object_object_add(object, key,
	    text != NULL ? visible_json(text) : NULL);
}

static void
add_place(struct json_object *object, const char *file, unsigned int line)
{
	add_text(object, "file", file);
	(void)json_object_object_add(object, "line",
	    json_object_new_int64((int64_t)line));
}

static struct json_object *
json_facts(const struct confmatch_facts *facts)
{
	struct json_object *array = json_object_new_array(), *object;
	struct material_fact fact;
	size_t i;

	for (i = 0; material_fact(facts, i, &fact) == 0; i++) {
		object = json_object_new_object();
		add_text(object, "fact", fact.name);
		add_text(object, "value",
		    fact.unknown == NULL ? fact.value : NULL);
		if (fact.unknown != NULL)
			add_text(object, "unknown", fact.unknown);
		(void)json_object_array_add(array, object);
	}
	return array;
}

static void
json_setting(struct json_object *array, const struct conf_settings *settings,
    enum conftable_word word)
{
	const struct conf_value *value = settings->words[word].values;
	struct json_object *object;
	size_t i;
	char *text;

	for (i = 0; i < settings->words[word].count; i++, value++) {
		text = material_setting(word, value);
		object = json_object_new_object();
		add_text(object, "keyword", conftable_row(word)->name);
		add_text(object, "value", text);
		add_place(object, value->file, value->line);
		(void)json_object_array_add(array, object);
		free(text);
	}
}

static struct json_object *
json_undecided(const struct conf_settings *settings)
{
	struct json_object *array = json_object_new_array(), *object;
	const struct conf_unknown *unknown = settings->unknown;
	size_t i;

	for (i = 0; i < settings->nunknown; i++, unknown++) {
		object = json_object_new_object();
		add_text(object, "criterion",
		    confmatch_name(unknown->criterion));
		add_text(object, "unknown", unknown->reason);
		add_place(object, unknown->file, unknown->line);
		(void)json_object_array_add(array, object);
	}
	return array;
}

/* null where there is no file. */
static struct json_object *
json_policy(const struct policy *policy)
{
	struct json_object *object, *array;
	int word;

	if (policy->settings == NULL)
		return NULL;
	object = json_object_new_object();
	add_text(object, "file", policy->path);
	(void)json_object_object_add(object, "facts",
	    json_facts(&policy->facts));
	array = json_object_new_array();
	for (word = 0; word < CONFTABLE_WORDS; word++)
		json_setting(array, policy->settings,
		    (enum conftable_word)word);
	(void)json_object_object_add(object, "settings", array);
	(void)json_object_object_add(object, "undecided",
	    json_undecided(policy->settings));
	return object;
}

static struct json_object *
json_account(const struct request *req, const struct material_groups *groups)
{
	struct json_object *object = json_object_new_object();
	struct json_object *list = json_object_new_array();
	const struct account *t = req->target;
	size_t i;

	for (i = 0; i < groups->count; i++)
		(void)json_object_array_add(list,
		    json_object_new_int64((int64_t)groups->list[i]));
	(void)json_object_object_add(object, "name", visible_json(t->name));
	(void)json_object_object_add(object, "uid",
	    json_object_new_int64((int64_t)t->uid));
	(void)json_object_object_add(object, "gid",
	    json_object_new_int64((int64_t)groups->gid));
	(void)json_object_object_add(object, "home", visible_json(t->home));
	(void)json_object_object_add(object, "shell", visible_json(req->shell));
	(void)json_object_object_add(object, "groups", list);
	return object;
}

static void
json_pair(struct json_object *array, const char *key_a, const char *a,
    const char *key_b, const char *b)
{
	struct json_object *object = json_object_new_object();

	(void)json_object_object_add(object, key_a, visible_json(a));
	(void)json_object_object_add(object, key_b, visible_json(b));
	(void)json_object_array_add(array, object);
}

static struct json_object *
json_env(const struct session_facts *facts, const struct environ *env)
{
	struct json_object *array = json_object_new_array(), *object;
	const struct conf_value *place;
	const char *name, *from;
	size_t i;

	for (i = 0; (name = environ_at(env, i, &from)) != NULL; i++) {
		object = json_object_new_object();
		add_text(object, "name", name);
		add_text(object, "origin", from);
		place = material_env_place(facts->policy->settings, name,
		    from);
		if (place != NULL)
			add_place(object, place->file, place->line);
		(void)json_object_array_add(array, object);
	}
	if (material_asks_pam(facts))
		json_pair(array, "name", "*", "origin", MATERIAL_FROM_PAM);
	return array;
}

static struct json_object *
json_plan(const struct plan *plan)
{
	struct json_object *array = json_object_new_array();
	const struct plan_step *step;
	char *args;
	size_t i;

	for (i = 0; (step = plan_at(plan, i)) != NULL; i++) {
		args = material_step(step);
		json_pair(array, "step", plan_kind_name(step->kind),
		    "arguments", args != NULL ? args : "?");
		free(args);
	}
	return array;
}

static struct json_object *
json_command(const struct command *command)
{
	struct json_object *object = json_object_new_object();
	struct json_object *argv = json_object_new_array();
	size_t i;

	for (i = 0; command->run.argv[i] != NULL; i++)
		(void)json_object_array_add(argv,
		    visible_json(command->run.argv[i]));
	(void)json_object_object_add(object, "path",
	    visible_json(command->run.path));
	(void)json_object_object_add(object, "argv", argv);
	return object;
}

int
explainjson_print(const struct session_facts *facts)
{
	char agent[MATERIAL_AGENT_SIZE];
	struct json_object *top;
	struct material material;

	if (material_prepare(&material, facts) == -1) {
		material_free(&material);
		return EXITCODE_REFUSED;
	}
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	top = json_object_new_object();
	(void)json_object_object_add(top, "configuration",
	    json_policy(facts->policy));
	(void)json_object_object_add(top, "account",
	    json_account(facts->req, &material.groups));
	(void)json_object_object_add(top, "shape",
	    visible_json(material_shape(facts)));
	(void)json_object_object_add(top, "terminal",
	    visible_json(material_terminal(facts->req)));
	(void)json_object_object_add(top, "service",
	    visible_json(command_service_name(facts->command->service)));
	(void)material_agent(facts, agent, sizeof(agent));
	(void)json_object_object_add(top, "agent", visible_json(agent));
	(void)json_object_object_add(top, "environment",
	    json_env(facts, material.launch.env));
	(void)json_object_object_add(top, "plan",
	    json_plan(material.launch.planner.plan));
	(void)json_object_object_add(top, "command",
	    json_command(facts->command));
	(void)printf("%s\n", json_object_to_json_string_ext(top,
	    JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	(void)json_object_put(top);
	material_free(&material);
	return material_finish();
}
