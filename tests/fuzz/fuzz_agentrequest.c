/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Input: which policy (a byte), then messages of a connection, as they are on
 * its socket: length, body.  Nothing of a body is changed or is in the record
 * that should not be, and what is refused has a reason.
 */

#include "config.h"
#include "dialog.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agentproto.h"
#include "bigendian.h"
#include "policy.h"
#include "usage.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const char *const texts[] = {
	"",
	"AllowOperation add remove remove-all lock unlock smartcard "
	    "extension:*\n",
	"AllowKey SHA256:XwOEUIHLNS54gUOB2s+HyWIHrUiXVkF0pVuonBKtOYA\n"
	    "AllowUser r*\n"
	    "AllowHost SHA256:BgPPoOX8H5c9G2kG1NNKmXfARhL+pMaxXaKzomKnd4Y\n"
	    "AllowNamespace git\nRate 3/1\nMaxSignaturesPerKey 2\n",
};

#define TEXTS (sizeof(texts) / sizeof(texts[0]))

/* Is it a NUL-terminated text of printable ASCII? */
static void
check_text(const char *text, size_t size)
{
	size_t i;

	for (i = 0; i < size && text[i] != '\0'; i++)
		if (text[i] < ' ' || text[i] > '~')
			abort();
	if (i == size)
		abort();
}

static void
check_deed(const struct deed *deed, enum dialog_verdict verdict,
    size_t policy)
{
	check_text(deed->extension, sizeof(deed->extension));
	check_text(deed->key, sizeof(deed->key));
	check_text(deed->ca, sizeof(deed->ca));
	check_text(deed->user, sizeof(deed->user));
	check_text(deed->service, sizeof(deed->service));
	check_text(deed->host, sizeof(deed->host));
	check_text(deed->namespace, sizeof(deed->namespace));
	if ((verdict == DIALOG_PASS) != (deed->reason[0] == '\0'))
		abort();
	if (verdict != DIALOG_PASS)
		return;
	/* by default, and with certain keys, nothing passes that changes */
	if (policy != 1 && strcmp(deed->operation, "list") != 0 &&
	    strcmp(deed->operation, "sign") != 0 &&
	    strcmp(deed->operation, "query") != 0 &&
	    strcmp(deed->operation, "session-bind") != 0)
		abort();
	if (policy != 2 || strcmp(deed->operation, "sign") != 0)
		return;
	if (strcmp(deed->key, "SHA256:XwOEUIHLNS54gUOB2s+HyWIHrUiXVkF0pVuonB"
	    "KtOYA") != 0 || (deed->class == DEED_USERAUTH ?
	    deed->user[0] != 'r' || strcmp(deed->host, "SHA256:BgPPoOX8H5c9G2"
	    "kG1NNKmXfARhL+pMaxXaKzomKnd4Y") != 0 :
	    strcmp(deed->namespace, "git") != 0))
		abort();
}

/* One of them, in a block of its size. */
static enum dialog_verdict
say(struct dialog *dialog, const uint8_t *bytes, size_t len, size_t policy)
{
	uint8_t *body = malloc(len > 0 ? len : 1), reply = AGENTPROTO_SUCCESS;
	enum dialog_verdict verdict;
	struct deed deed;

	if (body == NULL)
		abort();
	if (len > 0)
		memcpy(body, bytes, len);
	verdict = dialog_request(dialog, body, len, 0, 1000, &deed);
	if (len > 0 && memcmp(body, bytes, len) != 0)
		abort();
	free(body);
	check_deed(&deed, verdict, policy);
	if (verdict != DIALOG_PASS)
		return verdict;
	if (strcmp(deed.operation, "session-bind") != 0)
		reply = AGENTPROTO_FAILURE;
	if (dialog_reply(dialog, &reply, 1, &deed) != 1)
		abort();
	return verdict;
}

static void
talk(struct dialog *dialog, const uint8_t *data, size_t size, size_t policy)
{
	size_t len;

	while (size >= AGENTPROTO_LENGTH) {
		len = bigendian_get(data);
		data += AGENTPROTO_LENGTH;
		size -= AGENTPROTO_LENGTH;
		if (len > size)
			len = size;
		if (say(dialog, data, len, policy) == DIALOG_BREAK)
			return;
		data += len;
		size -= len;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t which = size > 0 ? data[0] % TEXTS : 0;
	struct policy *policy = policy_new();
	struct usage *usage = usage_new();
	struct dialog *dialog;
	char why[256];

	if (policy == NULL || usage == NULL || policy_read(policy, "t",
	    texts[which], strlen(texts[which]), why, sizeof(why)) == -1 ||
	    (dialog = dialog_new(policy, usage)) == NULL)
		abort();
	if (size > 0)
		talk(dialog, data + 1, size - 1, which);
	/* all were refused upstream */
	if (usage_total(usage) != 0)
		abort();
	dialog_free(dialog);
	usage_free(usage);
	policy_free(policy);
	return 0;
}
