/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "planwork.h"

#include "plan.h"
#include "request.h"

int
planwork_step(const struct planwork *work, const struct plan_step *step)
{
	return plan_add(work->planner->plan, step);
}

int
planwork_add(const struct planwork *work, enum plan_kind kind)
{
	const struct plan_step step = { .kind = kind };

	return planwork_step(work, &step);
}

int
planwork_caps(const struct planwork *work, enum plan_kind kind, uint64_t caps)
{
	const struct plan_step step = { .kind = kind, .u.caps = caps };

	return planwork_step(work, &step);
}

int
planwork_by_root(const struct planwork *work)
{
	return request_by_root(work->facts->req);
}
