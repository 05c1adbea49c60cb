/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Input: what was asked (a byte: list, sign, query, another extension), and
 * the body of the reply.  It becomes no longer; a list has what policy shows
 * in it and nothing else, and is the same when it is taken for a reply again.
 */

#include "config.h"
#include "dialog.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agentproto.h"
#include "bigendian.h"
#include "policy.h"
#include "sshblob.h"
#include "sshkey.h"
#include "usage.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define DENIED "SHA256:XwOEUIHLNS54gUOB2s+HyWIHrUiXVkF0pVuonBKtOYA"

static const char text[] = "DenyKey " DENIED "\n"
    "AllowOperation extension:x\n";

static const uint8_t list[] = { AGENTPROTO_LIST };
static const uint8_t query[] = { AGENTPROTO_EXTENSION, 0, 0, 0, 5, 'q', 'u',
    'e', 'r', 'y' };
static const uint8_t other[] = { AGENTPROTO_EXTENSION, 0, 0, 0, 1, 'x' };

/* A key of a type that nobody knows, "k@x", which is empty. */
static const uint8_t sign[] = { AGENTPROTO_SIGN, 0, 0, 0, 7, 0, 0, 0, 3, 'k',
    '@', 'x', 0, 0, 0, 0, 0, 0, 0, 0 };

static const struct {
	const uint8_t *body;
	size_t len;
} asked[] = {
	{ list, sizeof(list) },
	{ sign, sizeof(sign) },
	{ query, sizeof(query) },
	{ other, sizeof(other) },
};

#define ASKED (sizeof(asked) / sizeof(asked[0]))

static void
check_list(const uint8_t *body, size_t len, const struct deed *deed)
{
	struct sshblob entries = { body + 5, len - 5 }, key, comment;
	struct sshkey *parsed;
	unsigned int count = 0;

	if (len < 5 || bigendian_get(body + 1) != deed->shown ||
	    deed->shown + deed->hidden > AGENTPROTO_KEYS_MAX)
		abort();
	for (; entries.left > 0; count++) {
		if (sshblob_string(&entries, &key) == -1 ||
		    sshblob_string(&entries, &comment) == -1)
			abort();
		parsed = sshkey_parse(key.at, key.left);
		if (parsed == NULL || strcmp(parsed->fingerprint,
		    DENIED) == 0)
			abort();
		sshkey_free(parsed);
	}
	if (count != deed->shown)
		abort();
}

/* Ask, and take that for the reply.  Returns its new length. */
static size_t
hear(struct dialog *dialog, size_t which, uint8_t *body, size_t len,
    struct deed *deed)
{
	size_t new_len;

	if (dialog_request(dialog, asked[which].body, asked[which].len, 0, 0,
	    deed) != DIALOG_PASS)
		abort();
	new_len = dialog_reply(dialog, body, len, deed);
	if (new_len == 0 || new_len > len)
		abort();
	if (body[0] == AGENTPROTO_IDENTITIES)
		check_list(body, new_len, deed);
	if ((strcmp(deed->result, "success") == 0) !=
	    (body[0] == AGENTPROTO_IDENTITIES ||
	    body[0] == AGENTPROTO_SIGNATURE || body[0] == AGENTPROTO_SUCCESS ||
	    body[0] == AGENTPROTO_EXTENSION_RESPONSE))
		abort();
	return new_len;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct policy *policy = policy_new();
	struct usage *usage = usage_new();
	struct dialog *dialog;
	uint8_t *body, *again;
	struct deed deed;
	size_t len, which;
	char why[256];

	if (policy == NULL || usage == NULL || policy_read(policy, "t", text,
	    sizeof(text) - 1, why, sizeof(why)) == -1)
		abort();
	dialog = dialog_new(policy, usage);
	if (size >= 2 && dialog != NULL &&
	    (body = malloc(size - 1)) != NULL) {
		which = data[0] % ASKED;
		memcpy(body, data + 1, size - 1);
		len = hear(dialog, which, body, size - 1, &deed);
		if (deed.reason[0] == '\0') {
			if ((again = malloc(len)) == NULL)
				abort();
			memcpy(again, body, len);
			if (hear(dialog, which, again, len, &deed) != len ||
			    memcmp(again, body, len) != 0)
				abort();
			free(again);
		}
		free(body);
	}
	dialog_free(dialog);
	usage_free(usage);
	policy_free(policy);
	return 0;
}
