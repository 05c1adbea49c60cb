/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef BIGENDIAN_H
#define BIGENDIAN_H

#include <stdint.h>

/*
 * A number as it is in a protocol or a file: four bytes, the most significant
 * one first, at any address.
 */
uint32_t bigendian_get(const unsigned char bytes[4]);
void bigendian_put(unsigned char bytes[4], uint32_t value);

#endif
