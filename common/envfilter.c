/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces whoever sends environment variables through an AcceptEnv that is too
 * wide, or writes a file that PAM reads (invariant I5).
 */

#include "config.h"
#include "envfilter.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "environ.h"
#include "envrule.h"
#include "pattern.h"

struct variable {
	struct envfilter_verdict verdict;	/* first: its name is the key */
	const char *value;	/* envp's; NULL: there was no '=' */
	char *name;
	int set;		/* by a rule: a later one comes too late */
};

struct envfilter {
	const struct envfilter_rules *rules;
	const struct envrule_facts *facts;
	int no_defaults;	/* by any of the rules */
	struct environ *env;
	struct variable *variables;	/* all that there can be: none moves */
	size_t count;
	void *tree;			/* of variables, by name */
};

static const char rule_session[] = "session";
static const struct envname_row nothing = { NULL, NULL };
static const struct envname_row no_tty = { "TERM", "there is no terminal" };
static const struct envname_row no_equals = { NULL, "there is no '='" };
static const char rule_not_named[] = "refused unless named";

static int
compare(const void *a, const void *b)
{
	const struct variable *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/*
 * The variable of that name, which is made if there is none; a name without
 * a value stands for itself alone.  Returns NULL with errno.
 */
static struct variable *
enter(struct envfilter *filter, const char *assignment)
{
	struct variable *new = &filter->variables[filter->count];
	const char *equals = strchr(assignment, '=');
	void *node;

	new->name = equals == NULL ? strdup(assignment) :
	    strndup(assignment, (size_t)(equals - assignment));
	if (new->name == NULL)
		return NULL;
	new->value = equals != NULL ? equals + 1 : NULL;
	new->verdict.name = new->name;
	if (equals == NULL) {
		filter->count++;
		return new;
	}
	if ((node = tsearch(new, &filter->tree, compare)) == NULL) {
		free(new->name);
		errno = ENOMEM;
		return NULL;
	}
	if (*(struct variable **)node == new) {
		filter->count++;
		return new;
	}
	free(new->name);
	return *(struct variable **)node;
}

static void
decide(struct variable *variable, int passes, const char *rule,
    const char *pattern, const struct envname_row *row)
{
	variable->verdict.passes = passes;
	variable->verdict.rule = rule;
	variable->verdict.pattern = pattern != NULL ? pattern : row->pattern;
	variable->verdict.reason = row->reason;
}

/* The first of the patterns that matches, or NULL. */
static const char *
match(const char *name, const char **patterns, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (pattern_match(name, patterns[i]))
			return patterns[i];
	return NULL;
}

/* Is the name among these, letter for letter? */
static const char *
named(const char *name, const char **names, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(name, names[i]) == 0)
			return names[i];
	return NULL;
}

/* How the rules that somebody gave are called. */
enum given { ACCEPT, DENY, UNSET, SET };

static const char *
given(const struct envfilter_rules *rules, enum given which)
{
	static const char *const words[][2] = {
		[ACCEPT] = { "--accept", "AcceptEnv" },
		[DENY] = { "--deny", "UnsetEnv" },
		[UNSET] = { "--unset", "UnsetEnv" },
		[SET] = { "--set", "SetEnv" },
	};

	return words[which][rules->of_file];
}

/* A terminal's type says nothing where there is none: as sshd has it. */
static void
judge_default(struct variable *variable, const struct envrule_facts *facts,
    const struct envname_row *row)
{
	if (facts->user == NULL && !facts->tty &&
	    strcmp(variable->name, no_tty.pattern) == 0)
		decide(variable, 0, "default", NULL, &no_tty);
	else
		decide(variable, 1, "default", NULL, row);
}

/* Do these rules, or those around them, take it away?  1 or 0. */
static int
judge_refuse(struct variable *variable, const struct envfilter_rules *rules)
{
	const char *name = variable->name, *pattern;

	for (; rules != NULL; rules = rules->within) {
		if (named(name, rules->unset, rules->nunset) != NULL)
			decide(variable, 0, given(rules, UNSET), NULL,
			    &nothing);
		else if ((pattern = match(name, rules->deny,
		    rules->ndeny)) != NULL)
			decide(variable, 0, given(rules, DENY), pattern,
			    &nothing);
		else
			continue;
		return 1;
	}
	return 0;
}

/* What these rules accept, or the defaults. */
static void
judge_accept(struct variable *variable, const struct envfilter *filter,
    const struct envfilter_rules *rules)
{
	const char *name = variable->name;
	const char *pattern = named(name, rules->accept, rules->naccept);
	const struct envname_row *row;

	if (pattern == NULL && (row = envname_unless_named(name)) != NULL) {
		decide(variable, 0, rule_not_named, NULL, row);
		return;
	}
	if (pattern == NULL)
		pattern = match(name, rules->accept, rules->naccept);
	if (pattern != NULL)
		decide(variable, 1, given(rules, ACCEPT), pattern, &nothing);
	else if (!filter->no_defaults && (row = envname_default(name)) != NULL)
		judge_default(variable, filter->facts, row);
	else
		decide(variable, 0, "nothing accepts it", NULL, &nothing);
}

