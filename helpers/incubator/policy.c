/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "policy.h"

#include <string.h>

#include "options.h"

int
policy_make(struct policy *policy, const struct options *opt, char *why,
    size_t size)
{
	(void)why;
	(void)size;
	memset(policy, 0, sizeof(*policy));
	policy->verbosity = opt->verbosity;
	policy->confine = opt->confine;
	policy->login_shell = opt->login_shell;
	policy->hangup_delay = -1;
	return 0;
}

void
policy_free(struct policy *policy)
{
	(void)policy;
}
