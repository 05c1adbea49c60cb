/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef KEYLIST_H
#define KEYLIST_H

#include <stddef.h>
#include <stdint.h>

/* Says whether the key of that blob stays in the list: 1 or 0. */
typedef int keylist_keep(void *ctx, const uint8_t *blob, size_t len);

/*
 * Take the keys that do not stay out of IDENTITIES_ANSWER (RFC 9987 section
 * 5.5), in place: number, then key and comment of each.  With "keep" NULL all
 * stay, but the list is looked at nevertheless.  What stays is byte for byte
 * as it was, and in its order.
 *
 * The number must be that of the keys, at most AGENTPROTO_KEYS_MAX, and
 * nothing may stand behind them: who reads on, or stops before the end, would
 * see keys that were not looked at.
 * Returns the new length of the body, never longer, with the numbers in
 * *shown and *hidden; or 0 if it is malformed, and then it is as it was.
 */
size_t keylist_filter(uint8_t *body, size_t len, keylist_keep *keep,
    void *ctx, unsigned int *shown, unsigned int *hidden);

/*
 * The same with the names in the reply to "query" (section 5.8.1), which are
 * strings up to the end, behind EXTENSION_RESPONSE and the extension's own
 * name, or behind SUCCESS.
 */
size_t keylist_filter_names(uint8_t *body, size_t len, keylist_keep *keep,
    void *ctx);

#endif
