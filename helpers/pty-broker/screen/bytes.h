/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef BYTES_H
#define BYTES_H

#include <stddef.h>

/* Bytes that get more.  To begin with, all zero. */
struct bytes {
	char *data;
	size_t len, room;
	int failed;		/* there was no memory: not all is there */
};

void bytes_free(struct bytes *bytes);
void bytes_add(struct bytes *bytes, const char *data, size_t len);
/* ... as printf(3) has them; at most 128. */
void bytes_print(struct bytes *bytes, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
