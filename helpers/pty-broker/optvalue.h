/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef OPTVALUE_H
#define OPTVALUE_H

#include <stddef.h>
#include <stdint.h>

#include "proto.h"

/*
 * The values of options.  All return NULL, or why the text is none, a static
 * string.
 */

/* "^X", a control character, as in stty(1). */
const char *optvalue_key(const char *text, uint8_t *key);

/* Seconds, to be ms: 0 for never, at most 20 days. */
const char *optvalue_seconds(const char *text, int *ms);

/* Bytes, with or without k or M behind them: 4096 to 256M. */
const char *optvalue_bytes(const char *text, size_t *bytes);

/* "ROWSxCOLS", both from 1 to 65535. */
const char *optvalue_size(const char *text, struct proto_size *size);

/* latest, smallest, largest, first or fixed: enum sizing_policy. */
const char *optvalue_policy(const char *text, uint8_t *policy);

/* ring or screen: 0 or 1. */
const char *optvalue_restore(const char *text, int *screen);

#endif
