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

/* Returns the file's text, to be freed, or NULL with errno. */
static char *
read_trusted(const char *path, uid_t owner)
{
	char *text = NULL;
	struct stat st;
	size_t have = 0;
	ssize_t n = 1;
	int fd, saved;

	/* O_NONBLOCK: a pipe must not stop us before fstat(2) tells it. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY |
	    O_NONBLOCK);
	if (fd == -1)
		return NULL;
	if (fstat(fd, &st) == -1)
		goto fail;
	if (!S_ISREG(st.st_mode) || st.st_uid != owner ||
	    (st.st_mode & 07777) != 0600) {
		errno = EPERM;
		goto fail;
	}
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

static int
fingerprint(const char *base64, char buf[AUTHINFO_FINGERPRINT_SIZE])
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	char text[AUTHINFO_FINGERPRINT_SIZE];
	size_t room = strlen(base64);
	SHA2_CTX sha;
	uint8_t *blob;
	int len, n;

	if ((blob = malloc(room + 1)) == NULL)
		return -1;
	if ((len = b64_pton(base64, blob, room)) <= 0) {
		free(blob);
		errno = EINVAL;
		return -1;
	}
	SHA256Init(&sha);
	SHA256Update(&sha, blob, (size_t)len);
	SHA256Final(digest, &sha);
	free(blob);
	n = b64_ntop(digest, sizeof(digest), text, sizeof(text));
	if (n <= 0) {
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
			r = fingerprint(key, buf);
		break;
	}
	free(text);
	return r;
}
