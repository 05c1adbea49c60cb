/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef BASE64_H
#define BASE64_H

#include <stddef.h>

/* What base64_decode() needs for a text of "len" bytes. */
#define BASE64_ROOM(len) ((len) / 4 * 3 + 3)

/*
 * Decode base64 as RFC 4648 §4 has it, and nothing else: groups of four with
 * their padding, no blank or line end, no bit left over.  text[len] is a NUL,
 * and out has BASE64_ROOM(len) bytes.
 * Returns 0 with the number of bytes in *outlen, which is 0 for an empty text;
 * or -1 with EINVAL, and what is in out then means nothing.
 */
int base64_decode(const char *text, size_t len, void *out, size_t *outlen);

#endif
