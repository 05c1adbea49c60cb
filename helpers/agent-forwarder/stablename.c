/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "stablename.h"

#include <string.h>

#include "userplace.h"

const char *
stablename_fault(const char *name)
{
	if (!userplace_name_ok(name))
		return "a name is 1 to 64 of [A-Za-z0-9._-], and does not "
		    "begin with '.'";
	if (strcmp(name, "agent") == 0 || strncmp(name, "agent.", 6) == 0 ||
	    strncmp(name, "s-", 2) == 0 || strstr(name, ".sshd") != NULL)
		return "a name that is \"agent\", begins with \"agent.\" or "
		    "\"s-\" or has \".sshd\" in it is taken";
	return NULL;
}
