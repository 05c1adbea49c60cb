/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Input: the record of a login.  Root wrote it, with what sshd told of a
 * client.
 */

#include "config.h"
#include "authrecord.h"

#include <err.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "conninfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define SESSION 1

static char path[] = "/tmp/fuzz_authrecord.XXXXXX";
static int dir = -1, fd = -1;

static void
remove_all(void)
{
	(void)unlinkat(dir, "1", 0);
	(void)rmdir(path);
}

static void
make_file(void)
{
	if (fd != -1)
		return;
	if (mkdtemp(path) == NULL ||
	    (dir = open(path, O_RDONLY | O_DIRECTORY)) == -1 ||
	    (fd = openat(dir, "1", O_RDWR | O_CREAT | O_EXCL, 0600)) == -1)
		err(1, "%s", path);
	(void)atexit(remove_all);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct authrecord rec;
	struct conninfo again;

	make_file();
	if (ftruncate(fd, 0) == -1 ||
	    pwrite(fd, data, size, 0) != (ssize_t)size)
		err(1, "%s", path);
	memset(&rec, 'x', sizeof(rec));
	if (authrecord_read(dir, SESSION, &rec) == -1) {
		if (rec.auth.nkeys != 0 || rec.user[0] != '\0')
			abort();
		return 0;
	}
	/* What a Match, a log line and a session's environment are told. */
	if (!account_name_ok(rec.user) ||
	    (*rec.connection.address != '\0' &&
	    !conninfo_is_address(rec.connection.address)) ||
	    conninfo_parse(rec.connection.text, &again) == -1 ||
	    strcmp(again.address, rec.connection.address) != 0 ||
	    strcmp(again.text, rec.connection.text) != 0 ||
	    strpbrk(rec.connection.text, "\n\"\\") != NULL)
		abort();
	authrecord_free(&rec);
	return 0;
}
