/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Input: what a client of "serve" sends behind its first line.  The first
 * byte says how it is cut; however it is, the messages are the same, and so
 * is whether it ends well.
 */

#include "config.h"
#include "servejson.h"

#include <err.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* All that a stream said, one message behind the other. */
struct heard {
	unsigned char *bytes;
	size_t len;
	int right;
};

static void
add(struct heard *heard, const void *bytes, size_t len)
{
	memcpy(heard->bytes + heard->len, bytes, len);
	heard->len += len;
}

static void
hear(struct heard *heard, const struct servejson_message *message)
{
	if ((message->rows == 0) != (message->cols == 0))
		abort();
	add(heard, &message->len, sizeof(message->len));
	add(heard, message->data, message->len);
	add(heard, &message->rows, sizeof(message->rows));
	add(heard, &message->cols, sizeof(message->cols));
}

/* A piece is a block of its own, for ASan to see a read past its end. */
static enum servejson_result
read_piece(struct servejson *reader, const uint8_t *data, size_t size,
    struct heard *heard)
{
	struct servejson_message message;
	enum servejson_result result;
	char *piece = malloc(size);
	size_t at = 0, used;

	if (piece == NULL)
		err(1, NULL);
	memcpy(piece, data, size);
	do {
		result = servejson_read(reader, piece + at, size - at, &used,
		    &message);
		if (used > size - at)
			abort();
		at += used;
		if (result == SERVEJSON_MESSAGE)
			hear(heard, &message);
		else if (message.len != 0 || message.rows != 0)
			abort();
	} while (result == SERVEJSON_MESSAGE);
	if (result == SERVEJSON_NONE && at != size)
		abort();
	free(piece);
	return result;
}

static void
read_all(const uint8_t *data, size_t size, size_t piece, struct heard *heard)
{
	struct servejson *reader = servejson_new();
	enum servejson_result result = SERVEJSON_NONE;
	size_t at, n;

	/* A message is two bytes at least. */
	if (reader == NULL ||
	    (heard->bytes = malloc((size + 1) * 16)) == NULL)
		err(1, NULL);
	heard->len = 0;
	for (at = 0; at < size && result == SERVEJSON_NONE; at += n) {
		n = size - at < piece ? size - at : piece;
		result = read_piece(reader, data + at, n, heard);
	}
	heard->right = servejson_end(reader) == 0;
	if ((heard->right && result == SERVEJSON_WRONG) ||
	    (servejson_why(reader)[0] == '\0') != heard->right)
		abort();
	servejson_free(reader);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heard whole, parts;

	if (size < 2)
		return 0;
	read_all(data + 1, size - 1, size - 1, &whole);
	read_all(data + 1, size - 1, *data % 16 + 1u, &parts);
	if (whole.right != parts.right || whole.len != parts.len ||
	    memcmp(whole.bytes, parts.bytes, whole.len) != 0)
		abort();
	free(whole.bytes);
	free(parts.bytes);
	return 0;
}
