/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "sshblob.h"

/* A request taken apart.  What is in it points into the body. */
struct message {
	int type;
	const char *operation;	/* as struct deed has it */
	int malformed;		/* fields are missing, or too many */
	struct sshblob key;	/* of sign and remove: the key's blob */
	struct sshblob data;	/* of sign */
	struct sshblob extension;	/* its name ... */
	struct sshblob rest;	/* ... and what is behind that */
};

/*
 * Take a body of one byte at least apart (RFC 9987 section 5).  What is not
 * decided by is not looked at: the private keys, PINs and passphrases of other
 * requests, and what an extension carries.  Bytes behind the fields of a sign
 * request or a removal are a mistake, since nobody can say who reads them;
 * behind a list's request they are nothing.
 */
void message_read(struct message *message, const uint8_t *body, size_t len);

enum message_answer {
	MESSAGE_DONE,		/* what was asked for */
	MESSAGE_FAILED,		/* a refusal, in one of its forms */
	MESSAGE_WRONG,		/* no reply to that */
};

/* Is a body of that first byte a reply to a request of that type? */
enum message_answer message_answer(int request, uint8_t reply);

#endif
