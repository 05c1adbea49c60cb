/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef PLANSPACE_H
#define PLANSPACE_H

struct planwork;

/*
 * The steps of a plan that say where the session is: its control group, its
 * namespaces, its root directory.  In planner.c is where they stand.
 */

/* Those that a process gets for its children only. */
#define PLANSPACE_FOR_CHILDREN (CLONE_NEWPID | PLAN_NEWTIME)

/*
 * Add what is asked for of: the child's birth, with what it is born into;
 * the namespaces that it makes with the privilege that there is, root's or
 * none; the ids of a user namespace; the new proc(5) and the new root.
 * They return 0, or -1 with errno.
 */
int planspace_birth(const struct planwork *work);
int planspace_unshare(const struct planwork *work);
int planspace_map(const struct planwork *work);
int planspace_root(const struct planwork *work);

#endif
