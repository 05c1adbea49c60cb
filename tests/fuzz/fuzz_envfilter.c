/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Input: rules, a string each, up to an empty one: "+PATTERN" accepts,
 * "-PATTERN" denies, "!NAME" unsets, "=NAME=VALUE" sets, anything else takes
 * the defaults away; then an environment as /proc/PID/environ shows it.
 * Whatever it is, invariant I5 holds for what comes out, and what comes out
 * is what the verdicts say.
 */

#include "config.h"
#include "envfilter.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "environ.h"
#include "envrule.h"
#include "pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define STRINGS_MAX 256

static const char *accepted[STRINGS_MAX], *denied[STRINGS_MAX];
static const char *unset[STRINGS_MAX], *assigned[STRINGS_MAX];
static struct envfilter_rules rules;

/* As the options of env-filter(1): what has a fault is not taken. */
static void
take_rule(const char *text)
{
	if (*text == '+' && envfilter_pattern_fault(text + 1) == NULL)
		accepted[rules.naccept++] = text + 1;
	else if (*text == '-' && envfilter_pattern_fault(text + 1) == NULL)
		denied[rules.ndeny++] = text + 1;
	else if (*text == '!' && envfilter_name_fault(text + 1) == NULL)
		unset[rules.nunset++] = text + 1;
	else if (*text == '=' && envfilter_assignment_fault(text + 1) == NULL)
		assigned[rules.nset++] = text + 1;
	else
		rules.no_defaults = 1;
}

/* A passing variable, held against the rules once more. */
static void
check_passed(const struct envfilter_verdict *verdict, const char *value,
    const struct envrule_facts *facts)
{
	const struct envname_row *row;
	size_t i;
	int named = 0, wild = 0;

	if (envrule_floor(verdict->name, value) != NULL)
		abort();
	if (strcmp(verdict->rule, "--set") == 0)
		return;
	for (i = 0; i < rules.nunset; i++)
		if (strcmp(verdict->name, unset[i]) == 0)
			abort();
	for (i = 0; i < rules.ndeny; i++)
		if (pattern_match(verdict->name, denied[i]))
			abort();
	for (i = 0; i < rules.naccept; i++) {
		named |= strcmp(verdict->name, accepted[i]) == 0;
		wild |= pattern_match(verdict->name, accepted[i]);
	}
	switch (envrule_stays(verdict->name, value, facts, &row)) {
	case 1:
		return;
	case 0:
		abort();
	}
	if (envrule_value(verdict->name, value) != NULL)
		abort();
	if (envname_unless_named(verdict->name) != NULL ? !named : !wild &&
	    (rules.no_defaults || envname_default(verdict->name) == NULL))
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
	rules = (struct envfilter_rules){
		.accept = accepted, .deny = denied, .unset = unset,
		.set = assigned,
	};
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
