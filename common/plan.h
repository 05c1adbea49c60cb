/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef PLAN_H
#define PLAN_H

#include <stddef.h>

#include "planstep.h"

/*
 * What is to happen between fork and exec, as data: an array of steps in the
 * order in which they are carried out.  plan_check() holds it against one
 * table of rules, plan_describe() puts a step into words for --explain, and
 * spawn(3) of this library carries the same array out.
 *
 * A plan borrows the strings and vectors that it is given; they must outlive
 * it.  The functions that add a step return 0, or -1 with errno.
 */
struct plan;

/* Returns NULL with errno. */
struct plan *plan_new(void);
void plan_free(struct plan *plan);

/* Append a copy of *step (not of what it points to). */
int plan_add(struct plan *plan, const struct plan_step *step);

size_t plan_count(const struct plan *plan);
/* Owned by the plan; NULL past the end. */
const struct plan_step *plan_at(const struct plan *plan, size_t i);

/*
 * The first step of that kind, or NULL; *at is its index, if at is not NULL.
 */
const struct plan_step *plan_find(const struct plan *plan,
    enum plan_kind kind, size_t *at);

/* The step's name as it is printed: "setgid", "new-session". */
const char *plan_kind_name(enum plan_kind kind);

/*
 * Hold the plan against the rules: every step at most once, exec there and
 * last, groups before gid before uid, an identity that is changed is proven,
 * what needs a privilege stands before it is given up, and so on (one table
 * in planrule.c, and what depends on values in planvalue.c).
 * Returns 0, or -1 with what is wrong in "why".
 */
int plan_check(const struct plan *plan, char *why, size_t size);

/*
 * The step's arguments in words, without its name and without the value of
 * any environment variable; "" if it has none.  What does not fit is cut;
 * plan_describe_size() says how much room is enough.
 * Returns buf.
 */
const char *plan_describe(const struct plan_step *step, char *buf,
    size_t size);
size_t plan_describe_size(const struct plan_step *step);

#endif
