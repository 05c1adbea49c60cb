/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef MATERIAL_H
#define MATERIAL_H

#include <sys/types.h>

#include <stddef.h>

#include "conf.h"
#include "launch.h"

struct plan_step;
struct request;

/* What --explain has to tell, in whatever format. */

/* The origin of what only PAM can know. */
#define MATERIAL_FROM_PAM "from PAM at login"

/*
 * The groups that the session will have: in shape A those that the process
 * has, whatever group(5) says of the account.
 */
struct material_groups {
	gid_t gid;
	gid_t *list;
	size_t count;
};

struct material {
	struct launch launch;
	struct material_groups groups;
};

/*
 * Returns 0, or -1 after a line that says why; material_free() is due in
 * either case.
 */
int material_prepare(struct material *material,
    const struct session_facts *facts);
void material_free(struct material *material);

/* Has PAM a word in it?  1 or 0: shape B, unless login(1) asks it. */
int material_asks_pam(const struct session_facts *facts);

/* In words. */
const char *material_shape(const struct session_facts *facts);
const char *material_terminal(const struct request *req);

/*
 * Which agent the session would get, in words; this login's is looked for, and
 * not asked.  Returns 1, or 0 if it would get none.
 */
#define MATERIAL_AGENT_SIZE 4352
int material_agent(const struct session_facts *facts, char *words,
    size_t size);

/* These return new strings for the caller to free, or NULL with errno. */
char *material_step(const struct plan_step *step);	/* its arguments */
/* What may be shown of a setting: of SetEnv the name. */
char *material_setting(enum conftable_word word,
    const struct conf_value *value);

/* Something that a Match can ask for; NULL: there is none, or why not. */
struct material_fact {
	const char *name;
	const char *value;
	const char *unknown;
};

/* The "i"th, from 0: returns 0, or -1 past the end. */
int material_fact(const struct confmatch_facts *facts, size_t i,
    struct material_fact *fact);

/* The line of the configuration that let a variable in, or NULL. */
const struct conf_value *material_env_place(
    const struct conf_settings *settings, const char *name,
    const char *origin);

/* Flush standard output.  Returns the exit status. */
int material_finish(void);

#endif
