/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Rules are matched against what is read here (invariant I1), so it must be
 * what sshd read.  One certificate is ssh-keygen's, as it printed it and as it
 * explains it (-L); the others are put together here, good and bad.
 */

#include "config.h"
#include "sshkey.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define CERT "ssh-ed25519-cert-v01@openssh.com"

static const char real_key[] =
	    "AAAAC3NzaC1lZDI1NTE5AAAAIB7HQ3fUsMEeNDDht4VU5gxM21SyXzrQHWGla2"
	    "eA/UEE";
static const char real_cert[] =
	    "AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29tAAAAIGe6JRZYWw"
	    "8nskGYkK18suksODepTpH8Xp/y+s1TQ370AAAAIB7HQ3fUsMEeNDDht4VU5gxM"
	    "21SyXzrQHWGla2eA/UEEAAAAAAAAAE0AAAABAAAAC2lkIG9mIGFsaWNlAAAAEA"
	    "AAAAVhbGljZQAAAANib2IAAAAAXgvhAAAAAABeDTKAAAAAHQAAAA1mb3JjZS1j"
	    "b21tYW5kAAAACAAAAAR0cnVlAAAAggAAABVwZXJtaXQtWDExLWZvcndhcmRpbm"
	    "cAAAAAAAAAF3Blcm1pdC1hZ2VudC1mb3J3YXJkaW5nAAAAAAAAABZwZXJtaXQt"
	    "cG9ydC1mb3J3YXJkaW5nAAAAAAAAAApwZXJtaXQtcHR5AAAAAAAAAA5wZXJtaX"
	    "QtdXNlci1yYwAAAAAAAAAAAAAAMwAAAAtzc2gtZWQyNTUxOQAAACBQUjLBvyQ+"
	    "+p+FTMd5kqESlKGDRDR4SSgkTgIJNYHJGAAAAFMAAAALc3NoLWVkMjU1MTkAAA"
	    "BAhf/ByGJ89998vwlb0yFEvZfkyoc3SAvSHTDZngviOf6OX3jU0+d1yv9CTEv1"
	    "0tG70r4WK0mZV9cePI6CX0Z5BQ==";
static const char real_fingerprint[] =
    "SHA256:t59GOBms8d7tVtesEPv6y72z4oB4OrbutqHD5vq/gUk";
static const char real_ca[] =
    "SHA256:zXPvn371dHHym49gdmmpEbdfFDE3Z1yyfmnrwj33Euo";

/* A blob in the making. */
struct blob {
	uint8_t bytes[65536];
	size_t len;
};

static void
put(struct blob *blob, const void *bytes, size_t len)
{
	ck_assert_uint_le(len, sizeof(blob->bytes) - blob->len);
	if (len > 0)
		memcpy(blob->bytes + blob->len, bytes, len);
	blob->len += len;
}

static void
put_number(struct blob *blob, uint64_t n, int bytes)
{
	uint8_t byte;

	while (bytes-- > 0) {
		byte = (uint8_t)(n >> 8 * bytes);
		put(blob, &byte, 1);
	}
}

static void
put_string(struct blob *blob, const void *bytes, size_t len)
{
	put_number(blob, len, 4);
	put(blob, bytes, len);
}

static void
put_text(struct blob *blob, const char *text)
{
	put_string(blob, text, strlen(text));
}

/* So many bytes, the first of them that one. */
static void
put_field(struct blob *blob, uint8_t first, size_t len)
{
	uint8_t bytes[4096];

	ck_assert_uint_le(len, sizeof(bytes));
	memset(bytes, 0x5a, sizeof(bytes));
	bytes[0] = first;
	put_string(blob, bytes, len);
}

/* What a certificate says; zero is what is usual. */
struct says {
	const char *key_id;
	size_t key_id_len;
	const char *principals;	/* with '|' between them; NULL for none */
	size_t many;		/* in place of them, so many of one byte */
	uint32_t role;
	const char *cut;	/* added to the list of principals, as it is */
	size_t cut_len;
	const char *options;	/* the list of critical options, as it is */
	size_t options_len;
	const char *signer;	/* the type of the key that signed */
	int no_signature;
};

