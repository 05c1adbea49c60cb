/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces what a client sent and sshd accepted.  Rules are matched against what
 * is read here, so it must be what sshd read: where two readings of a blob
 * are possible, it is refused.
 */

#include "config.h"
#include "sshkey.h"

#include <errno.h>
#include <resolv.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sshblob.h"

/* OpenSSH's bounds. */
#define NUMBER_BITS 16384
#define PRINCIPALS_MAX 256

/*
 * The fields of each type behind its name: m a number, k 32 bytes, c the
 * curve's name, q a point on it, a the application of a security key.
 */
static const struct type {
	const char *name;
	const char *cert;
	const char *fields;
	const char *curve;
	size_t point;		/* bytes, uncompressed */
} types[] = {
	{ "ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com", "k", NULL, 0 },
	{ "ssh-rsa", "ssh-rsa-cert-v01@openssh.com", "mm", NULL, 0 },
	{ "ssh-dss", "ssh-dss-cert-v01@openssh.com", "mmmm", NULL, 0 },
	{ "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256-cert-v01@openssh.com",
	    "cq", "nistp256", 65 },
	{ "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384-cert-v01@openssh.com",
	    "cq", "nistp384", 97 },
	{ "ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521-cert-v01@openssh.com",
	    "cq", "nistp521", 133 },
	{ "sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519-cert-v01@openssh.com",
	    "ka", NULL, 0 },
	{ "sk-ecdsa-sha2-nistp256@openssh.com",
	    "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", "cqa", "nistp256",
	    65 },
};

#define TYPES (sizeof(types) / sizeof(types[0]))

static int
invalid(void)
{
	errno = EINVAL;
	return -1;
}

/* Step over one field.  Returns 0 or -1. */
static int
read_field(struct sshblob *blob, char kind, const struct type *type)
{
	struct sshblob value;

	if (kind == 'm')
		return sshblob_positive(blob, NUMBER_BITS);
	if (sshblob_string(blob, &value) == -1)
		return -1;
	switch (kind) {
	case 'k':
		return value.left == 32 ? 0 : -1;
	case 'c':
		return sshblob_equals(&value, type->curve) ? 0 : -1;
	case 'q':
		/* 4: both coordinates (SEC 1 section 2.3.3) */
		return value.left == type->point && value.at[0] == 4 ? 0 : -1;
	case 'a':
		return memchr(value.at, '\0', value.left) == NULL ? 0 : -1;
	default:
		return -1;
	}
}

/* Step over all of them. */
static int
read_fields(struct sshblob *blob, const struct type *type)
{
	const char *kind;

	for (kind = type->fields; *kind != '\0'; kind++)
		if (read_field(blob, *kind, type) == -1)
			return invalid();
	return 0;
}

/* The fingerprint of a blob that begins with a type's name. */
static int
fingerprint(const char *name, const uint8_t *rest, size_t len,
    char buf[SSHKEY_FINGERPRINT_SIZE])
{
	const size_t name_len = strlen(name);
	const uint8_t length[4] = { 0, 0, (uint8_t)(name_len >> 8),
	    (uint8_t)name_len };
	uint8_t digest[SHA256_DIGEST_LENGTH];
	char text[SSHKEY_FINGERPRINT_SIZE];
	SHA2_CTX sha;

	if (name_len > UINT16_MAX)
		return invalid();
	SHA256Init(&sha);
	SHA256Update(&sha, length, sizeof(length));
	SHA256Update(&sha, (const uint8_t *)name, name_len);
	SHA256Update(&sha, rest, len);
	SHA256Final(digest, &sha);
	if (b64_ntop(digest, sizeof(digest), text, sizeof(text)) == -1)
		return invalid();
	text[strcspn(text, "=")] = '\0';
	(void)snprintf(buf, SSHKEY_FINGERPRINT_SIZE, "SHA256:%.48s", text);
	return 0;
}

/* Returns the row whose name, or else whose certificate's, that is. */
static const struct type *
find(const char *name, int cert)
{
	size_t i;

	for (i = 0; i < TYPES; i++)
		if (strcmp(name, cert ? types[i].cert : types[i].name) == 0)
			return &types[i];
	return NULL;
}

/*
 * May it be the name of a type that is not known here?  OpenSSH takes "RSA",
 * "ed25519" and such, in capitals or not, and the names of signatures for
 * names of its types: of each key there would be many forms, each with a
 * fingerprint of its own.  They are told by what a type's name begins with
 * where it is registered; one that somebody made for himself has a domain.
 */
static int
may_be_type(const char *name)
{
	static const char *const heads[] = { "ssh-", "ecdsa-sha2-",
	    "x509v3-", "pgp-sign-", "spki-sign-" };
	size_t i;

	if (strncmp(name, "webauthn-", 9) == 0)
		return 0;
	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (strncmp(name, heads[i], strlen(heads[i])) == 0)
			return 1;
	return strchr(name, '@') != NULL;
}

/* A plain key, to its end: its fingerprint.  The name is read already. */
static int
read_plain(struct sshblob *blob, const char *name, int *known,
    char buf[SSHKEY_FINGERPRINT_SIZE])
{
	const struct type *type = find(name, 0);
	const struct sshblob all = *blob;

	*known = type != NULL;
	if (type == NULL ? !may_be_type(name) :
	    read_fields(blob, type) == -1 || blob->left != 0)
		return invalid();
	return fingerprint(name, all.at, all.left, buf);
}

