/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* A signature must not be for something else than policy thinks it is. */

#include "config.h"
#include "signdata.h"

#include <check.h>
#include <string.h>

#include "agentblob.h"
#include "agentreal.h"
#include "message.h"
#include "run.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/* What OpenSSH asked for, taken apart. */
static void
read_real(struct signdata *sign, struct agentblob *body,
    struct message *message, enum agentreal what)
{
	agentreal_get(body, what);
	message_read(message, body->bytes, body->len);
	ck_assert_int_eq(message->malformed, 0);
	signdata_read(sign, message->data.at, message->data.left,
	    &message->key);
}

/* Would have caught ssh's own data that is taken for something else. */
START_TEST(real_userauth)
{
	struct agentblob body = { .bytes = NULL };
	struct message message;
	struct signdata sign;

	read_real(&sign, &body, &message, AGENTREAL_USERAUTH);
	ck_assert_int_eq(sign.class, DEED_USERAUTH);
	ck_assert_str_eq(sign.user, "root");
	ck_assert_str_eq(sign.service, "ssh-connection");
	ck_assert_uint_eq(sign.session.left, 64);
	ck_assert_uint_eq(sign.host.left, 51);
	ck_assert_str_eq(sign.namespace, "");
	agentblob_free(&body);
}
END_TEST

START_TEST(real_sshsig)
{
	struct agentblob body = { .bytes = NULL };
	struct message message;
	struct signdata sign;

	read_real(&sign, &body, &message, AGENTREAL_SSHSIG);
	ck_assert_int_eq(sign.class, DEED_SSHSIG);
	ck_assert_str_eq(sign.namespace, "git");
	ck_assert_str_eq(sign.user, "");
	ck_assert_uint_eq(sign.session.left, 0);
	agentblob_free(&body);
}
END_TEST

static const enum agentreal both[] = { AGENTREAL_USERAUTH,
    AGENTREAL_SSHSIG };

/*
 * Would have caught data that is read behind its end, and data with something
 * behind it, which the other side may read differently.
 */
START_TEST(cut_anywhere)
{
	struct agentblob body = { .bytes = NULL }, part = { .bytes = NULL };
	struct message message;
	struct signdata sign;
	size_t len;

	read_real(&sign, &body, &message, both[_i]);
	agentblob_raw(&part, message.data.at, message.data.left);
	agentblob_byte(&part, 0);
	for (len = part.len;; len--) {
		signdata_read(&sign, part.bytes, part.len, &message.key);
		ck_assert_int_eq(sign.class, len == message.data.left ?
		    (_i == 0 ? DEED_USERAUTH : DEED_SSHSIG) : DEED_OTHER);
		if (sign.class == DEED_OTHER) {
			/* nothing half read for a policy to match */
			ck_assert_str_eq(sign.user, "");
			ck_assert_str_eq(sign.namespace, "");
			ck_assert_uint_eq(sign.session.left, 0);
			ck_assert_uint_eq(sign.host.left, 0);
		}
		if (len == 0)
			break;
		agentblob_cut(&part, len - 1);
	}
	agentblob_free(&part);
	agentblob_free(&body);
}
END_TEST

/* A request for a login; what is not said is as it usually is. */
struct request {
	const char *session;
	unsigned int number;
	const char *user, *service, *method;
	unsigned int signs;
	unsigned int key;
	int host;
	size_t user_len;	/* in place of its length */
};

static void
make_request(struct agentblob *data, const struct request *r)
{
	agentblob_text(data, r->session != NULL ? r->session : "session");
	agentblob_byte(data, r->number != 0 ? r->number : 50);
	agentblob_string(data, r->user, r->user_len != 0 ? r->user_len :
	    strlen(r->user));
	agentblob_text(data, r->service != NULL ? r->service :
	    "ssh-connection");
	agentblob_text(data, r->method != NULL ? r->method : "publickey");
	agentblob_byte(data, r->signs);
	agentblob_text(data, "ssh-ed25519");
	agentblob_key(data, r->key);
	if (r->host)
		agentblob_key(data, 99);
}

#define HOSTBOUND "publickey-hostbound-v00@openssh.com"

