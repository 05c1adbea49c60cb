/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef DEED_H
#define DEED_H

#include <stddef.h>
#include <stdint.h>

#include "sshkey.h"

/* Of the data that is to be signed; see signdata.h. */
enum deed_class {
	DEED_NONE,		/* nothing is signed */
	DEED_USERAUTH,
	DEED_SSHSIG,
	DEED_OTHER,
};

/* Where a request comes from, as far as the binds before it tell. */
enum deed_forwarded {
	DEED_UNKNOWN,
	DEED_LOCAL,		/* a program on this host */
	DEED_FORWARDED,		/* a host beyond it; once so, for good */
};

/*
 * What was asked, and what became of it: all that a record may say.  No key,
 * PIN or signed data is ever in it, and nothing but printable ASCII: what
 * came from outside is as deed_text() writes it.
 */
struct deed {
	int type;		/* the number of the message */
	/*
	 * "list", "sign", "add", "remove", "remove-all", "lock", "unlock",
	 * "add-smartcard", "remove-smartcard", "session-bind", "query",
	 * "extension", "unknown"; static.
	 */
	const char *operation;
	char extension[64];	/* the name of one */
	char key[SSHKEY_FINGERPRINT_SIZE];	/* "" for none; of a
				 * certificate that of the key in it */
	char ca[SSHKEY_FINGERPRINT_SIZE];	/* of a certificate */
	enum deed_class class;
	char user[256];		/* of userauth */
	char service[64];	/* the same; of other, if it looks alike */
	char host[SSHKEY_FINGERPRINT_SIZE];	/* "" unless it is proven */
	char namespace[256];	/* of SSHSIG */
	enum deed_forwarded forwarded;
	unsigned int shown;	/* of a list: keys that went through ... */
	unsigned int hidden;	/* ... and those that did not */
	const char *result;	/* of a reply: "success", "failure"; "" as
				 * long as there is none; static */
	const char *reason;	/* of a refusal, or of a failure that is not
				 * the agent's word; "" for none; static */
};

/* Nothing asked yet: all empty, no pointer NULL. */
void deed_clear(struct deed *deed);

/* "userauth", "sshsig", "other", "none"; "unknown", "local", "forwarded". */
const char *deed_class_name(enum deed_class class);
const char *deed_forwarded_name(enum deed_forwarded forwarded);

/*
 * Write bytes from outside as text of printable ASCII: what is not, as \ooo,
 * and a backslash as two.  What does not fit is left out, the NUL is not.
 */
void deed_text(char *text, size_t size, const uint8_t *bytes, size_t len);

#endif
