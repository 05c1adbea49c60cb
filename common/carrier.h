/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CARRIER_H
#define CARRIER_H

#include <sys/types.h>

#include <stddef.h>

#include "newproc.h"
#include "spawnreport.h"
#include "step.h"

struct plan;

/*
 * What carries a plan out, in the process that it is for: the loop over the
 * steps, and what a child has to say to its parent meanwhile.  spawn.h is
 * what a program calls.
 */

/*
 * What the child says: a step failed, or it asks for its maps.  Strings cross
 * as pointers: what is the program's or the plan's is at the same address on
 * both sides.
 */
struct carrier_message {
	int asks;
	struct spawn_report report;
};

/* What it is answered. */
struct carrier_answer {
	int err;		/* 0: the maps are written */
	const char *detail;
};

/* What the loop over the steps works with. */
struct carrier {
	const struct plan *plan;
	struct step_context context;
	struct newproc how;
	int channel;		/* to the parent, or -1 */
	int other_end;		/* the parent's, which the child closes */
	pid_t parent;		/* in place: the one we began with */
	size_t current;
	spawn_note *note;
	void *ctx;
};

/*
 * Allocate what the steps will need, for they cannot.  In place, "channel" is
 * -1 and stays so.  Returns 0, or -1 with errno.
 */
int carrier_init(struct carrier *carrier, const struct plan *plan,
    spawn_note *note, void *ctx);
void carrier_free(struct carrier *carrier);

/* The one loop.  Returns only to report a failure. */
void carrier_run(struct carrier *carrier, struct spawn_report *failed);

/*
 * What a child runs, given the carrier (newproc.h).  Returns only when a step
 * failed, and that was reported: the status to end with.
 */
int carrier_be_child(void *carrier);

#endif
