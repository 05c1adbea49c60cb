/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "optvalue.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "decimal.h"

static int
read_id(const char *text, size_t len, unsigned int *id)
{
	uint64_t value;

	if (decimal_read(text, len, UINT_MAX, &value) == -1)
		return -1;
	*id = (unsigned int)value;
	return 0;
}

int
optvalue_id(const char *text, unsigned int *id)
{
	return read_id(text, strlen(text), id);
}

int
optvalue_ids(const char *text, gid_t **list, size_t *count)
{
	size_t len;

	*count = 0;
	*list = calloc(strlen(text) / 2 + 1, sizeof(**list));
	if (*list == NULL)
		return -1;
	for (;; text += len + 1) {
		len = strcspn(text, ",");
		if (read_id(text, len, &(*list)[*count]) == -1)
			return -1;
		(*count)++;
		if (text[len] == '\0')
			return 0;
	}
}

int
optvalue_bool(const char *text, int *value)
{
	static const char *const words[2][5] = {
		{ "false", "0", "f", "no", "off" },
		{ "true", "1", "t", "yes", "on" },
	};
	size_t i;

	*value = 1;
	if (text == NULL)
		return 0;
	for (i = 0; i < 10; i++) {
		*value = i >= 5;
		if (strcasecmp(text, words[i / 5][i % 5]) == 0)
			return 0;
	}
	return -1;
}

int
optvalue_agent(const char *text, const char **word)
{
	*word = text != NULL ? text : "yes";
	return strcmp(*word, "yes") == 0 || strcmp(*word, "filter") == 0 ||
	    strcmp(*word, "no") == 0 ? 0 : -1;
}

int
optvalue_path(const char *text, const char **path)
{
	*path = text;
	return *text == '/' ? 0 : -1;
}

int
optvalue_is_printable(const char *text)
{
	if (*text == '\0' || strlen(text) > 256)
		return 0;
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return 0;
	return 1;
}
