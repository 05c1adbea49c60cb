/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef STEPS_H
#define STEPS_H

#include <stdint.h>

#include "planstep.h"

/*
 * A step of each kind, with arguments that work for root, and a plan of those
 * that a test wants: in the order of enum plan_kind, which is one that
 * plan_check() takes.
 */

typedef uint64_t steps_set;
#define STEP(kind) (UINT64_C(1) << PLAN_##kind)

/* What stands in every plan here: output to the pipe, and a shell script. */
#define STEPS_BASIC (STEP(SIGNALS) | STEP(DESCRIPTORS) | STEP(CLOSE) | \
	STEP(EXEC))

/* SCENE_UID, its groups, and a capability that it keeps. */
#define STEPS_IDENTITY (STEP(GROUPS) | STEP(KEEP_CAPABILITIES) | STEP(GID) | \
	STEP(UID) | STEP(CAPABILITIES) | STEP(AMBIENT) | STEP(PROVE))
#define STEPS_CAPABILITY 5	/* CAP_KILL */

/* To be changed by a test, if it wants to, before it is added. */
struct plan_step *steps_of(enum plan_kind kind);

/* Add them to the plan of the scene, which must then pass. */
void steps_add(steps_set set);

/* Is it there (scene_lacks())?  1; or 0, and a line says that "name" SKIPs. */
int steps_has(int needs, const char *name);

/* The command: "sh -c SCRIPT".  The script is borrowed. */
void steps_say(const char *script);

#endif
