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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sshkey.h"

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

/* Returns the file's text, to be freed, and its length; or NULL with errno. */
static char *
read_trusted(const char *path, uid_t owner, size_t *len)
{
	char *text = NULL;
	size_t have = 0;
	ssize_t n = 1;
	int fd, saved;

	if ((fd = open_trusted(path, owner)) == -1)
		return NULL;
	if ((text = malloc(AUTHINFO_MAX + 1)) == NULL)
		goto fail;
	while (have <= AUTHINFO_MAX && n > 0) {
		n = read(fd, text + have, AUTHINFO_MAX + 1 - have);
		if (n == -1)
			goto fail;
		have += (size_t)n;
	}
	if (n != 0) {
		errno = EFBIG;
		goto fail;
	}
	text[have] = '\0';
	*len = have;
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
 * Take the first words of a line apart, which are then NUL-terminated.
 * Returns the method, without a submethod.
 */
static const char *
split_line(char *line, const char **type, const char **base64)
{
	char *method = strsep(&line, " ");

	*type = strsep(&line, " ");
	*base64 = strsep(&line, " ");
	method[strcspn(method, "/")] = '\0';
	return method;
}

int
authinfo_fingerprint(const char *path, uid_t owner,
    char buf[AUTHINFO_FINGERPRINT_SIZE])
{
	const char *method, *type, *base64;
	char *text, *next, *line;
	struct sshkey *key = NULL;
	size_t len;

	if ((text = read_trusted(path, owner, &len)) == NULL)
		return -1;
	errno = ENOENT;
	next = text;
	while ((line = strsep(&next, "\n")) != NULL) {
		method = split_line(line, &type, &base64);
		if (strcmp(method, "publickey") != 0 &&
		    strcmp(method, "hostbased") != 0)
			continue;
		errno = EINVAL;
		if (base64 != NULL)
			key = sshkey_from_text(type, base64);
		break;
	}
	free(text);
	if (key == NULL)
		return -1;
	(void)strlcpy(buf, key->fingerprint, AUTHINFO_FINGERPRINT_SIZE);
	sshkey_free(key);
	/* of a kind of certificate that is newer than we are */
	if (buf[0] == '\0') {
		errno = EINVAL;
		return -1;
	}
	return 0;
}

/* Append the key of one line.  Returns 0, or -1 with errno. */
static int
add_key(struct authinfo *info, const char *type, const char *base64)
{
	struct sshkey **bigger;

	if (base64 == NULL) {
		errno = EINVAL;
		return -1;
	}
	bigger = reallocarray(info->keys, info->nkeys + 1, sizeof(*bigger));
	if (bigger == NULL)
		return -1;
	info->keys = bigger;
	bigger[info->nkeys] = sshkey_from_text(type, base64);
	if (bigger[info->nkeys] == NULL)
		return -1;
	info->nkeys++;
	return 0;
}

/* As authinfo_parse(), of a text that is taken apart. */
static int
parse_in_place(char *text, struct authinfo *info)
{
	const char *method, *type, *base64;
	char *next = text, *line;
	int saved;

	while ((line = strsep(&next, "\n")) != NULL) {
		method = split_line(line, &type, &base64);
		if (strcmp(method, "publickey") == 0 &&
		    add_key(info, type, base64) == -1) {
			saved = errno;
			authinfo_free(info);
			errno = saved;
			return -1;
		}
	}
	return 0;
}

int
authinfo_parse(const char *text, struct authinfo *info)
{
	char *copy;
	int r, saved;

	memset(info, 0, sizeof(*info));
	if (strlen(text) > AUTHINFO_MAX) {
		errno = EFBIG;
		return -1;
	}
	if ((copy = strdup(text)) == NULL)
		return -1;
	r = parse_in_place(copy, info);
	saved = errno;
	free(copy);
	errno = saved;
	return r;
}

int
authinfo_read(const char *path, uid_t owner, struct authinfo *info)
{
	char *text;
	int r = -1, saved;
	size_t len;

	memset(info, 0, sizeof(*info));
	if ((text = read_trusted(path, owner, &len)) == NULL)
		return -1;
	errno = EINVAL;
	if (strlen(text) == len)
		r = parse_in_place(text, info);
	saved = errno;
	free(text);
	errno = saved;
	return r;
}

void
authinfo_free(struct authinfo *info)
{
	size_t i;

	for (i = 0; i < info->nkeys; i++)
		sshkey_free(info->keys[i]);
	free(info->keys);
	memset(info, 0, sizeof(*info));
}
