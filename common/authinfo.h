/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef AUTHINFO_H
#define AUTHINFO_H

#include <sys/types.h>

#include <stddef.h>

#include "sshkey.h"

#define AUTHINFO_FINGERPRINT_SIZE SSHKEY_FINGERPRINT_SIZE

/* More than this is not sshd's, in a file or in memory. */
#define AUTHINFO_MAX ((size_t)65536)

/*
 * The file that SSH_USER_AUTH names (sshd_config(5) ExposeAuthInfo).  It
 * counts only where "owner" wrote it (invariant I1): a regular file of that
 * owner, with one name, mode 0600, opened without following a link.
 */

/* The keys that the user proved to have, in the order in which he did. */
struct authinfo {
	struct sshkey **keys;
	size_t nkeys;		/* 0: he was let in by something else */
};

/*
 * Read the keys of all lines of the method "publickey".  (Of "hostbased" it
 * is the client's host that has the key, and a principal is a host's name.)
 * Returns 0 with *info, for authinfo_free(); or -1 with errno and nothing in
 * it: EPERM for a file that anybody else could have written, EINVAL if one of
 * its lines is not sshd's, EFBIG.
 */
int authinfo_read(const char *path, uid_t owner, struct authinfo *info);

/*
 * The same of the text itself, as sshd gives it to PAM in SSH_AUTH_INFO_0.
 * Where it came from is for the caller to know.
 */
int authinfo_parse(const char *text, struct authinfo *info);
void authinfo_free(struct authinfo *info);

/*
 * The fingerprint of the first key, a host's one included, for the log; of a
 * certificate that of the key which it certifies.
 * Returns 0 with the fingerprint in buf, or -1 with errno: EPERM for a file
 * that anybody else could have written, ENOENT too when it names no key,
 * EINVAL for a line that is not sshd's.
 */
int authinfo_fingerprint(const char *path, uid_t owner,
    char buf[AUTHINFO_FINGERPRINT_SIZE]);

#endif
