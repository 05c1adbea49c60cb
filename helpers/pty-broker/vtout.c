/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "vtout.h"

#include <stdarg.h>
#include <stdio.h>

void
vtout_add(struct vtout *out, const char *fmt, ...)
{
	const size_t room = out->size - out->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(out->buf + out->len, room, fmt, ap);
	va_end(ap);
	if (n > 0 && (size_t)n < room)
		out->len += (size_t)n;
	else if (room > 0)
		out->buf[out->len] = '\0';
}
