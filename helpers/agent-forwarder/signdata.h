/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SIGNDATA_H
#define SIGNDATA_H

#include <stddef.h>
#include <stdint.h>

#include "deed.h"
#include "sshblob.h"

/*
 * What a signature is for, as the data that is to be signed says it.  Whoever
 * gets the signature reads the same data, so this is no mere claim.
 */
struct signdata {
	enum deed_class class;
	char user[256];
	char service[64];
	char namespace[256];	/* of SSHSIG */
	struct sshblob session;	/* of userauth; points into the data */
	struct sshblob host;	/* the host's key, if that is named, too */
};

/*
 * Find the class of data that is to be signed with the key of that blob:
 *
 * DEED_USERAUTH: a request of RFC 4252 section 7 for "ssh-connection" by
 * publickey, or by publickey-hostbound-v00@openssh.com (OpenSSH's PROTOCOL),
 * for this key or a certificate of it, and nothing behind it.
 * DEED_SSHSIG: OpenSSH's PROTOCOL.sshsig, whole.
 * DEED_OTHER: everything else; if it is a request as above for another service,
 * or for another key, that service is there, else nothing.
 */
void signdata_read(struct signdata *sign, const uint8_t *data, size_t len,
    const struct sshblob *key);

#endif
