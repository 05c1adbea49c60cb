/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Input: the first line of a client of "serve", its newline left out.  What
 * comes of it is a file's name, so it holds nothing else than a UUID.
 */

#include "config.h"
#include "serveid.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct serveid id, again;
	const char *why = NULL;
	char line[SERVEID_MAX];

	if (serveid_parse(&id, (const char *)data, size, &why) == -1) {
		if (why == NULL || *why == '\0')
			abort();
		return 0;
	}
	if (strlen(id.name) != 36 || size < 40 ||
	    strspn(id.name, "0123456789abcdef-") != 36 ||
	    strncasecmp(id.name, (const char *)data, 36) != 0 ||
	    (id.rows == 0) != (id.cols == 0))
		abort();
	/* said again in its own words it is the same */
	(void)snprintf(line, sizeof(line), "%s:%u:%u", id.name, id.rows,
	    id.cols);
	if (serveid_parse(&again, line, strlen(line), &why) == -1 ||
	    strcmp(again.name, id.name) != 0 || again.rows != id.rows ||
	    again.cols != id.cols)
		abort();
	return 0;
}
