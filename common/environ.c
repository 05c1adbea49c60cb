/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "environ.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "envrule.h"

struct variable {
	const char *name;	/* first: what the tree is ordered by */
	const char *origin;
	size_t slot;
	char text[];		/* the name itself */
};

/*
 * The names are in a balanced tree as well: who sends a great many of them
 * must not be able to make each search a walk past all.
 */
struct environ {
	char **vector;		/* NAME=VALUE, NULL-terminated */
	struct variable **variables;	/* in the same order */
	void *tree;
	size_t count;
	size_t room;		/* slots, the NULL's not counted */
};

static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int
grow(struct environ *env)
{
	size_t room = env->room == 0 ? 32 : 2 * env->room;
	void *p;

	if ((p = reallocarray(env->vector, room + 1,
	    sizeof(*env->vector))) == NULL)
		return -1;
	env->vector = p;
	if ((p = reallocarray(env->variables, room,
	    sizeof(*env->variables))) == NULL)
		return -1;
	env->variables = p;
	env->room = room;
	return 0;
}

struct environ *
environ_new(void)
{
	struct environ *env;

	if ((env = calloc(1, sizeof(*env))) == NULL)
		return NULL;
	if (grow(env) == -1) {
		environ_free(env);
		return NULL;
	}
	env->vector[0] = NULL;
	return env;
}

void
environ_free(struct environ *env)
{
	size_t i;

	if (env == NULL)
		return;
	for (i = 0; i < env->count; i++) {
		(void)tdelete(env->variables[i], &env->tree, compare);
		free(env->vector[i]);
		free(env->variables[i]);
	}
	free(env->vector);
	free(env->variables);
	free(env);
}

/* The variable of that name, or NULL. */
static struct variable *
find(const struct environ *env, const char *name)
{
	void *node = tfind(&name, &env->tree, compare);

	return node != NULL ? *(struct variable **)node : NULL;
}

/* A new variable in the first free slot.  Returns NULL with errno. */
static struct variable *
add(struct environ *env, const char *name)
{
	size_t len = strlen(name);
	struct variable *new;

	if (env->count == env->room && grow(env) == -1)
		return NULL;
	if ((new = malloc(sizeof(*new) + len + 1)) == NULL)
		return NULL;
	memcpy(new->text, name, len + 1);
	new->name = new->text;
	new->slot = env->count;
	if (tsearch(new, &env->tree, compare) == NULL) {
		free(new);
		errno = ENOMEM;
		return NULL;
	}
	env->variables[new->slot] = new;
	env->vector[new->slot] = NULL;
	env->vector[++env->count] = NULL;
	return new;
}

int
environ_set(struct environ *env, const char *name, const char *value,
    const char *origin)
{
	size_t nlen = strlen(name), vlen = strlen(value);
	struct variable *variable;
	char *assignment;

	if (envrule_floor(name, value) != NULL) {
		errno = EPERM;
		return -1;
	}
	if ((assignment = malloc(nlen + vlen + 2)) == NULL)
		return -1;
	if ((variable = find(env, name)) == NULL &&
	    (variable = add(env, name)) == NULL) {
		free(assignment);
		return -1;
	}
	memcpy(assignment, name, nlen);
	assignment[nlen] = '=';
	memcpy(assignment + nlen + 1, value, vlen + 1);
	free(env->vector[variable->slot]);
	env->vector[variable->slot] = assignment;
	variable->origin = origin;
	return 0;
}

/*
 * Cut "NAME=VALUE" into a copy of the name and a pointer to the value.
 * Returns NULL with errno, EINVAL if there is no '='.
 */
static char *
split(const char *assignment, const char **value)
{
	const char *equals;

	if ((equals = strchr(assignment, '=')) == NULL) {
		errno = EINVAL;
		return NULL;
	}
	*value = equals + 1;
	return strndup(assignment, (size_t)(equals - assignment));
}

int
environ_put(struct environ *env, const char *assignment, const char *origin)
{
	const char *value;
	char *name;
	int r;

	if ((name = split(assignment, &value)) == NULL)
		return -1;
	r = environ_set(env, name, value, origin);
	free(name);
	return r;
}

void
environ_unset(struct environ *env, const char *name)
{
	struct variable *variable = find(env, name);
	size_t i;

	if (variable == NULL)
		return;
	i = variable->slot;
	(void)tdelete(variable, &env->tree, compare);
	free(env->vector[i]);
	free(variable);
	for (; i + 1 < env->count; i++) {
		env->vector[i] = env->vector[i + 1];
		env->variables[i] = env->variables[i + 1];
		env->variables[i]->slot = i;
	}
	env->vector[--env->count] = NULL;
}

const char *
environ_get(const struct environ *env, const char *name)
{
	const struct variable *variable = find(env, name);

	return variable != NULL ?
	    env->vector[variable->slot] + strlen(name) + 1 : NULL;
}

const char *
environ_at(const struct environ *env, size_t i, const char **origin)
{
	if (i >= env->count)
		return NULL;
	if (origin != NULL)
		*origin = env->variables[i]->origin;
	return env->variables[i]->name;
}

char *const *
environ_envp(const struct environ *env)
{
	return env->vector;
}

const char *
environ_lookup(char *const *envp, const char *name)
{
	const size_t len = strlen(name);
	const char *value = NULL;

	for (; *envp != NULL; envp++)
		if (strncmp(*envp, name, len) == 0 && (*envp)[len] == '=')
			value = *envp + len + 1;
	return value;
}
