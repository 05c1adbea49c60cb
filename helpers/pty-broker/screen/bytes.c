/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* What is painted, before it is sent. */

#include "config.h"
#include "bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
bytes_free(struct bytes *bytes)
{
	free(bytes->data);
	memset(bytes, 0, sizeof(*bytes));
}

void
bytes_add(struct bytes *bytes, const char *data, size_t len)
{
	size_t room = bytes->room;
	char *more;

	if (len == 0 || bytes->failed)
		return;
	while (room - bytes->len < len)
		room = room == 0 ? 4096 : room * 2;
	if (room != bytes->room) {
		if ((more = realloc(bytes->data, room)) == NULL) {
			bytes->failed = 1;
			return;
		}
		bytes->data = more;
		bytes->room = room;
	}
	memcpy(bytes->data + bytes->len, data, len);
	bytes->len += len;
}

void
bytes_print(struct bytes *bytes, const char *format, ...)
{
	char buf[128];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(buf, sizeof(buf), format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= sizeof(buf))
		bytes->failed = 1;
	else
		bytes_add(bytes, buf, (size_t)n);
}
