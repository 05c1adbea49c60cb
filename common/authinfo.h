/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef AUTHINFO_H
#define AUTHINFO_H

#include <sys/types.h>

#include <stddef.h>

/* "SHA256:" and 43 characters of base64, as ssh-keygen -l prints it. */
#define AUTHINFO_FINGERPRINT_SIZE 64

/*
 * The fingerprint of the first public key in the file that SSH_USER_AUTH
 * names (sshd_config(5) ExposeAuthInfo), of a certificate that of the key
 * which it certifies.  It counts only where "owner" wrote
 * it (invariant I1): a regular file of that owner, mode 0600, opened without
 * following a link.
 * Returns 0 with the fingerprint in buf, or -1 with errno: EPERM for a file
 * that anybody else could have written, ENOENT too when it names no key,
 * EINVAL for a line that is not sshd's.
 */
int authinfo_fingerprint(const char *path, uid_t owner,
    char buf[AUTHINFO_FINGERPRINT_SIZE]);

#endif
