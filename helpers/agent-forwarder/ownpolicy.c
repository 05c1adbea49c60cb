/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "ownpolicy.h"

#include <errno.h>
#include <string.h>

#include "log.h"
#include "options.h"
#include "policyfile.h"

int
ownpolicy_read(const struct options *opt, uid_t owner, const char **reason)
{
	char why[4096], *rest = why, *line;

	if (opt->file == NULL || policyfile_read(opt->policy, opt->file,
	    owner, why, sizeof(why)) == 0)
		return 0;
	*reason = errno == EINVAL ? "the policy's file is wrong" :
	    "the policy's file cannot be used";
	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line != '\0')
			log_warnx("%s", line);
	return -1;
}