static const struct {
	struct request request;
	enum deed_class class;
	const char *service;
} requests[] = {
	{ { .user = "git", .signs = 1, .key = 1 }, DEED_USERAUTH,
	    "ssh-connection" },
	{ { .user = "git", .signs = 1, .key = 1, .method = HOSTBOUND,
	    .host = 1 }, DEED_USERAUTH, "ssh-connection" },
	{ { .user = "", .signs = 1, .key = 1 }, DEED_USERAUTH,
	    "ssh-connection" },
	/* a host where none belongs, and none where one does */
	{ { .user = "git", .signs = 1, .key = 1, .host = 1 }, DEED_OTHER,
	    "" },
	{ { .user = "git", .signs = 1, .key = 1, .method = HOSTBOUND },
	    DEED_OTHER, "" },
	/* another key's login */
	{ { .user = "git", .signs = 1, .key = 2 }, DEED_OTHER,
	    "ssh-connection" },
	/* sudo, by an agent */
	{ { .user = "git", .signs = 1, .key = 1,
	    .service = "pam_ssh_agent_auth" }, DEED_OTHER,
	    "pam_ssh_agent_auth" },
	{ { .user = "git", .signs = 0, .key = 1 }, DEED_OTHER, "" },
	{ { .user = "git", .signs = 1, .key = 1, .number = 51 }, DEED_OTHER,
	    "" },
	{ { .user = "git", .signs = 1, .key = 1, .method = "hostbased" },
	    DEED_OTHER, "" },
	{ { .user = "git", .signs = 1, .key = 1, .session = "" },
	    DEED_OTHER, "" },
	/* a user that is another one up to the NUL */
	{ { .user = "git\0root", .user_len = 8, .signs = 1, .key = 1 },
	    DEED_OTHER, "" },
};

/* Would have caught each of them that passes for a login by ssh. */
START_TEST(forms)
{
	struct agentblob data = { .bytes = NULL }, key = { .bytes = NULL };
	struct signdata sign;
	struct sshblob blob;

	agentblob_key(&key, 1);
	blob.at = key.bytes + 4;
	blob.left = key.len - 4;
	make_request(&data, &requests[_i].request);
	signdata_read(&sign, data.bytes, data.len, &blob);
	ck_assert_int_eq(sign.class, requests[_i].class);
	ck_assert_str_eq(sign.service, requests[_i].service);
	if (sign.class == DEED_USERAUTH)
		ck_assert_str_eq(sign.user, requests[_i].request.user);
	else
		ck_assert_str_eq(sign.user, "");
	agentblob_free(&data);
	agentblob_free(&key);
}
END_TEST

/*
 * A certificate that lies beside its key is signed for with the key.  Would
 * have caught such a login that is called "other".
 */
START_TEST(certificate)
{
	struct agentblob data = { .bytes = NULL }, list = { .bytes = NULL };
	struct agentblob cert = { .bytes = NULL };
	struct sshblob entries, key, comment;
	struct signdata sign;
	int i;

	agentreal_get(&cert, AGENTREAL_CERT);
	agentreal_get(&list, AGENTREAL_LIST);
	agentblob_text(&data, "session");
	agentblob_byte(&data, 50);
	agentblob_text(&data, "git");
	agentblob_text(&data, "ssh-connection");
	agentblob_text(&data, "publickey");
	agentblob_byte(&data, 1);
	agentblob_text(&data, "ecdsa-sha2-nistp256-cert-v01@openssh.com");
	agentblob_string(&data, cert.bytes, cert.len);
	entries.at = list.bytes + 5;
	entries.left = list.len - 5;
	for (i = 0; i < 4; i++) {
		ck_assert_int_eq(sshblob_string(&entries, &key), 0);
		ck_assert_int_eq(sshblob_string(&entries, &comment), 0);
		signdata_read(&sign, data.bytes, data.len, &key);
		/* the third is its key, and the fourth itself */
		ck_assert_int_eq(sign.class, i < 2 ? DEED_OTHER :
		    DEED_USERAUTH);
	}
	agentblob_free(&data);
	agentblob_free(&list);
	agentblob_free(&cert);
}
END_TEST

static const struct {
	const char *namespace;
	size_t len;
	enum deed_class class;
} namespaces[] = {
	{ "file", 4, DEED_SSHSIG },
	{ "", 0, DEED_OTHER },
	{ "git\0x", 5, DEED_OTHER },
};

START_TEST(sshsig)
{
	const struct sshblob none = { NULL, 0 };
	struct agentblob data = { .bytes = NULL };
	struct signdata sign;

	agentblob_raw(&data, "SSHSIG", 6);
	agentblob_string(&data, namespaces[_i].namespace,
	    namespaces[_i].len);
	agentblob_text(&data, "");
	agentblob_text(&data, "sha512");
	agentblob_text(&data, "digest");
	signdata_read(&sign, data.bytes, data.len, &none);
	ck_assert_int_eq(sign.class, namespaces[_i].class);
	ck_assert_str_eq(sign.namespace, sign.class == DEED_SSHSIG ?
	    namespaces[_i].namespace : "");
	agentblob_free(&data);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("signdata");
	TCase *tcase = tcase_create("signdata");

	tcase_add_test(tcase, real_userauth);
	tcase_add_test(tcase, real_sshsig);
	tcase_add_loop_test(tcase, cut_anywhere, 0, NROWS(both));
	tcase_add_loop_test(tcase, forms, 0, NROWS(requests));
	tcase_add_test(tcase, certificate);
	tcase_add_loop_test(tcase, sshsig, 0, NROWS(namespaces));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
