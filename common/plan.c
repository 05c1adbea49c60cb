/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The steps of a child as data.  What is known of each kind of them is in
 * planrule.c.
 */

#include "config.h"
#include "plan.h"

#include <stdio.h>
#include <stdlib.h>

#include "planrule.h"
#include "planvalue.h"
#include "planwords.h"

struct plan {
	struct plan_step *steps;
	size_t count;
	size_t room;
};

struct plan *
plan_new(void)
{
	return calloc(1, sizeof(struct plan));
}

void
plan_free(struct plan *plan)
{
	if (plan == NULL)
		return;
	free(plan->steps);
	free(plan);
}

int
plan_add(struct plan *plan, const struct plan_step *step)
{
	size_t room = plan->room == 0 ? PLAN_KINDS : 2 * plan->room;
	struct plan_step *bigger;

	if (plan->count == plan->room) {
		if ((bigger = reallocarray(plan->steps, room,
		    sizeof(*bigger))) == NULL)
			return -1;
		plan->steps = bigger;
		plan->room = room;
	}
	plan->steps[plan->count++] = *step;
	return 0;
}

size_t
plan_count(const struct plan *plan)
{
	return plan->count;
}

const struct plan_step *
plan_at(const struct plan *plan, size_t i)
{
	return i < plan->count ? &plan->steps[i] : NULL;
}

const struct plan_step *
plan_find(const struct plan *plan, enum plan_kind kind, size_t *at)
{
	size_t i;

	for (i = 0; i < plan->count; i++)
		if (plan->steps[i].kind == kind) {
			if (at != NULL)
				*at = i;
			return &plan->steps[i];
		}
	return NULL;
}

const char *
plan_kind_name(enum plan_kind kind)
{
	const char *name = planrule_name(kind);

	return name != NULL ? name : "unknown";
}

int
plan_check(const struct plan *plan, char *why, size_t size)
{
	if (planrule_check(plan->steps, plan->count, why, size) == -1)
		return -1;
	return planvalue_check(plan->steps, plan->count, why, size);
}

static void
put_words(struct planwords *out, const struct plan_step *step)
{
	planwords_put *words = planrule_words(step->kind);

	if (words != NULL)
		words(out, step);
}

const char *
plan_describe(const struct plan_step *step, char *buf, size_t size)
{
	struct planwords out = { buf, size, 0 };

	*buf = '\0';
	put_words(&out, step);
	return buf;
}

size_t
plan_describe_size(const struct plan_step *step)
{
	char nothing[1] = "";
	struct planwords out = { nothing, sizeof(nothing), 0 };

	put_words(&out, step);
	return out.len + 1;
}
