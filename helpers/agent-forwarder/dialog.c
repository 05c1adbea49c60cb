/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Faces clients below, whose requests decide nothing by themselves, and an
 * agent above, which is believed but for the form of what it says.
 */

#include "config.h"
#include "dialog.h"

#include <stdlib.h>
#include <string.h>

#include "agentproto.h"
#include "bindchain.h"
#include "judge.h"
#include "keylist.h"
#include "message.h"
#include "signdata.h"
#include "sshkey.h"
#include "usage.h"

struct dialog {
	const struct policy *policy;
	struct usage *usage;
	struct bindchain chain;
	int waiting;		/* for the reply to a request of "type" */
	int type;
	const char *operation;
	char key[SSHKEY_FINGERPRINT_SIZE];	/* that is to sign */
	int lost;		/* which reply is whose */
};

struct dialog *
dialog_new(const struct policy *policy, struct usage *usage)
{
	struct dialog *dialog = calloc(1, sizeof(*dialog));

	if (dialog != NULL) {
		dialog->policy = policy;
		dialog->usage = usage;
	}
	return dialog;
}

void
dialog_free(struct dialog *dialog)
{
	if (dialog == NULL)
		return;
	bindchain_free(&dialog->chain);
	free(dialog);
}

/* Note whose key it is, and hold it against the policy. */
static const char *
take_key(const struct dialog *dialog, const struct sshblob *blob,
    struct deed *deed)
{
	struct sshkey *key = sshkey_parse(blob->at, blob->left);
	const char *reason;

	if (key == NULL)
		return "malformed key";
	(void)strlcpy(deed->key, key->fingerprint, sizeof(deed->key));
	if (key->cert != NULL)
		(void)strlcpy(deed->ca, key->cert->ca, sizeof(deed->ca));
	reason = judge_key(dialog->policy, key);
	sshkey_free(key);
	return reason;
}

static void
put_text(char *to, size_t size, const char *text)
{
	deed_text(to, size, (const uint8_t *)text, strlen(text));
}

/* The same with what is to be signed. */
static const char *
take_data(const struct dialog *dialog, const struct message *message,
    struct deed *deed)
{
	struct signdata sign;

	signdata_read(&sign, message->data.at, message->data.left,
	    &message->key);
	deed->class = sign.class;
	put_text(deed->user, sizeof(deed->user), sign.user);
	put_text(deed->service, sizeof(deed->service), sign.service);
	put_text(deed->namespace, sizeof(deed->namespace), sign.namespace);
	if (sign.class == DEED_USERAUTH)
		(void)strlcpy(deed->host, bindchain_host(&dialog->chain,
		    &sign.session, &sign.host), sizeof(deed->host));
	return judge_data(dialog->policy, &sign, deed->host);
}

/*
 * All is looked at, so that the record is complete, and the first reason
 * counts.
 */
static const char *
judge_sign(const struct dialog *dialog, const struct message *message,
    long long now, const char *reason, struct deed *deed)
{
	const char *key = take_key(dialog, &message->key, deed);
	const char *data = take_data(dialog, message, deed);

	if (reason == NULL)
		reason = key != NULL ? key : data;
	if (reason == NULL)
		reason = usage_take(dialog->usage, dialog->policy, deed->key,
		    now);
	return reason;
}

static const char *
judge(const struct dialog *dialog, const struct message *message,
    long long now, time_t wall, struct deed *deed)
{
	char extension[256] = "";
	const char *reason, *key;

	/* It changes nothing but what the agent knows about this connection. */
	if (strcmp(message->operation, "session-bind") == 0)
		return NULL;
	if (message->malformed)
		return "malformed request";
	if (message->extension.left > 0)
		memcpy(extension, message->extension.at,
		    message->extension.left);
	reason = judge_time(dialog->policy, wall);
	if (reason == NULL)
		reason = judge_operation(dialog->policy, message->operation,
		    extension);
	if (message->type == AGENTPROTO_SIGN)
		return judge_sign(dialog, message, now, reason, deed);
	if (message->type == AGENTPROTO_REMOVE) {
		key = take_key(dialog, &message->key, deed);
		if (reason == NULL)
			reason = key;
	}
	return reason;
}

