/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "sessionenv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "create.h"
#include "environ.h"

/* At most so many are added. */
#define ADDED 4

static int
is(const char *entry, const char *name)
{
	const size_t n = strlen(name);

	return strncmp(entry, name, n) == 0 && entry[n] == '=';
}

/* What is not taken over: it is replaced, or was for another command. */
static int
is_dropped(const char *entry, const struct create_facts *facts)
{
	return is(entry, "SSH_ORIGINAL_COMMAND") || is(entry, "SSH_TTY") ||
	    is(entry, SESSIONENV_MARK) ||
	    (is(entry, "SSH_AUTH_SOCK") && facts->agent != NULL) ||
	    (is(entry, "TERM") && facts->term != NULL);
}

/* Returns 0, or -1 with errno.  Without a value nothing is added. */
static int
add(char **env, size_t *n, const char *name, const char *value)
{
	if (value == NULL)
		return 0;
	if (asprintf(&env[*n], "%s=%s", name, value) == -1)
		return -1;
	env[++*n] = NULL;
	return 0;
}

char **
sessionenv_make(char *const *envp, const struct create_facts *facts,
    const char *tty)
{
	size_t count = 0, n = 0, i;
	char **env;

	while (envp[count] != NULL)
		count++;
	if ((env = calloc(count + ADDED + 1, sizeof(*env))) == NULL)
		return NULL;
	for (i = 0; i < count; i++)
		if (!is_dropped(envp[i], facts))
			env[n++] = envp[i];
	if (environ_lookup(envp, "SSH_TTY") == NULL)
		tty = NULL;
	if (add(env, &n, "SSH_TTY", tty) == -1 ||
	    add(env, &n, "SSH_AUTH_SOCK", facts->agent) == -1 ||
	    add(env, &n, "TERM", facts->term) == -1 ||
	    add(env, &n, SESSIONENV_MARK, facts->name) == -1) {
		free(env);
		return NULL;
	}
	return env;
}
