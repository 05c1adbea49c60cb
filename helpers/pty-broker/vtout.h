/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef VTOUT_H
#define VTOUT_H

#include <stddef.h>

/* Text for a terminal, in a buffer of the caller's. */
struct vtout {
	char *buf;
	size_t size;
	size_t len;
};

/*
 * Add a text, whole or, where it does not fit with its NUL, not at all: half
 * a sequence would swallow what comes behind it.
 */
void vtout_add(struct vtout *out, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
