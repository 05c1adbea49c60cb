/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef AGENTPROTO_H
#define AGENTPROTO_H

/*
 * The numbers of the agent protocol (RFC 9987, section 9.1) and its limits,
 * where it has none those of OpenSSH.
 */

enum agentproto_request {
	AGENTPROTO_LIST = 11,		/* REQUEST_IDENTITIES */
	AGENTPROTO_SIGN = 13,
	AGENTPROTO_ADD = 17,
	AGENTPROTO_REMOVE = 18,
	AGENTPROTO_REMOVE_ALL = 19,
	AGENTPROTO_ADD_SMARTCARD = 20,
	AGENTPROTO_REMOVE_SMARTCARD = 21,
	AGENTPROTO_LOCK = 22,
	AGENTPROTO_UNLOCK = 23,
	AGENTPROTO_ADD_CONSTRAINED = 25,
	AGENTPROTO_ADD_SMARTCARD_CONSTRAINED = 26,
	AGENTPROTO_EXTENSION = 27,
	/*
	 * Of the first protocol, for keys that nobody has any more.  But
	 * OpenSSH's agent takes it for REMOVE_ALL.
	 */
	AGENTPROTO_REMOVE_ALL_V1 = 9,
};

enum agentproto_reply {
	AGENTPROTO_FAILURE = 5,
	AGENTPROTO_SUCCESS = 6,
	AGENTPROTO_IDENTITIES = 12,
	AGENTPROTO_SIGNATURE = 14,
	AGENTPROTO_EXTENSION_FAILURE = 28,
	AGENTPROTO_EXTENSION_RESPONSE = 29,
	/* What agents of other makers have said in place of FAILURE. */
	AGENTPROTO_FAILURE_SSH2 = 30,
	AGENTPROTO_FAILURE_SSHCOM = 102,
};

/* A message: its length in four bytes, then that many, the first its number. */
#define AGENTPROTO_LENGTH 4
/* The most that the length may say, of requests and of replies. */
#define AGENTPROTO_BODY_MAX (256 * 1024)

#define AGENTPROTO_KEYS_MAX 2048	/* of a list */
#define AGENTPROTO_BINDS_MAX 16		/* of a connection */
#define AGENTPROTO_SESSION_ID_MAX 128

#define AGENTPROTO_BIND "session-bind@openssh.com"
#define AGENTPROTO_QUERY "query"

#endif
