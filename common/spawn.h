/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SPAWN_H
#define SPAWN_H

#include <sys/types.h>

#include "spawnreport.h"

struct plan;

/*
 * What Go's os/exec does with a SysProcAttr, and what surprises there is done
 * otherwise: signals that we ignore are not ignored by the command (but HUP,
 * for nohup(1)); chroot is also a chdir; a parent's death is told across a
 * pid namespace.  There the command is process 1, to which only SIGKILL comes
 * for sure: the kernel drops every other signal from outside that it has no
 * handler for, and all that it sends to itself.
 */

/* A child that was started and has not yet said that its command runs. */
struct spawn_child {
	int want_pidfd;		/* to be said before spawn_start() */
	pid_t pid;
	int pidfd;		/* the caller's to close; -1 if there is none */
	int report;		/* for poll(2), POLLIN; -1 when all is said */
	int proc;		/* what its maps are written by; closed then */
	const struct plan *plan;	/* borrowed until all is said */
};

/*
 * Start a child that carries the plan out and becomes its command.  The plan
 * must pass plan_check().  "note" may be NULL.
 * Between its change of identity and its exec the child can be stopped by any
 * process of its new user, so nobody should wait for it without a way out:
 * poll child->report, then call spawn_hear(), which is also what writes the
 * maps of a user namespace.  Since nobody waits, it is a fork, whose price
 * grows with our size.
 * Returns 0, or -1 with *failed filled in (step is plan_count() if it is none
 * of the plan's) and no child made.
 */
int spawn_start(const struct plan *plan, spawn_note *note, void *ctx,
    struct spawn_child *child, struct spawn_report *failed);

/*
 * Hear what there is to hear, without waiting.  Returns 1 when the command
 * runs, 0 when nothing was said yet, and -1 with *failed when a step failed:
 * the child ends then and is the caller's to reap, and child->pidfd is closed
 * and -1.  child->report is closed and -1 after 1 and -1.  A child that was
 * killed before it could say anything is a 1, too; waitpid(2) tells.
 */
int spawn_hear(struct spawn_child *child, struct spawn_report *failed);

/* Hear no more of it: what is open for that is closed. */
void spawn_forget(struct spawn_child *child);

/*
 * The two in one, waiting as long as it takes.  A child that stays who we are
 * shares our memory until its exec, so that it costs the same in a process of
 * any size (not in a control group or a time namespace, for which libc has no
 * call); one that becomes somebody else is a fork: nobody but us may ever have
 * our memory, nor stop a process that has it.
 * Returns the child's pid when the command runs; or -1 with *failed, and no
 * child left: it was reaped.
 */
pid_t spawn(const struct plan *plan, spawn_note *note, void *ctx,
    struct spawn_report *failed);

/*
 * Carry the plan out in this process, and become its command.  A plan with
 * PLAN_CLONE, or with maps that a parent writes, needs a child.
 * Returns only on failure: -1 with *failed.  The process may then have given
 * up part of what it was, and must end.
 */
int spawn_here(const struct plan *plan, spawn_note *note, void *ctx,
    struct spawn_report *failed);

#endif
