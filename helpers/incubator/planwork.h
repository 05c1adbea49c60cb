/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef PLANWORK_H
#define PLANWORK_H

#include <stdint.h>

#include "planner.h"
#include "planstep.h"

/* What the parts of planner.c work with; all is borrowed. */
struct planwork {
	struct planner *planner;
	const struct planner_facts *facts;
	const struct confine *confine;
	unsigned int namespaces;	/* all that are asked for */
	int own_user_ns;	/* shape B: the user makes one */
};

/*
 * Add a step: any; one without arguments; one that has capabilities.  They
 * return 0, or -1 with errno.
 */
int planwork_step(const struct planwork *work, const struct plan_step *step);
int planwork_add(const struct planwork *work, enum plan_kind kind);
int planwork_caps(const struct planwork *work, enum plan_kind kind,
    uint64_t caps);

/* Is it root who makes the session (shape B)?  1 or 0. */
int planwork_by_root(const struct planwork *work);

#endif
