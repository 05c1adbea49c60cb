/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Input: the file that SSH_USER_AUTH names, and SSH_AUTH_INFO_0.  In shape B
 * root reads the file, and any process of the login's uid may have written
 * it.
 */

#include "config.h"
#include "authinfo.h"

#include <sys/stat.h>

#include <err.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* One file for the whole run: a descriptor's link would not be opened. */
static char path[] = "/tmp/fuzz_authinfo.XXXXXX";
static int fd = -1;

static void
remove_file(void)
{
	(void)unlink(path);
}

static void
make_file(void)
{
	if (fd != -1)
		return;
	if ((fd = mkstemp(path)) == -1)
		err(1, "%s", path);
	(void)atexit(remove_file);
}

/* What sshd tells PAM is the same text, and must give the same keys. */
static void
from_memory(const uint8_t *data, size_t size)
{
	struct authinfo of_file, of_text;
	char *text;
	size_t i;

	if (memchr(data, '\0', size) != NULL)
		return;
	if ((text = malloc(size + 1)) == NULL)
		err(1, NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	if (authinfo_read(path, getuid(), &of_file) !=
	    authinfo_parse(text, &of_text) || of_file.nkeys != of_text.nkeys)
		abort();
	for (i = 0; i < of_file.nkeys; i++)
		if (strcmp(of_file.keys[i]->fingerprint,
		    of_text.keys[i]->fingerprint) != 0)
			abort();
	authinfo_free(&of_file);
	authinfo_free(&of_text);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	char buf[AUTHINFO_FINGERPRINT_SIZE];

	make_file();
	if (ftruncate(fd, 0) == -1 ||
	    pwrite(fd, data, size, 0) != (ssize_t)size)
		err(1, "%s", path);
	memset(buf, 'x', sizeof(buf));
	if (authinfo_fingerprint(path, getuid(), buf) == 0 &&
	    (strncmp(buf, "SHA256:", 7) != 0 ||
	    strnlen(buf, sizeof(buf)) != 7 + 43 ||
	    strspn(buf + 7, base64) != 43))
		abort();
	from_memory(data, size);
	return 0;
}
