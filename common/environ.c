/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "environ.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "envrule.h"

struct environ {
	char **vector;		/* NAME=VALUE, NULL-terminated */
	const char **origins;
	char **names;		/* the names alone, for environ_at() */
	size_t count;
	size_t room;		/* slots, the NULL's not counted */
};

static int
grow(struct environ *env)
{
	size_t room = env->room == 0 ? 32 : 2 * env->room;
	void *p;

	if ((p = reallocarray(env->vector, room + 1,
	    sizeof(*env->vector))) == NULL)
		return -1;
	env->vector = p;
	if ((p = reallocarray(env->origins, room,
	    sizeof(*env->origins))) == NULL)
		return -1;
	env->origins = p;
	if ((p = reallocarray(env->names, room, sizeof(*env->names))) == NULL)
		return -1;
	env->names = p;
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
		free(env->vector[i]);
		free(env->names[i]);
	}
	free(env->vector);
	free(env->origins);
	free(env->names);
	free(env);
}

/* The variable's slot; env->count if it has none. */
static size_t
find(const struct environ *env, const char *name)
{
	size_t i;

	for (i = 0; i < env->count; i++)
		if (strcmp(env->names[i], name) == 0)
			break;
	return i;
}

int
environ_set(struct environ *env, const char *name, const char *value,
    const char *origin)
{
	size_t nlen = strlen(name), vlen = strlen(value), slot;
	char *assignment, *copy = NULL;

	if (envrule_floor(name, value) != NULL) {
		errno = EPERM;
		return -1;
	}
	slot = find(env, name);
	if (slot == env->room && grow(env) == -1)
		return -1;
	if ((assignment = malloc(nlen + vlen + 2)) == NULL)
		return -1;
	if (slot == env->count && (copy = strdup(name)) == NULL) {
		free(assignment);
		return -1;
	}
	memcpy(assignment, name, nlen);
	assignment[nlen] = '=';
	memcpy(assignment + nlen + 1, value, vlen + 1);
	if (slot == env->count) {
		env->names[slot] = copy;
		env->vector[++env->count] = NULL;
	} else
		free(env->vector[slot]);
	env->vector[slot] = assignment;
	env->origins[slot] = origin;
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
	size_t i = find(env, name);

	if (i == env->count)
		return;
	free(env->vector[i]);
	free(env->names[i]);
	for (; i + 1 < env->count; i++) {
		env->vector[i] = env->vector[i + 1];
		env->names[i] = env->names[i + 1];
		env->origins[i] = env->origins[i + 1];
	}
	env->vector[--env->count] = NULL;
}

/* Whether one of the first "n" strings of envp sets the name already. */
static int
set_before(char *const *envp, size_t n, const char *name)
{
	size_t i, len = strlen(name);

	for (i = 0; i < n; i++)
		if (strncmp(envp[i], name, len) == 0 && envp[i][len] == '=')
			return 1;
	return 0;
}

int
environ_inherit(struct environ *env, char *const *envp,
    const struct envrule_facts *facts, const char *origin)
{
	const char *value, *reason;
	char *name;
	size_t i;
	int r;

	for (i = 0; envp[i] != NULL; i++) {
		if ((name = split(envp[i], &value)) == NULL) {
			if (errno == EINVAL)
				continue;
			return -1;
		}
		r = 0;
		if (envrule_session(name, value, facts, &reason) &&
		    !set_before(envp, i, name))
			r = environ_set(env, name, value, origin);
		free(name);
		if (r == -1)
			return -1;
	}
	return 0;
}

const char *
environ_get(const struct environ *env, const char *name)
{
	size_t i = find(env, name);

	return i < env->count ? env->vector[i] + strlen(name) + 1 : NULL;
}

const char *
environ_at(const struct environ *env, size_t i, const char **origin)
{
	if (i >= env->count)
		return NULL;
	if (origin != NULL)
		*origin = env->origins[i];
	return env->names[i];
}

char *const *
environ_envp(const struct environ *env)
{
	return env->vector;
}
