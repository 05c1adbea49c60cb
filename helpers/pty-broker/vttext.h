/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef VTTEXT_H
#define VTTEXT_H

#include <stddef.h>

/*
 * Text: all bytes but ESC, SO, SI, BEL and ENQ.  Other controls only move the
 * cursor, or nothing.
 */

/* Returns the first byte from p on that is none, or "end". */
const unsigned char *vttext_skip(const unsigned char *p,
    const unsigned char *end);

/* The same where U+0080 to U+009F are none either. */
const unsigned char *vttext_skip_c1(const unsigned char *p,
    const unsigned char *end);

/* Returns 1 if one of U+0080 to U+009F is at p, which is before "end". */
int vttext_is_c1(const unsigned char *p, const unsigned char *end);

/*
 * How many bytes at the end of this text are of a character that is not
 * whole; *missing is how many it still needs.
 */
size_t vttext_half(const unsigned char *p, const unsigned char *end,
    unsigned char *missing);

#endif
