/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Input: a byte of facts, then an environment as /proc/PID/environ shows it.
 * Whatever it is, invariant I5 holds for what comes out: each variable is
 * above the floor, each name is there once, and no session name came in
 * whose check it does not pass.
 */

#include "config.h"
#include "environ.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "envrule.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define STRINGS_MAX 256

static void
check_variable(const struct environ *env, size_t i, const char *assignment)
{
	const char *name = environ_at(env, i, NULL), *value;
	size_t len;

	if (name == NULL)
		abort();
	len = strlen(name);
	if (strncmp(assignment, name, len) != 0 || assignment[len] != '=')
		abort();
	value = assignment + len + 1;
	if (envrule_floor(name, value) != NULL)
		abort();
	/* found by its name: so there is none of that name before it */
	if (environ_get(env, name) != value)
		abort();
}

static void
check_all(const struct environ *env, const struct envrule_facts *inherited)
{
	char *const *envp = environ_envp(env);
	const char *reason;
	size_t i;

	for (i = 0; envp[i] != NULL; i++) {
		const char *equals = strchr(envp[i], '=');

		if (equals == NULL)
			abort();
		check_variable(env, i, envp[i]);
		if (inherited != NULL && !envrule_session(environ_at(env, i,
		    NULL), equals + 1, inherited, &reason))
			abort();
	}
	if (environ_at(env, i, NULL) != NULL)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct envrule_facts facts = { .uid = 0 };
	char *text, *strings[STRINGS_MAX + 1];
	struct environ *env;
	size_t at, n = 0;

	if (size == 0)
		return 0;
	facts.uid = data[0] >> 2;
	facts.tty = data[0] & 1;
	facts.own = data[0] >> 1 & 1;
	if ((text = malloc(size)) == NULL)
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	for (at = 0; at < size && n < STRINGS_MAX; at += strlen(text + at) + 1)
		strings[n++] = text + at;
	strings[n] = NULL;
	if ((env = environ_new()) != NULL) {
		if (environ_inherit(env, strings, &facts, "login") == 0)
			check_all(env, &facts);
		/* and as PAM's variables come, all of them */
		for (at = 0; at < n; at++)
			(void)environ_put(env, strings[at], "PAM");
		check_all(env, NULL);
		for (at = 0; at < n; at += 2)
			environ_unset(env, strings[at]);
		check_all(env, NULL);
	}
	environ_free(env);
	free(text);
	return 0;
}
