/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Input: the text of a policy.  It is wrong, and then somebody says where; or
 * it is printed, and that has no mistake and prints the same.
 */

#include "config.h"
#include "policy.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* What it prints; NULL if it is wrong. */
static char *
print(const char *text, size_t len)
{
	struct policy *policy = policy_new();
	char why[512], *printed = NULL;

	memset(why, 'x', sizeof(why));
	if (policy == NULL)
		abort();
	if (policy_read(policy, "t", text, len, why, sizeof(why)) == 0) {
		if ((printed = policy_print(policy)) == NULL)
			abort();
	} else if (strncmp(why, "t line ", 7) != 0 ||
	    memchr(why, '\0', sizeof(why)) == NULL) {
		abort();
	}
	policy_free(policy);
	return printed;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text, *first, *second;

	if ((text = malloc(size > 0 ? size : 1)) == NULL)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	first = print(text, size);
	free(text);
	if (first == NULL)
		return 0;
	second = print(first, strlen(first));
	if (second == NULL || strcmp(first, second) != 0)
		abort();
	free(second);
	free(first);
	return 0;
}
