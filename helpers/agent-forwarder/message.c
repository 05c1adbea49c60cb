/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces what a client sends.  What is read here must be what the agent reads,
 * because the one decides and the other acts.
 */

#include "config.h"
#include "message.h"

#include <string.h>

#include "agentproto.h"

static const struct {
	int type;
	const char *operation;
} operations[] = {
	{ AGENTPROTO_LIST, "list" },
	{ AGENTPROTO_SIGN, "sign" },
	{ AGENTPROTO_ADD, "add" },
	{ AGENTPROTO_ADD_CONSTRAINED, "add" },
	{ AGENTPROTO_REMOVE, "remove" },
	{ AGENTPROTO_REMOVE_ALL, "remove-all" },
	{ AGENTPROTO_REMOVE_ALL_V1, "remove-all" },
	{ AGENTPROTO_LOCK, "lock" },
	{ AGENTPROTO_UNLOCK, "unlock" },
	{ AGENTPROTO_ADD_SMARTCARD, "add-smartcard" },
	{ AGENTPROTO_ADD_SMARTCARD_CONSTRAINED, "add-smartcard" },
	{ AGENTPROTO_REMOVE_SMARTCARD, "remove-smartcard" },
	{ AGENTPROTO_EXTENSION, "extension" },
};

static const char *
operation_of(int type)
{
	size_t i;

	for (i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		if (operations[i].type == type)
			return operations[i].operation;
	return "unknown";
}

/* Returns 0, or -1 if that is not all of it. */
static int
read_sign(struct message *message, struct sshblob body)
{
	uint32_t flags;

	if (sshblob_string(&body, &message->key) == -1 ||
	    sshblob_string(&body, &message->data) == -1 ||
	    sshblob_u32(&body, &flags) == -1)
		return -1;
	return body.left == 0 ? 0 : -1;
}

static int
read_remove(struct message *message, struct sshblob body)
{
	if (sshblob_string(&body, &message->key) == -1)
		return -1;
	return body.left == 0 ? 0 : -1;
}

/* What is behind the name is the extension's own, no string (section 5.8). */
static int
read_extension(struct message *message, struct sshblob body)
{
	struct sshblob *name = &message->extension;

	if (sshblob_string(&body, name) == -1)
		return -1;
	message->rest = body;
	if (sshblob_equals(name, AGENTPROTO_BIND))
		message->operation = "session-bind";
	else if (sshblob_equals(name, AGENTPROTO_QUERY))
		message->operation = "query";
	/* A pattern could not be held against anything else. */
	return name->left > 0 && name->left <= 255 &&
	    memchr(name->at, '\0', name->left) == NULL ? 0 : -1;
}

void
message_read(struct message *message, const uint8_t *body, size_t len)
{
	const struct sshblob fields = { body + 1, len - 1 };
	int r = 0;

	memset(message, 0, sizeof(*message));
	message->type = body[0];
	message->operation = operation_of(message->type);
	if (message->type == AGENTPROTO_SIGN)
		r = read_sign(message, fields);
	else if (message->type == AGENTPROTO_REMOVE)
		r = read_remove(message, fields);
	else if (message->type == AGENTPROTO_EXTENSION)
		r = read_extension(message, fields);
	message->malformed = r == -1;
}

enum message_answer
message_answer(int request, uint8_t reply)
{
	int done;

	if (reply == AGENTPROTO_FAILURE || reply == AGENTPROTO_FAILURE_SSH2 ||
	    reply == AGENTPROTO_FAILURE_SSHCOM)
		return MESSAGE_FAILED;
	switch (request) {
	case AGENTPROTO_LIST:
		done = reply == AGENTPROTO_IDENTITIES;
		break;
	case AGENTPROTO_SIGN:
		done = reply == AGENTPROTO_SIGNATURE;
		break;
	case AGENTPROTO_EXTENSION:
		if (reply == AGENTPROTO_EXTENSION_FAILURE)
			return MESSAGE_FAILED;
		done = reply == AGENTPROTO_SUCCESS ||
		    reply == AGENTPROTO_EXTENSION_RESPONSE;
		break;
	default:
		done = reply == AGENTPROTO_SUCCESS;
	}
	return done ? MESSAGE_DONE : MESSAGE_WRONG;
}