/* Of what was accepted, what these rules name too. */
static void
judge_narrow(struct variable *variable, const struct envfilter *filter)
{
	const struct envfilter_rules *rules = filter->rules;
	const char *name = variable->name;
	const struct envname_row *row;

	if (!variable->verdict.passes || rules->naccept == 0 ||
	    named(name, rules->accept, rules->naccept) != NULL ||
	    (!filter->no_defaults && envname_default(name) != NULL))
		return;
	if ((row = envname_unless_named(name)) != NULL)
		decide(variable, 0, rule_not_named, NULL, row);
	else if (match(name, rules->accept, rules->naccept) == NULL)
		decide(variable, 0, "no --accept matches it", NULL, &nothing);
}

static void
judge(struct variable *variable, const struct envfilter *filter)
{
	const struct envfilter_rules *rules = filter->rules;
	const char *name = variable->name, *value = variable->value;
	const struct envname_row *row;
	int stays;

	if (value == NULL)
		decide(variable, 0, "floor", NULL, &no_equals);
	else if ((row = envrule_floor_row(name, value)) != NULL)
		decide(variable, 0, "floor", NULL, row);
	else if (judge_refuse(variable, rules))
		return;
	else if ((stays = envrule_stays(name, value, filter->facts,
	    &row)) != -1)
		decide(variable, stays, rule_session, NULL, row);
	else if ((row = envrule_value(name, value)) != NULL)
		decide(variable, 0, "value", NULL, row);
	else if (rules->within == NULL)
		judge_accept(variable, filter, rules);
	else {
		judge_accept(variable, filter, rules->within);
		judge_narrow(variable, filter);
	}
}

static int
take(struct envfilter *filter, char *const *envp)
{
	struct variable *variable;
	size_t i;

	for (; *envp != NULL; envp++) {
		if ((variable = enter(filter, *envp)) == NULL)
			return -1;
		if (variable->value != NULL)
			variable->value = strchr(*envp, '=') + 1;
	}
	for (i = 0; i < filter->count; i++) {
		variable = &filter->variables[i];
		judge(variable, filter);
		if (variable->verdict.passes && environ_set(filter->env,
		    variable->name, variable->value,
		    variable->verdict.rule) == -1)
			return -1;
	}
	return 0;
}

static int
set(struct envfilter *filter, const struct envfilter_rules *rules,
    const char *assignment)
{
	const char *rule = given(rules, SET);
	struct variable *variable;

	if ((variable = enter(filter, assignment)) == NULL)
		return -1;
	if (variable->set)
		return 0;
	/* What the outer rules take away, the inner ones do not bring back. */
	if (rules->within != NULL && judge_refuse(variable, rules->within))
		return 0;
	variable->set = 1;
	decide(variable, 1, rule, rules->of_file ? assignment : NULL,
	    &nothing);
	return environ_put(filter->env, assignment, rule);
}

static int
set_all(struct envfilter *filter, const struct envfilter_rules *rules)
{
	size_t i;

	for (i = 0; rules != NULL && i < rules->nset; i++)
		if (set(filter, rules, rules->set[i]) == -1)
			return -1;
	return 0;
}

void
envfilter_free(struct envfilter *filter)
{
	size_t i;

	if (filter == NULL)
		return;
	for (i = 0; i < filter->count; i++) {
		if (filter->variables[i].value != NULL)
			(void)tdelete(&filter->variables[i], &filter->tree,
			    compare);
		free(filter->variables[i].name);
	}
	free(filter->variables);
	environ_free(filter->env);
	free(filter);
}

struct envfilter *
envfilter_apply(const struct envfilter_rules *rules,
    const struct envrule_facts *facts, char *const *envp)
{
	const struct envfilter_rules *within = rules->within;
	struct envfilter *filter;
	size_t n = rules->nset + (within != NULL ? within->nset : 0);
	char *const *p;

	for (p = envp; *p != NULL; p++)
		n++;
	if ((filter = calloc(1, sizeof(*filter))) == NULL)
		return NULL;
	filter->rules = rules;
	filter->facts = facts;
	filter->no_defaults = rules->no_defaults ||
	    (within != NULL && within->no_defaults);
	/* One more, to look a name up with. */
	filter->variables = calloc(n + 1, sizeof(*filter->variables));
	if (filter->variables == NULL || (filter->env = environ_new()) == NULL)
		goto fail;
	/* Of each name the first counts: the outer rules have it. */
	if (take(filter, envp) == -1 || set_all(filter, within) == -1 ||
	    set_all(filter, rules) == -1)
		goto fail;
	return filter;
fail:
	envfilter_free(filter);
	return NULL;
}

const struct environ *
envfilter_environ(const struct envfilter *filter)
{
	return filter->env;
}

const struct envfilter_verdict *
envfilter_at(const struct envfilter *filter, size_t i)
{
	return i < filter->count ? &filter->variables[i].verdict : NULL;
}

const char *
envfilter_describe(const struct envfilter_verdict *verdict, char *buf,
    size_t size)
{
	const char *pattern = verdict->pattern;

	/* Of SetEnv it is the whole assignment. */
	(void)snprintf(buf, size, "%s%s%.*s%s%s%s", verdict->rule,
	    pattern != NULL ? " " : "",
	    pattern != NULL ? (int)strcspn(pattern, "=") : 0,
	    pattern != NULL ? pattern : "",
	    verdict->reason != NULL ? ": " : "",
	    verdict->rule == rule_session && !verdict->passes ? "not " : "",
	    verdict->reason != NULL ? verdict->reason : "");
	return buf;
}
