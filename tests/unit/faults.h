/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef FAULTS_H
#define FAULTS_H

#include "plan.h"
#include "steps.h"

/* The ways in which each kind of step can fail. */

/* A system call that fails, whatever its arguments, or only for one value. */
struct denial {
	long number;		/* 0: none */
	int err;		/* 0: EXDEV */
	int argument;		/* which is looked at, from 1; 0: none is */
	unsigned int value;
};

struct fault {
	enum plan_kind kind;	/* the step that must fail */
	steps_set with;		/* that stand in the plan besides */
	int needs;		/* see scene_lacks() */
	struct denial deny[2];
	/* arguments that are impossible, of this step or of another */
	void (*spoil)(struct plan_step *step);
	void (*prepare)(void);	/* in the process that is to be the parent */
	int err;		/* that is reported; 0: EXDEV */
	const char *detail;	/* NULL: none */
	int only_born;		/* only by a child */
};

/* For the tables: one call with EXDEV; the arguments count from 1. */
#define DENY(call) .deny = { { .number = SYS_##call } }
#define DENY_ONLY(call, which, what) .deny = { { .number = SYS_##call, \
	.argument = which, .value = what } }

extern const struct fault faults[], faults_space[];
extern const int faults_count, faults_space_count;

void faults_deny(const struct denial *denial);

/* For "prepare": what fails here ends the attempt; become SCENE_UID. */
void faults_must(int r);
void faults_as_nobody(void);

#endif
