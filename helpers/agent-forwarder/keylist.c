/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces an agent whose answer goes to a client: a key that policy hides must
 * not be in what that client reads.
 */

#include "config.h"
#include "keylist.h"

#include <string.h>

#include "agentproto.h"
#include "bigendian.h"
#include "sshblob.h"

/* The type, and how many there are. */
#define HEAD 5

/* Are there so many pairs of strings, and nothing else?  1 or 0. */
static int
is_whole(struct sshblob list, uint32_t count)
{
	struct sshblob key, comment;

	for (; count > 0; count--)
		if (sshblob_string(&list, &key) == -1 ||
		    sshblob_string(&list, &comment) == -1)
			return 0;
	return list.left == 0;
}

size_t
keylist_filter(uint8_t *body, size_t len, keylist_keep *keep, void *ctx,
    unsigned int *shown, unsigned int *hidden)
{
	struct sshblob list, key, comment;
	uint8_t *to = body + HEAD;
	const uint8_t *entry;
	uint32_t count, i;
	size_t size;

	if (len < HEAD || body[0] != AGENTPROTO_IDENTITIES)
		return 0;
	count = bigendian_get(body + 1);
	list.at = body + HEAD;
	list.left = len - HEAD;
	if (count > AGENTPROTO_KEYS_MAX || !is_whole(list, count))
		return 0;
	*shown = count;
	*hidden = 0;
	if (keep == NULL)
		return len;
	for (i = 0; i < count; i++) {
		entry = list.at;
		if (sshblob_string(&list, &key) == -1 ||
		    sshblob_string(&list, &comment) == -1)
			return 0;
		if (!keep(ctx, key.at, key.left)) {
			++*hidden;
			continue;
		}
		size = (size_t)(list.at - entry);
		memmove(to, entry, size);
		to += size;
	}
	*shown = count - *hidden;
	bigendian_put(body + 1, *shown);
	return (size_t)(to - body);
}

/* Where the names begin, or NULL. */
static uint8_t *
find_names(uint8_t *body, size_t len)
{
	struct sshblob rest = { body + 1, len - 1 }, name;

	if (len > 0 && body[0] == AGENTPROTO_SUCCESS)
		return body + 1;
	if (len == 0 || body[0] != AGENTPROTO_EXTENSION_RESPONSE ||
	    sshblob_string(&rest, &name) == -1 ||
	    !sshblob_equals(&name, AGENTPROTO_QUERY))
		return NULL;
	return body + (len - rest.left);
}

size_t
keylist_filter_names(uint8_t *body, size_t len, keylist_keep *keep, void *ctx)
{
	uint8_t *to = find_names(body, len);
	struct sshblob list, name;
	const uint8_t *entry;
	size_t size;

	if (to == NULL)
		return 0;
	list.at = to;
	list.left = len - (size_t)(to - body);
	while (list.left > 0)
		if (sshblob_string(&list, &name) == -1)
			return 0;
	list.at = to;
	list.left = len - (size_t)(to - body);
	while (list.left > 0) {
		entry = list.at;
		if (sshblob_string(&list, &name) == -1)
			return 0;
		if (!keep(ctx, name.at, name.left))
			continue;
		size = (size_t)(list.at - entry);
		memmove(to, entry, size);
		to += size;
	}
	return (size_t)(to - body);
}
