/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Input: a file of /run/ssh-incubator.  Root wrote it, but of a version that
 * we do not know, with values that came from outside.
 */

#include "config.h"
#include "recordfile.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* What is read is written again to the byte: there is one text for it. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct recordfile *rec;
	uint64_t n;
	size_t len;
	char *text;

	rec = recordfile_parse((const char *)data, size);
	if (rec == NULL)
		return 0;
	if (recordfile_number(rec, "PID", 1000, &n) == 0 && n > 1000)
		abort();
	text = recordfile_print(rec, &len);
	if (text == NULL || len != size || memcmp(text, data, size) != 0)
		abort();
	free(text);
	recordfile_free(rec);
	return 0;
}
