/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Input: the blob of a key or certificate, as a client may have sent it.  What
 * is a blob is none with a byte more or less.
 */

#include "config.h"
#include "sshkey.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check_fingerprint(const char *text, int may_be_empty)
{
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";

	if (*text == '\0' && may_be_empty)
		return;
	if (strncmp(text, "SHA256:", 7) != 0 || strlen(text) != 7 + 43 ||
	    strspn(text + 7, base64) != 43)
		abort();
}

static void
check_key(const struct sshkey *key, size_t size)
{
	size_t i, sum = strlen(key->type);

	check_fingerprint(key->fingerprint, !key->known);
	if (key->cert != NULL) {
		if (!key->known || key->cert->nprincipals > 256 ||
		    (key->cert->role != SSHKEY_USER &&
		    key->cert->role != SSHKEY_HOST))
			abort();
		check_fingerprint(key->cert->ca, 0);
		sum += strlen(key->cert->key_id);
		for (i = 0; i < key->cert->nprincipals; i++)
			sum += strlen(key->cert->principals[i]);
	}
	if (sum > size)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sshkey *key, *other;
	uint8_t *more;

	if ((key = sshkey_parse(data, size)) == NULL)
		return 0;
	check_key(key, size);
	if (key->known && (more = malloc(size + 1)) != NULL) {
		memcpy(more, data, size);
		more[size] = 0;
		if (sshkey_parse(more, size + 1) != NULL ||
		    sshkey_parse(more, size - 1) != NULL)
			abort();
		free(more);
	}
	/* and once more, to the same end */
	if ((other = sshkey_parse(data, size)) == NULL ||
	    strcmp(key->fingerprint, other->fingerprint) != 0)
		abort();
	sshkey_free(other);
	sshkey_free(key);
	return 0;
}