static int
read_principals(struct sshblob list, struct sshkey_cert *cert)
{
	char **bigger;

	while (list.left > 0) {
		if (cert->nprincipals >= PRINCIPALS_MAX)
			return invalid();
		bigger = reallocarray(cert->principals, cert->nprincipals + 1,
		    sizeof(*bigger));
		if (bigger == NULL)
			return -1;
		cert->principals = bigger;
		bigger[cert->nprincipals] = sshblob_text(&list);
		if (bigger[cert->nprincipals] == NULL)
			return -1;
		cert->nprincipals++;
	}
	return 0;
}

/* Pairs of a name and what is packed in a string. */
static int
read_options(struct sshblob list)
{
	struct sshblob name, data;

	while (list.left > 0)
		if (sshblob_string(&list, &name) == -1 ||
		    sshblob_string(&list, &data) == -1 || name.left == 0 ||
		    memchr(name.at, '\0', name.left) != NULL)
			return invalid();
	return 0;
}

/* The key that signed, which is never a certificate itself. */
static int
read_signer(struct sshblob blob, char buf[SSHKEY_FINGERPRINT_SIZE])
{
	char *name = sshblob_text(&blob);
	int known, r;

	if (name == NULL)
		return -1;
	if (*name == '\0' || strstr(name, "-cert-v") != NULL)
		r = invalid();
	else
		r = read_plain(&blob, name, &known, buf);
	free(name);
	return r;
}

/* All behind the certified key's fields, to the end. */
static int
read_statement(struct sshblob *blob, struct sshkey_cert *cert)
{
	struct sshblob principals, critical, extensions, reserved, signer;
	struct sshblob signature, algorithm;
	uint32_t role;

	if (sshblob_u64(blob, &cert->serial) == -1 ||
	    sshblob_u32(blob, &role) == -1 ||
	    (role != SSHKEY_USER && role != SSHKEY_HOST))
		return invalid();
	cert->role = (enum sshkey_role)role;
	if ((cert->key_id = sshblob_text(blob)) == NULL)
		return -1;
	if (sshblob_string(blob, &principals) == -1 ||
	    sshblob_u64(blob, &cert->valid_after) == -1 ||
	    sshblob_u64(blob, &cert->valid_before) == -1 ||
	    sshblob_string(blob, &critical) == -1 ||
	    sshblob_string(blob, &extensions) == -1 ||
	    sshblob_string(blob, &reserved) == -1 ||
	    sshblob_string(blob, &signer) == -1 ||
	    sshblob_string(blob, &signature) == -1 || blob->left != 0 ||
	    sshblob_string(&signature, &algorithm) == -1)
		return invalid();
	if (read_principals(principals, cert) == -1 ||
	    read_options(critical) == -1 || read_options(extensions) == -1)
		return -1;
	return read_signer(signer, cert->ca);
}

static int
read_certificate(struct sshblob *blob, const struct type *type,
    struct sshkey *key)
{
	struct sshblob nonce, fields;

	if (sshblob_string(blob, &nonce) == -1)
		return invalid();
	fields = *blob;
	if (read_fields(blob, type) == -1 || fingerprint(type->name,
	    fields.at, fields.left - blob->left, key->fingerprint) == -1)
		return -1;
	if ((key->cert = calloc(1, sizeof(*key->cert))) == NULL)
		return -1;
	key->known = 1;
	return read_statement(blob, key->cert);
}

static int
read_key(struct sshblob *blob, struct sshkey *key)
{
	const struct type *type;

	if ((key->type = sshblob_text(blob)) == NULL)
		return -1;
	if (*key->type == '\0')
		return invalid();
	if ((type = find(key->type, 1)) != NULL)
		return read_certificate(blob, type, key);
	/* The blob's own fingerprint would be another with each renewal. */
	if (strstr(key->type, "-cert-v") != NULL)
		return 0;
	return read_plain(blob, key->type, &key->known, key->fingerprint);
}

struct sshkey *
sshkey_parse(const uint8_t *bytes, size_t len)
{
	struct sshblob blob = { bytes, len };
	struct sshkey *key;

	if ((key = calloc(1, sizeof(*key))) == NULL)
		return NULL;
	if (read_key(&blob, key) == -1) {
		sshkey_free(key);
		return NULL;
	}
	return key;
}

struct sshkey *
sshkey_from_text(const char *type, const char *base64)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/=";
	size_t room = strlen(base64);
	struct sshkey *key = NULL;
	uint8_t *blob;
	int len = -1;

	if ((blob = malloc(room + 1)) == NULL)
		return NULL;
	if (strspn(base64, alphabet) == room)	/* b64_pton takes blanks */
		len = b64_pton(base64, blob, room);
	errno = EINVAL;
	if (len > 0)
		key = sshkey_parse(blob, (size_t)len);
	free(blob);
	if (key != NULL && strcmp(key->type, type) != 0) {
		sshkey_free(key);
		errno = EINVAL;
		return NULL;
	}
	return key;
}

void
sshkey_free(struct sshkey *key)
{
	size_t i;

	if (key == NULL)
		return;
	if (key->cert != NULL) {
		for (i = 0; i < key->cert->nprincipals; i++)
			free(key->cert->principals[i]);
		free(key->cert->principals);
		free(key->cert->key_id);
		free(key->cert);
	}
	free(key->type);
	free(key);
}