static void
put_principals(struct blob *blob, const struct says *says)
{
	static struct blob list;
	const char *at = says->principals;
	size_t i, len;

	list.len = 0;
	while (at != NULL) {
		len = strcspn(at, "|");
		put_string(&list, at, len);
		at = at[len] == '|' ? at + len + 1 : NULL;
	}
	for (i = 0; i < says->many; i++)
		put_text(&list, "x");
	put(&list, says->cut, says->cut_len);
	put_string(blob, list.bytes, list.len);
}

static void
put_signer(struct blob *blob, const struct says *says)
{
	static struct blob signer;

	signer.len = 0;
	put_text(&signer, says->signer != NULL ? says->signer : "ssh-ed25519");
	put_field(&signer, 7, 32);
	put_string(blob, signer.bytes, signer.len);
}

static void
put_statement(struct blob *blob, const struct says *says)
{
	static struct blob signature;

	put_number(blob, 42, 8);
	put_number(blob, says->role != 0 ? says->role : SSHKEY_USER, 4);
	put_string(blob, says->key_id, says->key_id_len != 0 ?
	    says->key_id_len : says->key_id != NULL ? strlen(says->key_id) : 0);
	put_principals(blob, says);
	put_number(blob, 0, 8);
	put_number(blob, 1, 8);	/* over since 1970 */
	put_string(blob, says->options, says->options_len);
	put_text(blob, "");
	put_text(blob, "");
	put_signer(blob, says);
	signature.len = 0;
	put_text(&signature, "ssh-ed25519");
	put_field(&signature, 1, 64);
	put_string(blob, signature.bytes,
	    says->no_signature ? 0 : signature.len);
}

/* A certificate of an Ed25519 key. */
static struct blob *
make(const struct says *says)
{
	static struct blob blob;

	blob.len = 0;
	put_text(&blob, CERT);
	put_field(&blob, 0, 32);
	put_field(&blob, 3, 32);
	put_statement(&blob, says);
	return &blob;
}

/* In a block of its own, for ASan to see its end. */
static struct sshkey *
parse(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);
	struct sshkey *key;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, bytes, len);
	errno = 0;
	key = sshkey_parse(copy, len);
	free(copy);
	return key;
}

static struct sshkey *
good(const struct blob *blob)
{
	struct sshkey *key = parse(blob->bytes, blob->len);

	ck_assert_ptr_nonnull(key);
	return key;
}

static void
bad(const struct blob *blob)
{
	ck_assert_ptr_null(parse(blob->bytes, blob->len));
	ck_assert_int_eq(errno, EINVAL);
}

/* Would have caught two fields exchanged, and the hash of the certificate. */
START_TEST(I1_a_certificate_as_ssh_keygen_explains_it)
{
	struct sshkey *key = sshkey_from_text(CERT, real_cert);

	ck_assert_ptr_nonnull(key);
	ck_assert_str_eq(key->type, CERT);
	ck_assert_int_eq(key->known, 1);
	ck_assert_str_eq(key->fingerprint, real_fingerprint);
	ck_assert_ptr_nonnull(key->cert);
	ck_assert_uint_eq(key->cert->serial, 77);
	ck_assert_int_eq(key->cert->role, SSHKEY_USER);
	ck_assert_str_eq(key->cert->key_id, "id of alice");
	ck_assert_uint_eq(key->cert->nprincipals, 2);
	ck_assert_str_eq(key->cert->principals[0], "alice");
	ck_assert_str_eq(key->cert->principals[1], "bob");
	ck_assert_uint_eq(key->cert->valid_after, 1577836800);
	ck_assert_uint_eq(key->cert->valid_before, 1577923200);
	ck_assert_str_eq(key->cert->ca, real_ca);
	sshkey_free(key);
	key = sshkey_from_text("ssh-ed25519", real_key);
	ck_assert_ptr_nonnull(key);
	ck_assert_str_eq(key->fingerprint, real_fingerprint);
	ck_assert_ptr_null(key->cert);
	sshkey_free(key);
}
END_TEST

