/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SSHKEY_H
#define SSHKEY_H

#include <stddef.h>
#include <stdint.h>

/* "SHA256:" and 43 characters of base64, as ssh-keygen -l prints it. */
#define SSHKEY_FINGERPRINT_SIZE 64

enum sshkey_role {
	SSHKEY_USER = 1,	/* as PROTOCOL.certkeys numbers them */
	SSHKEY_HOST = 2,
};

/*
 * What a certificate of OpenSSH's says.  No signature is verified and no
 * validity looked at here: sshd did both, when it let this key in.
 */
struct sshkey_cert {
	uint64_t serial;
	enum sshkey_role role;
	char *key_id;
	char **principals;
	size_t nprincipals;
	uint64_t valid_after;	/* seconds since 1970, the first that counts */
	uint64_t valid_before;	/* ... and the first that does not any more */
	char ca[SSHKEY_FINGERPRINT_SIZE];	/* the key that signed it */
};

struct sshkey {
	char *type;		/* "ssh-ed25519-cert-v01@openssh.com" */
	int known;		/* of a type whose fields were checked */
	/*
	 * Of a certificate, that of the key which it certifies, as sshd and
	 * ssh-keygen name it.  "" if nobody can tell: see sshkey_parse().
	 */
	char fingerprint[SSHKEY_FINGERPRINT_SIZE];
	struct sshkey_cert *cert;	/* NULL for a plain key */
};

/*
 * Read the blob of a public key or certificate (RFC 4253 section 6.6, RFC
 * 5656, RFC 8709, OpenSSH's PROTOCOL.u2f and PROTOCOL.certkeys).  Bytes that
 * are left over, a NUL within a name, numbers with superfluous zeros and
 * lists that end amid an element are errors: who reads such a blob in another
 * way sees another key.
 *
 * A type that is not known (known is 0) has the fingerprint of its blob, which
 * is right for every plain key; but what OpenSSH takes for another name of a
 * type ("RSA", "ed25519", "rsa-sha2-256") is an error, and so is every name
 * that has no domain and does not begin as registered ones do.  Of an unknown
 * type of certificate nothing is known, and its fingerprint is "".
 * Returns a key for sshkey_free(), or NULL with errno: EINVAL for a blob that
 * is none.
 */
struct sshkey *sshkey_parse(const uint8_t *blob, size_t len);

/*
 * The same of the words of an authorized_keys line.  The type must be the
 * blob's own, the base64 without a blank in it.
 */
struct sshkey *sshkey_from_text(const char *type, const char *base64);

/* NULL is no key. */
void sshkey_free(struct sshkey *key);

#endif
