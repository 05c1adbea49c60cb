/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "agentblob.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bigendian.h"

static void
set_room(struct agentblob *blob, size_t room)
{
	uint8_t *moved = realloc(blob->bytes, room > 0 ? room : 1);

	ck_assert_ptr_nonnull(moved);
	blob->bytes = moved;
	blob->room = room;
}

void
agentblob_raw(struct agentblob *blob, const void *bytes, size_t len)
{
	const size_t wanted = blob->len + len;

	/* A long one is put together of thousands of pieces. */
	if (wanted > blob->room || blob->bytes == NULL)
		set_room(blob, wanted <= 4096 ? wanted : 2 * wanted);
	if (len > 0)
		memcpy(blob->bytes + blob->len, bytes, len);
	blob->len = wanted;
}

void
agentblob_byte(struct agentblob *blob, unsigned int byte)
{
	const uint8_t value = (uint8_t)byte;

	agentblob_raw(blob, &value, 1);
}

void
agentblob_u32(struct agentblob *blob, uint32_t value)
{
	unsigned char bytes[4];

	bigendian_put(bytes, value);
	agentblob_raw(blob, bytes, sizeof(bytes));
}

void
agentblob_string(struct agentblob *blob, const void *bytes, size_t len)
{
	agentblob_u32(blob, (uint32_t)len);
	agentblob_raw(blob, bytes, len);
}

void
agentblob_text(struct agentblob *blob, const char *text)
{
	agentblob_string(blob, text, strlen(text));
}

void
agentblob_hex(struct agentblob *blob, const char *hex)
{
	char digits[3] = "";

	for (; hex[0] != '\0' && hex[1] != '\0'; hex += 2) {
		memcpy(digits, hex, 2);
		agentblob_byte(blob,
		    (unsigned int)strtoul(digits, NULL, 16));
	}
}

void
agentblob_key(struct agentblob *blob, unsigned int n)
{
	struct agentblob key = { .bytes = NULL };
	uint8_t point[32] = { (uint8_t)n, (uint8_t)(n >> 8) };

	agentblob_text(&key, "ssh-ed25519");
	agentblob_string(&key, point, sizeof(point));
	agentblob_string(blob, key.bytes, key.len);
	agentblob_free(&key);
}

void
agentblob_cut(struct agentblob *blob, size_t len)
{
	ck_assert_uint_le(len, blob->len);
	blob->len = len;
	set_room(blob, len);
}

void
agentblob_free(struct agentblob *blob)
{
	free(blob->bytes);
	memset(blob, 0, sizeof(*blob));
}