/* Would have caught a list that is split at commas (CVE-2026-35414). */
START_TEST(I1_principals)
{
	static const struct {
		const char *list;
		size_t count;
		const char *last;
	} rows[] = {
		{ NULL, 0, NULL },
		{ "alice", 1, "alice" },
		{ "alice|root", 2, "root" },
		{ "alice,root", 1, "alice,root" },
		{ "", 1, "" },
		{ "a b\n", 1, "a b\n" },
	};
	const struct says says = { .principals = rows[_i].list };
	struct sshkey *key = good(make(&says));

	ck_assert_uint_eq(key->cert->nprincipals, rows[_i].count);
	if (rows[_i].count > 0)
		ck_assert_str_eq(key->cert->principals[rows[_i].count - 1],
		    rows[_i].last);
	ck_assert_uint_eq(key->cert->valid_before, 1);
	sshkey_free(key);
}
END_TEST

/* Would have caught any of these taken for something. */
START_TEST(I1_certificates_that_are_none)
{
	static const struct says rows[] = {
		{ .many = 257 },
		{ .role = 3 },
		{ .role = UINT32_MAX },
		{ .key_id = "a\0b", .key_id_len = 3 },
		{ .key_id = "a\0", .key_id_len = 2 },
		{ .cut = "\0\0\0\3a\0b", .cut_len = 7 },
		{ .cut = "\0\0\0\1", .cut_len = 4 },
		{ .cut = "\0\0", .cut_len = 2 },
		{ .cut = "\377\377\377\377a", .cut_len = 5 },
		{ .options = "\0\0\0\1a", .options_len = 5 },
		{ .options = "\0\0\0\0\0\0\0\0", .options_len = 8 },
		{ .options = "\0\0\0\1a\0\0\0\1", .options_len = 9 },
		{ .options = "x", .options_len = 1 },
		{ .signer = CERT },
		{ .signer = "new-cert-v02@example.org" },
		{ .signer = "" },
		{ .signer = "ssh-rsa" },
		{ .no_signature = 1 },
	};

	bad(make(&rows[_i]));
}
END_TEST

#define BAD_CERTS 18

START_TEST(principals_up_to_the_bound)
{
	const struct says says = { .many = 256 };
	struct sshkey *key = good(make(&says));

	ck_assert_uint_eq(key->cert->nprincipals, 256);
	sshkey_free(key);
}
END_TEST

/*
 * Would have caught a length that is believed, and a half that is taken for
 * the whole.  No part of a blob is a blob, and no blob with more behind it.
 */
START_TEST(I1_every_byte_too_few_and_one_too_many)
{
	const struct says says = { .key_id = "id", .principals = "a|b",
	    .options = "\0\0\0\1a\0\0\0\0", .options_len = 9 };
	struct blob *blob = make(&says);
	size_t len = blob->len;

	sshkey_free(good(blob));
	for (blob->len = 0; blob->len < len; blob->len++)
		bad(blob);
	blob->bytes[len] = 0;
	blob->len = len + 1;
	bad(blob);
}
END_TEST

/* The same with each byte of it another: an error or a key, and no crash. */
START_TEST(bytes_changed)
{
	const struct says says = { .key_id = "id", .principals = "a|b" };
	struct blob *blob = make(&says);
	size_t i;
	int bit;

	for (i = 0; i < blob->len; i++)
		for (bit = 0; bit < 8; bit++) {
			blob->bytes[i] ^= (uint8_t)(1 << bit);
			sshkey_free(parse(blob->bytes, blob->len));
			blob->bytes[i] ^= (uint8_t)(1 << bit);
		}
}
END_TEST

/* A plain key: its name, and fields of FIRST bytes and lengths. */
struct plain {
	const char *type;
	const char *curve;
	struct {
		uint8_t first;
		size_t len;
	} fields[5];
	int ok;
};

