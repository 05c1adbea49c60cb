/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "policyfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "conffile.h"
#include "policy.h"

int
policyfile_read(struct policy *policy, const char *path, uid_t owner,
    char *why, size_t size)
{
	char reason[256], *text;
	size_t len;
	int r;

	text = conffile_read(path, owner, &len, reason, sizeof(reason));
	if (text == NULL) {
		(void)snprintf(why, size, "%s: %s", path, reason);
		errno = EACCES;
		return -1;
	}
	r = policy_read(policy, path, text, len, why, size);
	free(text);
	if (r == -1)
		errno = EINVAL;
	return r;
}
