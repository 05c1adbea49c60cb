/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef VTTEXT_H
#define VTTEXT_H

#include <stddef.h>

/*
 * Returns the first byte from p on that is no text, or "end": ESC, SO or SI.
 * Other controls move the cursor, and change nothing that stays.
 */
const unsigned char *vttext_skip(const unsigned char *p,
    const unsigned char *end);

/* The same where BEL, ENQ and U+0080 to U+009F are no text either. */
const unsigned char *vttext_skip_quiet(const unsigned char *p,
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
