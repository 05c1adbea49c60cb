/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef BINDCHAIN_H
#define BINDCHAIN_H

#include <stddef.h>
#include <stdint.h>

#include "deed.h"
#include "sshblob.h"

/*
 * The chain of session-bind@openssh.com of one connection (OpenSSH's
 * PROTOCOL.agent): ssh tells the agent to which host, by its key and with that
 * key's signature of the session, this connection leads.  Nothing is verified
 * here: a bind counts when the agent, which does that, has said SUCCESS.
 *
 * The first hop is not in it: that is bound at the far end, before us.
 */
struct bindchain {
	struct bindchain_entry *entries;
	size_t count;
	/* One failed or was not understood: nothing is proven any more. */
	int broken;
	int forwarded;		/* some bind said so */
	struct bindchain_entry *offered;	/* waiting for its reply */
};

/* Set to zero it is empty. */
void bindchain_free(struct bindchain *chain);

/*
 * A bind goes upstream: what is behind the extension's name, malformed or not.
 * Its reply is awaited.
 */
void bindchain_offer(struct bindchain *chain, const uint8_t *rest,
    size_t len);
/* The reply to it. */
void bindchain_answer(struct bindchain *chain, int success);

/*
 * The host towards which data that names this session and this host's key
 * (empty: none) may be signed: its key's fingerprint, if the last bind is for
 * authentication and of just these two.  Returns "" if that is not proven.
 */
const char *bindchain_host(const struct bindchain *chain,
    const struct sshblob *session, const struct sshblob *host);

enum deed_forwarded bindchain_forwarded(const struct bindchain *chain);

#endif
