/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * sshd writes one line per completed method: "publickey ssh-ed25519 AAAA...".
 * The file is read by root in shape B, so it is held against everything that
 * somebody else could have put there: links, pipes, other owners, size.
 */

#include "config.h"
#include "authinfo.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <resolv.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX_BYTES 65536

/*
 * Looked at before it is opened: to open a pipe or a device can do something.
 * Returns a descriptor for reading, or -1 with errno.
 */
static int
open_trusted(const char *path, uid_t owner)
{
	struct stat st;
	char self[64];
	int fd = -1, look, saved;

	if ((look = open(path, O_PATH | O_CLOEXEC | O_NOFOLLOW)) == -1)
		return -1;
	if (fstat(look, &st) == -1)
		goto out;
	if (!S_ISREG(st.st_mode) || st.st_uid != owner || st.st_nlink != 1 ||
	    (st.st_mode & 07777) != 0600) {
		errno = EPERM;
		goto out;
	}
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", look);
	fd = open(self, O_RDONLY | O_CLOEXEC);
out:
	saved = errno;
	(void)close(look);
	errno = saved;
	return fd;
}

/* Returns the file's text, to be freed, or NULL with errno. */
static char *
read_trusted(const char *path, uid_t owner)
{
	char *text = NULL;
	size_t have = 0;
	ssize_t n = 1;
	int fd, saved;

	if ((fd = open_trusted(path, owner)) == -1)
		return NULL;
	if ((text = malloc(FILE_MAX_BYTES + 1)) == NULL)
		goto fail;
	while (have < FILE_MAX_BYTES && n > 0) {
		n = read(fd, text + have, FILE_MAX_BYTES - have);
		if (n == -1)
			goto fail;
		have += (size_t)n;
	}
	if (n != 0) {
		errno = EFBIG;
		goto fail;
	}
	text[have] = '\0';
	(void)close(fd);
	return text;
fail:
	saved = errno;
	free(text);
	(void)close(fd);
	errno = saved;
	return NULL;
}

/*
 * A certificate is told by the key that it certifies, as sshd and ssh-keygen
 * -l do, or its name would change with each renewal.  Its blob is: type,
 * nonce, the fields of the key, and the rest (PROTOCOL.certkeys); that of the
 * key: plain type, fields.
 */
static const struct {
	const char *type;
	const char *plain;
	int fields;
} certificates[] = {
	{ "ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519", 1 },
	{ "ssh-rsa-cert-v01@openssh.com", "ssh-rsa", 2 },
	{ "ssh-dss-cert-v01@openssh.com", "ssh-dss", 4 },
	{ "ecdsa-sha2-nistp256-cert-v01@openssh.com",
	    "ecdsa-sha2-nistp256", 2 },
	{ "ecdsa-sha2-nistp384-cert-v01@openssh.com",
	    "ecdsa-sha2-nistp384", 2 },
	{ "ecdsa-sha2-nistp521-cert-v01@openssh.com",
	    "ecdsa-sha2-nistp521", 2 },
	{ "sk-ssh-ed25519-cert-v01@openssh.com",
	    "sk-ssh-ed25519@openssh.com", 2 },
	{ "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
	    "sk-ecdsa-sha2-nistp256@openssh.com", 3 },
};

/*
 * Step over one string of RFC 4251 section 5.  Returns where it ends, or NULL
 * if the blob ends before.
 */
static const uint8_t *
skip_string(const uint8_t *p, const uint8_t *end)
{
	size_t len;

	if (end - p < 4)
		return NULL;
	len = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 |
	    p[3];
	p += 4;
	return (size_t)(end - p) < len ? NULL : p + len;
}

/* Returns 0, or -1 if the blob is no certificate of that type. */
static int
hash_certified_key(SHA2_CTX *sha, const char *plain, int fields,
    const uint8_t *blob, const uint8_t *end)
{
	size_t len = strlen(plain);
	const uint8_t length[4] = { 0, 0, 0, (uint8_t)len };
	const uint8_t *first, *p;

	if ((p = skip_string(blob, end)) == NULL ||
	    (first = p = skip_string(p, end)) == NULL)
		return -1;
	while (fields-- > 0)
		if ((p = skip_string(p, end)) == NULL)
			return -1;
	SHA256Update(sha, length, sizeof(length));
	SHA256Update(sha, (const uint8_t *)plain, len);
	SHA256Update(sha, first, (size_t)(p - first));
	return 0;
}

static int
hash_key(SHA2_CTX *sha, const char *type, const uint8_t *blob,
    const uint8_t *end)
{
	const size_t len = strlen(type);
	const uint8_t *p = skip_string(blob, end);
	size_t i;

	/* A blob begins with its own type (RFC 4253 section 6.6). */
	if (p == NULL || (size_t)(p - blob) != 4 + len ||
	    memcmp(blob + 4, type, len) != 0)
		return -1;
	for (i = 0; i < sizeof(certificates) / sizeof(certificates[0]); i++)
		if (strcmp(type, certificates[i].type) == 0)
			return hash_certified_key(sha, certificates[i].plain,
			    certificates[i].fields, blob, end);
	/* Of a kind that is newer than this table: no name is better. */
	if (strstr(type, "-cert-v") != NULL)
		return -1;
	SHA256Update(sha, blob, (size_t)(end - blob));
	return 0;
}

static int
fingerprint(const char *type, const char *base64,
    char buf[AUTHINFO_FINGERPRINT_SIZE])
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	char text[AUTHINFO_FINGERPRINT_SIZE];
	size_t room = strlen(base64);
	SHA2_CTX sha;
	uint8_t *blob;
	int len, n, r;

	if ((blob = malloc(room + 1)) == NULL)
		return -1;
	SHA256Init(&sha);
	r = (len = b64_pton(base64, blob, room)) <= 0 ? -1 :
	    hash_key(&sha, type, blob, blob + len);
	SHA256Final(digest, &sha);
	free(blob);
	n = b64_ntop(digest, sizeof(digest), text, sizeof(text));
	if (r == -1 || n <= 0) {
		errno = EINVAL;
		return -1;
	}
	while (n > 0 && text[n - 1] == '=')
		text[--n] = '\0';
	(void)snprintf(buf, AUTHINFO_FINGERPRINT_SIZE, "SHA256:%.48s", text);
	return 0;
}

int
authinfo_fingerprint(const char *path, uid_t owner,
    char buf[AUTHINFO_FINGERPRINT_SIZE])
{
	char *text, *next, *line, *method, *type, *key;
	int r = -1;

	if ((text = read_trusted(path, owner)) == NULL)
		return -1;
	errno = ENOENT;
	next = text;
	while ((line = strsep(&next, "\n")) != NULL) {
		if ((method = strsep(&line, " ")) == NULL ||
		    (strcmp(method, "publickey") != 0 &&
		    strcmp(method, "hostbased") != 0))
			continue;
		type = strsep(&line, " ");
		key = strsep(&line, " ");
		if (type == NULL || key == NULL)
			errno = EINVAL;
		else
			r = fingerprint(type, key, buf);
		break;
	}
	free(text);
	return r;
}
