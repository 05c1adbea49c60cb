/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef ENVIRON_H
#define ENVIRON_H

#include <stddef.h>

/*
 * An environment that is built from nothing (invariant I5).  Each variable
 * remembers where it came from.  A later setting of a name replaces the
 * earlier one in its place.  A name is found in logarithmic time.
 */
struct environ;

/* Returns NULL with errno. */
struct environ *environ_new(void);
void environ_free(struct environ *env);

/*
 * Set NAME to VALUE.  "origin" says in one or two words who decided, and must
 * be a static string.  Name and value are copied.
 * Returns 0, or -1 with errno: EPERM if the floor refuses it, ENOMEM.
 */
int environ_set(struct environ *env, const char *name, const char *value,
    const char *origin);

/*
 * As environ_set() for one "NAME=VALUE" string.  -1 with EINVAL if it has no
 * '='.
 */
int environ_put(struct environ *env, const char *assignment,
    const char *origin);

void environ_unset(struct environ *env, const char *name);

/* The value, owned by env, or NULL. */
const char *environ_get(const struct environ *env, const char *name);

/*
 * The "i"th variable in the order of setting, i from 0.  Returns its name, or
 * NULL past the end; *origin is set unless origin is NULL.
 */
const char *environ_at(const struct environ *env, size_t i,
    const char **origin);

/*
 * The value of a name in somebody else's envp: of duplicates the last one, as
 * sshd keeps them; or NULL.
 */
const char *environ_lookup(char *const *envp, const char *name);

/* A NULL-terminated vector for execve(2), owned by env until it is changed. */
char *const *environ_envp(const struct environ *env);

#endif