static const struct plain plains[] = {
	{ "ssh-ed25519", NULL, { { 0, 32 } }, 1 },
	{ "ssh-ed25519", NULL, { { 0, 31 } }, 0 },
	{ "ssh-ed25519", NULL, { { 0, 33 } }, 0 },
	{ "ssh-ed25519", NULL, { { 0, 32 }, { 0, 1 } }, 0 },
	{ "ssh-rsa", NULL, { { 3, 1 }, { 0x7f, 256 } }, 1 },
	{ "ssh-rsa", NULL, { { 3, 1 }, { 0x7f, 2048 } }, 1 },
	{ "ssh-rsa", NULL, { { 3, 1 }, { 0x7f, 2049 } }, 0 },
	{ "ssh-rsa", NULL, { { 3, 1 }, { 0x80, 256 } }, 0 },
	{ "ssh-rsa", NULL, { { 3, 1 }, { 0, 257 } }, 0 },
	{ "ssh-rsa", NULL, { { 0, 1 }, { 0x7f, 256 } }, 0 },
	{ "ssh-rsa", NULL, { { 3, 1 } }, 0 },
	{ "ssh-dss", NULL, { { 1, 128 }, { 1, 20 }, { 1, 128 }, { 1, 128 } },
	    1 },
	{ "ssh-dss", NULL, { { 1, 128 }, { 1, 20 }, { 1, 128 } }, 0 },
	{ "ecdsa-sha2-nistp256", "nistp256", { { 4, 65 } }, 1 },
	{ "ecdsa-sha2-nistp384", "nistp384", { { 4, 97 } }, 1 },
	{ "ecdsa-sha2-nistp521", "nistp521", { { 4, 133 } }, 1 },
	{ "ecdsa-sha2-nistp256", "nistp384", { { 4, 65 } }, 0 },
	{ "ecdsa-sha2-nistp256", "nistp256", { { 2, 65 } }, 0 },
	{ "ecdsa-sha2-nistp256", "nistp256", { { 4, 33 } }, 0 },
	{ "ecdsa-sha2-nistp256", "nistp256", { { 4, 97 } }, 0 },
	{ "sk-ssh-ed25519@openssh.com", NULL, { { 0, 32 }, { 's', 4 } }, 1 },
	{ "sk-ssh-ed25519@openssh.com", NULL, { { 0, 32 }, { 0, 4 } }, 0 },
	{ "sk-ssh-ed25519@openssh.com", NULL, { { 0, 32 } }, 0 },
	{ "sk-ecdsa-sha2-nistp256@openssh.com", "nistp256",
	    { { 4, 65 }, { 's', 4 } }, 1 },
	{ "sk-ecdsa-sha2-nistp256@openssh.com", "nistp256", { { 4, 65 } },
	    0 },
};

static void
put_plain(struct blob *blob, const struct plain *plain)
{
	size_t i;

	if (plain->curve != NULL)
		put_text(blob, plain->curve);
	for (i = 0; plain->fields[i].len > 0; i++)
		put_field(blob, plain->fields[i].first, plain->fields[i].len);
}

/* Would have caught a type whose fields are another's, and a second form. */
START_TEST(plain_keys)
{
	const struct plain *plain = &plains[_i];
	static struct blob blob;
	struct sshkey *key;

	blob.len = 0;
	put_text(&blob, plain->type);
	put_plain(&blob, plain);
	if (!plain->ok) {
		bad(&blob);
		return;
	}
	key = good(&blob);
	ck_assert_int_eq(key->known, 1);
	ck_assert_str_eq(key->type, plain->type);
	ck_assert_uint_eq(strlen(key->fingerprint), 7 + 43);
	sshkey_free(key);
	/* a NUL at the end of a name makes it another, for whoever looks */
	blob.len = 0;
	put_string(&blob, plain->type, strlen(plain->type) + 1);
	put_plain(&blob, plain);
	bad(&blob);
}
END_TEST

/* Its certificate bears the fingerprint of the key, with the same checks. */
START_TEST(I1_certificates_of_each_type)
{
	const struct says says = { .principals = "a" };
	const struct plain *plain = &plains[_i];
	static struct blob blob, cert;
	struct sshkey *key;
	char type[128];

	cert.len = 0;
	(void)snprintf(type, sizeof(type), "%.*s-cert-v01@openssh.com",
	    (int)strcspn(plain->type, "@"), plain->type);
	put_text(&cert, type);
	put_field(&cert, 0, 32);
	put_plain(&cert, plain);
	put_statement(&cert, &says);
	if (!plain->ok) {
		bad(&cert);
		return;
	}
	key = good(&cert);
	ck_assert_int_eq(key->known, 1);
	ck_assert_str_eq(key->cert->principals[0], "a");
	(void)strlcpy(type, key->fingerprint, sizeof(type));
	sshkey_free(key);
	blob.len = 0;
	put_text(&blob, plain->type);
	put_plain(&blob, plain);
	key = good(&blob);
	ck_assert_str_eq(key->fingerprint, type);
	sshkey_free(key);
}
END_TEST

