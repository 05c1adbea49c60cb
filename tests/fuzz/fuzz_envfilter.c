/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Input: rules, a string each, up to an empty one: "+PATTERN" accepts,
 * "-PATTERN" denies, "!NAME" unsets, "=NAME=VALUE" sets, anything else takes
 * the defaults away; with a '@' before it the rule is one of a file's, which
 * are around the others; then an environment as /proc/PID/environ shows it.
 * Whatever it is, invariant I5 holds for what comes out, and what comes out
 * is what the verdicts say.
 */

#include "config.h"
#include "envfilter.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "envfault.h"
#include "environ.h"
#include "envrule.h"
#include "pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define STRINGS_MAX 256

static const char *lists[8][STRINGS_MAX];
static struct envfilter_rules rules, file;

static void
clear(struct envfilter_rules *empty, int first)
{
	*empty = (struct envfilter_rules){
		.accept = lists[first], .deny = lists[first + 1],
		.unset = lists[first + 2], .set = lists[first + 3],
	};
}

/* As the options of env-filter(1): what has a fault is not taken. */
static void
take_rule(const char *text)
{
	struct envfilter_rules *to = *text == '@' ? &file : &rules;

	if (to == &file) {
		rules.within = &file;
		text++;
	}
	if (*text == '+' && envfault_pattern(text + 1) == NULL)
		to->accept[to->naccept++] = text + 1;
	else if (*text == '-' && envfault_pattern(text + 1) == NULL)
		to->deny[to->ndeny++] = text + 1;
	else if (*text == '!' && envfault_name(text + 1) == NULL)
		to->unset[to->nunset++] = text + 1;
	else if (*text == '=' && envfault_assignment(text + 1) == NULL)
		to->set[to->nset++] = text + 1;
	else
		to->no_defaults = 1;
}

/* Nothing that is taken away passed. */
static void
check_kept(const char *name, const struct envfilter_rules *of)
{
	size_t i;

	for (i = 0; i < of->nunset; i++)
		if (strcmp(name, of->unset[i]) == 0)
			abort();
	for (i = 0; i < of->ndeny; i++)
		if (pattern_match(name, of->deny[i]))
			abort();
}

/* Do these rules name it, in full where it has to be?  1 or 0. */
static int
accepts(const char *name, const struct envfilter_rules *of)
{
	const int in_full = envname_unless_named(name) != NULL;
	size_t i;

	for (i = 0; i < of->naccept; i++)
		if (in_full ? strcmp(name, of->accept[i]) == 0 :
		    pattern_match(name, of->accept[i]))
			return 1;
	return 0;
}

/* A passing variable, held against the rules once more. */
static void
check_passed(const struct envfilter_verdict *verdict, const char *value,
    const struct envrule_facts *facts)
{
	const char *name = verdict->name;
	const struct envname_row *row;

	if (envrule_floor(verdict->name, value) != NULL)
		abort();
	if (strcmp(verdict->rule, "--set") == 0)
		return;
	check_kept(name, &rules);
	check_kept(name, &file);
	switch (envrule_stays(verdict->name, value, facts, &row)) {
	case 1:
		return;
	case 0:
		abort();
	}
	if (envrule_value(verdict->name, value) != NULL)
		abort();
	if (!accepts(name, rules.within != NULL ? &file : &rules) &&
	    (rules.no_defaults || file.no_defaults ||
	    envname_unless_named(name) != NULL ||
	    envname_default(name) == NULL))
		abort();
	/* within a file the defaults are the options' own, too */
	if (rules.within != NULL && rules.naccept > 0 &&
	    !accepts(name, &rules) && (rules.no_defaults ||
	    file.no_defaults || envname_default(name) == NULL))
		abort();
}

static void
check_all(const struct envfilter *filter, const struct envrule_facts *facts)
{
	const struct environ *env = envfilter_environ(filter);
	const struct envfilter_verdict *verdict;
	const char *value;
	size_t i, passed = 0, n = 0;
	char buf[64];

	for (i = 0; (verdict = envfilter_at(filter, i)) != NULL; i++) {
		if (strlen(envfilter_describe(verdict, buf, sizeof(buf))) >=
		    sizeof(buf))
			abort();
		if (!verdict->passes)
			continue;
		passed++;
		if ((value = environ_get(env, verdict->name)) == NULL)
			abort();
		check_passed(verdict, value, facts);
	}
	while (environ_at(env, n, NULL) != NULL)
		n++;
	if (n != passed || environ_envp(env)[n] != NULL)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct envrule_facts facts = {
		.uid = 1, .tty = 1, .own = 1, .user = "alice",
		.tty_name = "/dev/pts/1", .passes_on = 1,
	};
	char *text, *envp[STRINGS_MAX + 1];
	struct envfilter *filter;
	size_t at = 0, n = 0, taken = 0;

	if ((text = malloc(size + 1)) == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	clear(&rules, 0);
	clear(&file, 4);
	for (; at < size && text[at] != '\0' && taken < STRINGS_MAX; taken++) {
		take_rule(text + at);
		at += strlen(text + at) + 1;
	}
	for (at++; at < size && n < STRINGS_MAX; at += strlen(text + at) + 1)
		envp[n++] = text + at;
	envp[n] = NULL;
	if ((filter = envfilter_apply(&rules, &facts, envp)) != NULL)
		check_all(filter, &facts);
	envfilter_free(filter);
	free(text);
	return 0;
}
