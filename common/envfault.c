/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * A rule that could not do what it says leaves a variable in that somebody
 * meant to keep out, so it is found when it is read.
 */

#include "config.h"
#include "envfault.h"

#include <stdlib.h>
#include <string.h>

#include "envrule.h"

const char *
envfault_pattern(const char *pattern)
{
	if (*pattern == '\0')
		return "the pattern is empty";
	if (*pattern >= '0' && *pattern <= '9')
		return "no name begins with a digit";
	/* A comma or a '!' would be taken for more than it is. */
	for (; *pattern != '\0'; pattern++)
		if (*pattern != '*' && *pattern != '?' &&
		    !envname_ok((const char[]){ '_', *pattern, '\0' }))
			return "a pattern is of letters, digits, '_', '*' "
			    "and '?'";
	return NULL;
}

const char *
envfault_name(const char *name)
{
	return envname_ok(name) ? NULL :
	    "a name is of letters, digits and '_'";
}

const char *
envfault_assignment(const char *assignment)
{
	const char *equals = strchr(assignment, '='), *reason;
	char *name;

	if (equals == NULL)
		return "there is no '='";
	name = strndup(assignment, (size_t)(equals - assignment));
	if (name == NULL)
		return "out of memory";
	reason = envrule_floor(name, equals + 1);
	free(name);
	return reason;
}