/* Would have caught a key that is newer than we are taken for an error. */
START_TEST(types_that_nobody_knows)
{
	static struct blob blob;
	struct sshkey *key;

	blob.len = 0;
	put_text(&blob, "ssh-new@example.org");
	put(&blob, "anything", 8);
	key = good(&blob);
	ck_assert_int_eq(key->known, 0);
	ck_assert_uint_eq(strlen(key->fingerprint), 7 + 43);
	sshkey_free(key);
	/* of a certificate it would be another with each renewal */
	blob.len = 0;
	put_text(&blob, "ssh-new-cert-v01@example.org");
	put(&blob, "anything", 8);
	key = good(&blob);
	ck_assert_int_eq(key->known, 0);
	ck_assert_str_eq(key->fingerprint, "");
	ck_assert_ptr_null(key->cert);
	sshkey_free(key);
	blob.len = 0;
	put_text(&blob, "");
	put(&blob, "anything", 8);
	bad(&blob);
}
END_TEST

/*
 * Would have caught a key that OpenSSH's agent signs with and that has another
 * fingerprint than the one that is denied or counted.
 */
START_TEST(other_names_of_a_type)
{
	static const char *const names[] = { "ED25519", "ed25519", "eD25519",
		"RSA", "rsa", "rsa-sha2-256", "rsa-sha2-512", "ECDSA",
		"ed25519-sk", "ECDSA-SK", "DSA", "XMSS",
		"webauthn-sk-ecdsa-sha2-nistp256@openssh.com", "SSH-RSA" };
	static struct blob blob;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		blob.len = 0;
		put_text(&blob, names[i]);
		put_field(&blob, 1, 32);
		bad(&blob);
	}
	blob.len = 0;
	put_text(&blob, "ssh-ed448");
	put_field(&blob, 1, 57);
	sshkey_free(good(&blob));
}
END_TEST

/* Would have caught a key under another key's name, and blanks skipped. */
START_TEST(I1_words_that_are_no_key)
{
	static const char *const words[][2] = {
		{ "ssh-rsa", real_key }, { "ssh-ed25519", real_cert },
		{ CERT, real_key }, { "", real_key }, { "ssh-ed25519", "" },
		{ "ssh-ed25519", "A" }, { "ssh-ed25519", "====" },
		{ "ssh-ed25519", "****" },
	};
	char text[sizeof(real_key) + 1];
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		errno = 0;
		ck_assert_ptr_null(sshkey_from_text(words[i][0],
		    words[i][1]));
		ck_assert_int_eq(errno, EINVAL);
	}
	for (i = 0; i < sizeof(real_key); i++) {
		memcpy(text, real_key, i);
		text[i] = '\t';
		memcpy(text + i + 1, real_key + i, sizeof(real_key) - i);
		ck_assert_ptr_null(sshkey_from_text("ssh-ed25519", text));
		memcpy(text, real_key, sizeof(real_key));
		text[i] = '\0';
		if (i + 1 < sizeof(real_key))
			ck_assert_ptr_null(sshkey_from_text("ssh-ed25519",
			    text));
	}
}
END_TEST

static Suite *
suite(void)
{
	const int n = (int)(sizeof(plains) / sizeof(plains[0]));
	Suite *s = suite_create("sshkey");
	TCase *tc = tcase_create("sshkey");

	tcase_add_test(tc, I1_a_certificate_as_ssh_keygen_explains_it);
	tcase_add_loop_test(tc, I1_principals, 0, 6);
	tcase_add_loop_test(tc, I1_certificates_that_are_none, 0, BAD_CERTS);
	tcase_add_test(tc, principals_up_to_the_bound);
	tcase_add_test(tc, I1_every_byte_too_few_and_one_too_many);
	tcase_add_test(tc, bytes_changed);
	tcase_add_loop_test(tc, plain_keys, 0, n);
	tcase_add_loop_test(tc, I1_certificates_of_each_type, 0, n);
	tcase_add_test(tc, types_that_nobody_knows);
	tcase_add_test(tc, other_names_of_a_type);
	tcase_add_test(tc, I1_words_that_are_no_key);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
