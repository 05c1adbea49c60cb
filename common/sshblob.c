/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces bytes that a client chose.  A length is compared with what is left
 * before anything is done with it.
 */

#include "config.h"
#include "sshblob.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int
number(struct sshblob *blob, size_t bytes, uint64_t *value)
{
	uint64_t n = 0;
	size_t i;

	if (blob->left < bytes)
		return -1;
	for (i = 0; i < bytes; i++)
		n = n << 8 | blob->at[i];
	blob->at += bytes;
	blob->left -= bytes;
	*value = n;
	return 0;
}

int
sshblob_u32(struct sshblob *blob, uint32_t *value)
{
	uint64_t n;

	if (number(blob, 4, &n) == -1)
		return -1;
	*value = (uint32_t)n;
	return 0;
}

int
sshblob_u64(struct sshblob *blob, uint64_t *value)
{
	return number(blob, 8, value);
}

int
sshblob_string(struct sshblob *blob, struct sshblob *value)
{
	struct sshblob rest = *blob;
	uint32_t len;

	if (sshblob_u32(&rest, &len) == -1 || rest.left < len)
		return -1;
	value->at = rest.at;
	value->left = len;
	blob->at = rest.at + len;
	blob->left = rest.left - len;
	return 0;
}

char *
sshblob_text(struct sshblob *blob)
{
	struct sshblob value, rest = *blob;
	char *text;

	if (sshblob_string(&rest, &value) == -1 ||
	    memchr(value.at, '\0', value.left) != NULL) {
		errno = EINVAL;
		return NULL;
	}
	if ((text = malloc(value.left + 1)) == NULL)
		return NULL;
	memcpy(text, value.at, value.left);
	text[value.left] = '\0';
	*blob = rest;
	return text;
}

int
sshblob_positive(struct sshblob *blob, size_t bits)
{
	struct sshblob value, rest = *blob;

	if (sshblob_string(&rest, &value) == -1 || value.left == 0 ||
	    value.at[0] >= 0x80)	/* negative */
		return -1;
	if (value.at[0] == 0) {
		/* one zero, and only before what would be negative */
		if (value.left < 2 || value.at[1] < 0x80)
			return -1;
		value.left--;
	}
	if (value.left > bits / 8)
		return -1;
	*blob = rest;
	return 0;
}

int
sshblob_equals(const struct sshblob *blob, const char *text)
{
	return blob->left == strlen(text) &&
	    memcmp(blob->at, text, blob->left) == 0;
}
