/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef AGENTREAL_H
#define AGENTREAL_H

#include "agentblob.h"

/* What OpenSSH's own programs say to an agent, and it to them. */
enum agentreal {
	/* Of ssh-add -L: an Ed25519 key, an RSA key, an ECDSA key and, of
	 * that, a certificate. */
	AGENTREAL_LIST,
	AGENTREAL_SSHSIG,	/* ssh-keygen -Y sign -n git, with the first */
	AGENTREAL_SIGNATURE,	/* the reply */
	AGENTREAL_BIND,		/* ssh root@h: the bind ... */
	AGENTREAL_USERAUTH,	/* ... and the request for a signature */
	AGENTREAL_FORWARD,	/* the bind of an "ssh -A" for forwarding */
	AGENTREAL_CERT,		/* the certificate's blob, by itself */
};

#define AGENTREAL_KEY1 "SHA256:XwOEUIHLNS54gUOB2s+HyWIHrUiXVkF0pVuonBKtOYA"
#define AGENTREAL_KEY2 "SHA256:fwbO+kIsr75I9HsmX4rdCV2rFHAl2i23ZZCSaQzwHOY"
#define AGENTREAL_KEY3 "SHA256:CSDJWIG+vbYpykVcRUchR1PWXqv0t8kxohIfCbjmOL0"
#define AGENTREAL_CA "SHA256:TvPORJahnYTNPbgG4jYAkFW6P+oLcc1fpd0n2Xo3pyo"
#define AGENTREAL_HOST "SHA256:BgPPoOX8H5c9G2kG1NNKmXfARhL+pMaxXaKzomKnd4Y"

/* Append it. */
void agentreal_get(struct agentblob *blob, enum agentreal what);

#endif
