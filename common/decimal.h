/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef DECIMAL_H
#define DECIMAL_H

#include <stddef.h>
#include <stdint.h>

/*
 * Read "len" bytes as a decimal number: digits, at least one, and nothing
 * else.  A sign, a blank or a base is not taken, and leading zeros change
 * nothing.
 * Returns 0 with the number in *value; or -1 if it is none, or above "max".
 */
int decimal_read(const char *text, size_t len, uint64_t max, uint64_t *value);

#endif
