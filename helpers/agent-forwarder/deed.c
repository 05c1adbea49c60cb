/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "deed.h"

#include <string.h>

void
deed_clear(struct deed *deed)
{
	memset(deed, 0, sizeof(*deed));
	deed->operation = deed->result = deed->reason = "";
}

const char *
deed_class_name(enum deed_class class)
{
	static const char *const names[] = {
		[DEED_NONE] = "none",
		[DEED_USERAUTH] = "userauth",
		[DEED_SSHSIG] = "sshsig",
		[DEED_OTHER] = "other",
	};

	return names[class];
}

const char *
deed_forwarded_name(enum deed_forwarded forwarded)
{
	static const char *const names[] = {
		[DEED_UNKNOWN] = "unknown",
		[DEED_LOCAL] = "local",
		[DEED_FORWARDED] = "forwarded",
	};

	return names[forwarded];
}

void
deed_text(char *text, size_t size, const uint8_t *bytes, size_t len)
{
	const char *end = text + size - 1;
	size_t i, room;

	if (size == 0)
		return;
	for (i = 0; i < len; i++) {
		const uint8_t c = bytes[i];
		const int plain = c >= ' ' && c <= '~' && c != '\\';

		room = plain ? 1 : c == '\\' ? 2 : 4;
		if ((size_t)(end - text) < room)
			break;
		if (plain) {
			*text++ = (char)c;
			continue;
		}
		*text++ = '\\';
		if (c == '\\') {
			*text++ = '\\';
			continue;
		}
		*text++ = (char)('0' + (c >> 6));
		*text++ = (char)('0' + (c >> 3 & 7));
		*text++ = (char)('0' + (c & 7));
	}
	*text = '\0';
}
