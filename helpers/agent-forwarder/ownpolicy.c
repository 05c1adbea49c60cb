/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "ownpolicy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "judge.h"
#include "log.h"
#include "options.h"
#include "policy.h"
#include "policyfile.h"
#include "refusal.h"

/* It is what it says, so nothing is refused here; but it can be a typo. */
static void
warn_if_expired(const struct options *opt)
{
	const char *reason = judge_time(opt->policy, time(NULL));
	char date[POLICY_DATE_SIZE], line[128];

	if (reason == NULL || policy_expiry(opt->policy, date) == NULL)
		return;
	(void)snprintf(line, sizeof(line), "Expire %s: %s: every request is "
	    "refused", date, reason);
	/* Who only asks leaves nothing in the log. */
	if (opt->act == OPTIONS_PRINT_POLICY)
		log_warnx("%s", line);
	else
		refusal_warning(line);
}

int
ownpolicy_read(const struct options *opt, uid_t owner, const char **reason)
{
	char why[4096], *rest = why, *line;

	if (opt->file == NULL || policyfile_read(opt->policy, opt->file,
	    owner, why, sizeof(why)) == 0) {
		warn_if_expired(opt);
		return 0;
	}
	*reason = errno == EINVAL ? "the policy's file is wrong" :
	    "the policy's file cannot be used";
	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line != '\0')
			log_warnx("%s", line);
	return -1;
}