static void
expect(struct dialog *dialog, const struct message *message,
    const struct deed *deed)
{
	dialog->waiting = 1;
	dialog->type = message->type;
	dialog->operation = message->operation;
	(void)strlcpy(dialog->key, deed->key, sizeof(dialog->key));
	if (strcmp(message->operation, "session-bind") == 0)
		bindchain_offer(&dialog->chain, message->rest.at,
		    message->rest.left);
}

enum dialog_verdict
dialog_request(struct dialog *dialog, const uint8_t *body, size_t len,
    long long now, time_t wall, struct deed *deed)
{
	struct message message;
	const char *reason;

	deed_clear(deed);
	if (len == 0 || dialog->lost || dialog->waiting) {
		deed->operation = "unknown";
		deed->reason = len == 0 ? "a request of no length" :
		    "the agent's replies are out of order";
		return DIALOG_BREAK;
	}
	message_read(&message, body, len);
	deed->type = message.type;
	deed->operation = message.operation;
	deed_text(deed->extension, sizeof(deed->extension),
	    message.extension.at, message.extension.left);
	deed->forwarded = bindchain_forwarded(&dialog->chain);
	reason = judge(dialog, &message, now, wall, deed);
	if (reason != NULL) {
		deed->reason = reason;
		return DIALOG_REFUSE;
	}
	expect(dialog, &message, deed);
	return DIALOG_PASS;
}

/* keylist_keep for keys. */
static int
keep_key(void *ctx, const uint8_t *blob, size_t len)
{
	const struct dialog *dialog = ctx;
	struct sshkey *key = sshkey_parse(blob, len);
	int keep;

	keep = key != NULL && judge_key(dialog->policy, key) == NULL;
	sshkey_free(key);
	return keep;
}

/* keylist_keep for the names of extensions. */
static int
keep_name(void *ctx, const uint8_t *name, size_t len)
{
	const struct dialog *dialog = ctx;
	char text[256];

	if (len == 0 || len >= sizeof(text) ||
	    memchr(name, '\0', len) != NULL)
		return 0;
	memcpy(text, name, len);
	text[len] = '\0';
	if (strcmp(text, AGENTPROTO_BIND) == 0)
		return 1;
	return judge_operation(dialog->policy, strcmp(text,
	    AGENTPROTO_QUERY) == 0 ? text : "extension", text) == NULL;
}

/* Returns the new length, or 0 for what is malformed. */
static size_t
rewrite(struct dialog *dialog, uint8_t *body, size_t len, struct deed *deed)
{
	struct sshblob fields = { body + 1, len - 1 }, signature;

	switch (body[0]) {
	case AGENTPROTO_IDENTITIES:
		return keylist_filter(body, len,
		    judge_wants_keys(dialog->policy) ? keep_key : NULL,
		    dialog, &deed->shown, &deed->hidden);
	case AGENTPROTO_SIGNATURE:
		return sshblob_string(&fields, &signature) == 0 ? len : 0;
	default:
		if (strcmp(dialog->operation, "query") == 0)
			return keylist_filter_names(body, len, keep_name,
			    dialog);
		return len;
	}
}

static size_t
fail(uint8_t *body, struct deed *deed, const char *reason)
{
	body[0] = AGENTPROTO_FAILURE;
	deed->result = "failure";
	deed->reason = reason;
	return 1;
}

/* What the request was waiting for. */
static void
settle(struct dialog *dialog, enum message_answer answer)
{
	dialog->waiting = 0;
	if (strcmp(dialog->operation, "session-bind") == 0)
		bindchain_answer(&dialog->chain, answer == MESSAGE_DONE);
	if (dialog->type == AGENTPROTO_SIGN && answer == MESSAGE_FAILED)
		usage_give_back(dialog->usage, dialog->key);
}

size_t
dialog_reply(struct dialog *dialog, uint8_t *body, size_t len,
    struct deed *deed)
{
	enum message_answer answer = MESSAGE_WRONG;
	size_t new_len;

	if (dialog->waiting) {
		answer = message_answer(dialog->type, body[0]);
		settle(dialog, answer);
	}
	if (answer == MESSAGE_WRONG) {
		dialog->lost = 1;
		return fail(body, deed, "the agent's reply is to another "
		    "request");
	}
	deed->result = answer == MESSAGE_DONE ? "success" : "failure";
	if (answer == MESSAGE_FAILED)
		return len;
	if ((new_len = rewrite(dialog, body, len, deed)) == 0)
		return fail(body, deed, "the agent's reply is malformed");
	return new_len;
}
