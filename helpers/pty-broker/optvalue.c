/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "optvalue.h"

#include <ctype.h>
#include <string.h>

#include "decimal.h"

#define SECONDS_MAX ((uint64_t)20 * 24 * 60 * 60)
#define BYTES_MIN ((uint64_t)4096)
#define BYTES_MAX ((uint64_t)256 * 1024 * 1024)

const char *
optvalue_key(const char *text, uint8_t *key)
{
	const int c = text[0] == '^' ? toupper((unsigned char)text[1]) : 0;

	if (c == '\0' || text[2] != '\0')
		return "a key is written as ^X";
	if (c == '?')
		*key = 0x7f;
	else if (c > '@' && c <= '_')
		*key = (uint8_t)(c - '@');
	else
		return "there is no such control character";
	return NULL;
}

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
optvalue_bytes(const char *text, size_t *bytes)
{
	size_t len = strlen(text);
	uint64_t n, unit = 1;

	if (len > 1 && strchr("kK", text[len - 1]) != NULL)
		unit = 1024;
	else if (len > 1 && strchr("mM", text[len - 1]) != NULL)
		unit = (uint64_t)1024 * 1024;
	if (unit != 1)
		len--;
	if (decimal_read(text, len, BYTES_MAX / unit, &n) == -1 ||
	    n * unit < BYTES_MIN)
		return "4096 to 256M bytes are wanted";
	*bytes = (size_t)(n * unit);
	return NULL;
}

const char *
optvalue_size(const char *text, struct proto_size *size)
{
	const char *x = strchr(text, 'x');
	uint64_t rows, cols;

	if (x == NULL ||
	    decimal_read(text, (size_t)(x - text), UINT16_MAX, &rows) == -1 ||
	    decimal_read(x + 1, strlen(x + 1), UINT16_MAX, &cols) == -1 ||
	    rows == 0 || cols == 0)
		return "a size is written as ROWSxCOLS";
	size->rows = (uint16_t)rows;
	size->cols = (uint16_t)cols;
	return NULL;
}

const char *
optvalue_policy(const char *text, uint8_t *policy)
{
	unsigned int i;

	for (i = 1; i < PROTO_POLICIES; i++)
		if (strcmp(text, proto_policy_names[i]) == 0) {
			*policy = (uint8_t)i;
			return NULL;
		}
	return "latest, smallest, largest, first or fixed is wanted";
}

const char *
optvalue_restore(const char *text, int *screen)
{
	*screen = strcmp(text, "screen") == 0;
	return *screen || strcmp(text, "ring") == 0 ? NULL :
	    "ring or screen is wanted";
}
