/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "lease.h"

#include <stdio.h>
#include <string.h>

void
lease_init(struct lease *lease, const char *name)
{
	memset(lease, 0, sizeof(*lease));
	lease->at = -1;
	(void)snprintf(lease->name, sizeof(lease->name), "%s", name);
}

int
lease_may_open(const struct lease *lease)
{
	return lease->signing == 0;
}

int
lease_may_ask(const struct lease *lease, int own)
{
	return lease->opening == (own ? 1U : 0U);
}
