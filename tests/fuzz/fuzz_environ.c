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
check_all(const struct environ *env)
{
	char *const *envp = environ_envp(env);
	size_t i;

	for (i = 0; envp[i] != NULL; i++) {
		if (strchr(envp[i], '=') == NULL)
			abort();
		check_variable(env, i, envp[i]);
	}
	if (environ_at(env, i, NULL) != NULL)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text, *strings[STRINGS_MAX + 1];
	struct environ *env;
	size_t at, n = 0;

	if (size == 0)
		return 0;
	if ((text = malloc(size)) == NULL)
		return 0;
	memcpy(text, data, size - 1);
	text[size - 1] = '\0';
	for (at = 0; at < size && n < STRINGS_MAX; at += strlen(text + at) + 1)
		strings[n++] = text + at;
	strings[n] = NULL;
	if ((env = environ_new()) != NULL) {
		/* as PAM's variables come */
		for (at = 0; at < n; at++)
			(void)environ_put(env, strings[at], "PAM");
		check_all(env);
		for (at = 0; at < n; at += 2)
			environ_unset(env, strings[at]);
		check_all(env);
	}
	environ_free(env);
	free(text);
	return 0;
}
