/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SSHBLOB_H
#define SSHBLOB_H

#include <stddef.h>
#include <stdint.h>

/*
 * Bytes in the representation of RFC 4251 section 5, read from the front.
 * The functions take what they read away; at a failure they take nothing and
 * the reader gives up.  What they give points into the bytes.
 */
struct sshblob {
	const uint8_t *at;
	size_t left;
};

/* Return 0, or -1 if there is less than that. */
int sshblob_u32(struct sshblob *blob, uint32_t *value);
int sshblob_u64(struct sshblob *blob, uint64_t *value);
int sshblob_string(struct sshblob *blob, struct sshblob *value);

/*
 * A copy of a string as text, for the caller to free.  Returns NULL with
 * errno: EINVAL too if there is a NUL in it.
 */
char *sshblob_text(struct sshblob *blob);

/*
 * A multiple precision integer above zero, of at most "bits" bits, and in its
 * one shortest form.  Returns 0 or -1.
 */
int sshblob_positive(struct sshblob *blob, size_t bits);

/* Is it these bytes?  1 or 0. */
int sshblob_equals(const struct sshblob *blob, const char *text);

#endif
