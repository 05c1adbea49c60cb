/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces a client that wants a signature for something else than it seems to
 * be: what is not one of the two forms to the last byte is "other".
 */

#include "config.h"
#include "signdata.h"

#include <string.h>

#include "sshkey.h"

#define USERAUTH_REQUEST 50	/* SSH_MSG_USERAUTH_REQUEST */

/* Text without a NUL that fits.  Returns 0, or -1. */
static int
take_text(struct sshblob *blob, char *text, size_t size)
{
	struct sshblob value;

	if (sshblob_string(blob, &value) == -1 || value.left >= size ||
	    memchr(value.at, '\0', value.left) != NULL)
		return -1;
	if (value.left > 0)
		memcpy(text, value.at, value.left);
	text[value.left] = '\0';
	return 0;
}

static int
take_byte(struct sshblob *blob, uint8_t byte)
{
	if (blob->left == 0 || *blob->at != byte)
		return -1;
	blob->at++;
	blob->left--;
	return 0;
}

/*
 * The same key, or one that is in the other as a certificate: ssh(1) signs for
 * a certificate that lies beside its key with the key.
 */
static int
same_key(const struct sshblob *a, const struct sshblob *b)
{
	struct sshkey *first, *second;
	int same;

	if (a->left == b->left && memcmp(a->at, b->at, a->left) == 0)
		return 1;
	first = sshkey_parse(a->at, a->left);
	second = sshkey_parse(b->at, b->left);
	same = first != NULL && second != NULL &&
	    first->fingerprint[0] != '\0' &&
	    strcmp(first->fingerprint, second->fingerprint) == 0;
	sshkey_free(first);
	sshkey_free(second);
	return same;
}

/*
 * The fields up to the end.  Returns 0 with all but the class, or -1 if it is
 * no such request.
 */
static int
read_userauth(struct signdata *sign, struct sshblob data, struct sshblob *key)
{
	struct sshblob method, algorithm;
	int hostbound;

	if (sshblob_string(&data, &sign->session) == -1 ||
	    sign->session.left == 0 ||
	    take_byte(&data, USERAUTH_REQUEST) == -1 ||
	    take_text(&data, sign->user, sizeof(sign->user)) == -1 ||
	    take_text(&data, sign->service, sizeof(sign->service)) == -1 ||
	    sshblob_string(&data, &method) == -1)
		return -1;
	hostbound = sshblob_equals(&method,
	    "publickey-hostbound-v00@openssh.com");
	if ((!hostbound && !sshblob_equals(&method, "publickey")) ||
	    take_byte(&data, 1) == -1 ||
	    sshblob_string(&data, &algorithm) == -1 ||
	    sshblob_string(&data, key) == -1)
		return -1;
	if (hostbound && (sshblob_string(&data, &sign->host) == -1 ||
	    sign->host.left == 0))
		return -1;
	return data.left == 0 ? 0 : -1;
}

static int
read_sshsig(struct signdata *sign, struct sshblob data)
{
	static const char magic[] = { 'S', 'S', 'H', 'S', 'I', 'G' };
	struct sshblob reserved, hash, digest;

	if (data.left < sizeof(magic) ||
	    memcmp(data.at, magic, sizeof(magic)) != 0)
		return -1;
	data.at += sizeof(magic);
	data.left -= sizeof(magic);
	if (take_text(&data, sign->namespace, sizeof(sign->namespace)) == -1 ||
	    sign->namespace[0] == '\0' ||
	    sshblob_string(&data, &reserved) == -1 ||
	    sshblob_string(&data, &hash) == -1 ||
	    sshblob_string(&data, &digest) == -1)
		return -1;
	return data.left == 0 ? 0 : -1;
}

void
signdata_read(struct signdata *sign, const uint8_t *data, size_t len,
    const struct sshblob *key)
{
	const struct sshblob all = { data, len };
	struct sshblob named;
	char service[sizeof(sign->service)] = "";

	memset(sign, 0, sizeof(*sign));
	if (read_sshsig(sign, all) == 0) {
		sign->class = DEED_SSHSIG;
		return;
	}
	memset(sign, 0, sizeof(*sign));
	if (read_userauth(sign, all, &named) == 0) {
		if (strcmp(sign->service, "ssh-connection") == 0 &&
		    same_key(&named, key)) {
			sign->class = DEED_USERAUTH;
			return;
		}
		(void)strlcpy(service, sign->service, sizeof(service));
	}
	/* nothing half read is left */
	memset(sign, 0, sizeof(*sign));
	sign->class = DEED_OTHER;
	(void)strlcpy(sign->service, service, sizeof(sign->service));
}
