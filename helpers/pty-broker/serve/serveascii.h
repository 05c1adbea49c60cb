/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#ifndef SERVEASCII_H
#define SERVEASCII_H

#include <stddef.h>

/*
 * The JSON of "len" bytes, which servescan has found to be UTF-8, with escapes
 * for what is not ASCII.  Returns it, for the caller to free, without a NUL
 * at its end, and in *size how long it is; or NULL with errno.
 */
char *serveascii_text(const char *text, size_t len, size_t *size);

/* Returns which byte of the text the one at "place" of its ASCII was. */
size_t serveascii_place(const char *text, size_t len, size_t place);

#endif
