/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces programs on this host and beyond that would like a signature for
 * another host than policy names.  As OpenSSH's agent does, what is not known
 * to be one thing is taken for the worse.
 */

#include "config.h"
#include "bindchain.h"

#include <sha2.h>
#include <stdlib.h>
#include <string.h>

#include "agentproto.h"
#include "sshkey.h"

/* Digests, since a host's certificate has no limit but the frame's. */
struct bindchain_entry {
	uint8_t session[SHA256_DIGEST_LENGTH];
	uint8_t host[SHA256_DIGEST_LENGTH];
	char fingerprint[SSHKEY_FINGERPRINT_SIZE];
	int forwarding;
};

static void
digest(const struct sshblob *blob, uint8_t out[SHA256_DIGEST_LENGTH])
{
	SHA2_CTX sha;

	SHA256Init(&sha);
	if (blob->left > 0)
		SHA256Update(&sha, blob->at, blob->left);
	SHA256Final(out, &sha);
}

static int
equal(const uint8_t *a, const uint8_t *b)
{
	return memcmp(a, b, SHA256_DIGEST_LENGTH) == 0;
}

void
bindchain_free(struct bindchain *chain)
{
	free(chain->entries);
	free(chain->offered);
	memset(chain, 0, sizeof(*chain));
}

/* Returns 0, or -1 if it is not a bind as PROTOCOL.agent has it. */
static int
read_bind(struct bindchain_entry *entry, struct sshblob rest)
{
	struct sshblob host, session, signature;
	struct sshkey *key;

	if (sshblob_string(&rest, &host) == -1 ||
	    sshblob_string(&rest, &session) == -1 ||
	    sshblob_string(&rest, &signature) == -1 || rest.left != 1 ||
	    session.left == 0 || session.left > AGENTPROTO_SESSION_ID_MAX)
		return -1;
	entry->forwarding = *rest.at != 0;
	if ((key = sshkey_parse(host.at, host.left)) == NULL)
		return -1;
	(void)strlcpy(entry->fingerprint, key->fingerprint,
	    sizeof(entry->fingerprint));
	sshkey_free(key);
	digest(&host, entry->host);
	digest(&session, entry->session);
	return 0;
}

void
bindchain_offer(struct bindchain *chain, const uint8_t *rest, size_t len)
{
	const struct sshblob fields = { rest, len };

	free(chain->offered);
	chain->offered = calloc(1, sizeof(*chain->offered));
	if (chain->offered != NULL && read_bind(chain->offered, fields) == 0) {
		/* Who says it of himself is believed at once. */
		chain->forwarded |= chain->offered->forwarding;
		return;
	}
	free(chain->offered);
	chain->offered = NULL;
	chain->broken = 1;
}

/*
 * Returns 1 for a new session, 0 for one that is known by that key already,
 * -1 for what no agent should have let pass.
 */
static int
compare(const struct bindchain *chain, const struct bindchain_entry *entry)
{
	size_t i;

	for (i = 0; i < chain->count; i++) {
		const struct bindchain_entry *known = &chain->entries[i];

		if (!known->forwarding)
			return -1;
		if (equal(known->session, entry->session))
			return equal(known->host, entry->host) ? 0 : -1;
	}
	return 1;
}

/* Returns 0, or -1. */
static int
append(struct bindchain *chain, const struct bindchain_entry *entry)
{
	struct bindchain_entry *bigger;

	if (chain->count == AGENTPROTO_BINDS_MAX)
		return -1;
	bigger = reallocarray(chain->entries, chain->count + 1,
	    sizeof(*bigger));
	if (bigger == NULL)
		return -1;
	chain->entries = bigger;
	bigger[chain->count++] = *entry;
	return 0;
}

void
bindchain_answer(struct bindchain *chain, int success)
{
	struct bindchain_entry *entry = chain->offered;
	int r = -1;

	chain->offered = NULL;
	if (entry != NULL && success &&
	    (r = compare(chain, entry)) == 1)
		r = append(chain, entry);
	if (r == -1)
		chain->broken = 1;
	free(entry);
}

const char *
bindchain_host(const struct bindchain *chain, const struct sshblob *session,
    const struct sshblob *host)
{
	const struct bindchain_entry *last;
	uint8_t value[SHA256_DIGEST_LENGTH];

	if (chain->broken || chain->count == 0 || chain->offered != NULL ||
	    session->left == 0 || host->left == 0)
		return "";
	last = &chain->entries[chain->count - 1];
	if (last->forwarding)
		return "";
	digest(session, value);
	if (!equal(value, last->session))
		return "";
	digest(host, value);
	return equal(value, last->host) ? last->fingerprint : "";
}

enum deed_forwarded
bindchain_forwarded(const struct bindchain *chain)
{
	if (chain->forwarded)
		return DEED_FORWARDED;
	if (chain->broken || chain->count == 0)
		return DEED_UNKNOWN;
	return DEED_LOCAL;
}
