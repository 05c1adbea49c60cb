/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "optvalue.h"

#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "decimal.h"
#include "stablename.h"

#define SECONDS_MAX ((uint64_t)20 * 24 * 60 * 60)
#define COUNT_MAX ((uint64_t)65536)

const char *
optvalue_seconds(const char *text, int *ms)
{
	uint64_t n;

	if (decimal_read(text, strlen(text), SECONDS_MAX, &n) == -1)
		return "a number of seconds up to 20 days is wanted";
	*ms = (int)n * 1000;
	return NULL;
}

const char *
optvalue_count(const char *text, unsigned int *count)
{
	uint64_t n;

	if (decimal_read(text, strlen(text), COUNT_MAX, &n) == -1 || n == 0)
		return "a number from 1 to 65536 is wanted";
	*count = (unsigned int)n;
	return NULL;
}

const char *
optvalue_descriptor(const char *text, int *fd)
{
	uint64_t n;

	if (decimal_read(text, strlen(text), INT_MAX, &n) == -1 ||
	    fcntl((int)n, F_GETFD) == -1)
		return "an open descriptor is wanted";
	*fd = (int)n;
	return NULL;
}

const char *
optvalue_uid(const char *text, uid_t *uid)
{
	uint64_t n;

	/* The last one is nobody's (I2). */
	if (decimal_read(text, strlen(text), UINT32_MAX - 1, &n) == -1)
		return "a user's number is wanted";
	*uid = (uid_t)n;
	return NULL;
}

const char *
optvalue_audit(const char *text, int *required)
{
	*required = text != NULL;
	return text == NULL || strcmp(text, "required") == 0 ? NULL :
	    "it can be required, and nothing else";
}

const char *
optvalue_path(const char *text, const char **path)
{
	*path = text;
	return *text == '/' ? NULL : "an absolute path is wanted";
}

const char *
optvalue_name(const char *text, const char **name)
{
	*name = text;
	return stablename_fault(text);
}
