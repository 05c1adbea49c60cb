/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* A host is proven only by what the agent has verified, on this connection. */

#include "config.h"
#include "bindchain.h"

#include <check.h>
#include <string.h>

#include "agentblob.h"
#include "agentreal.h"
#include "message.h"
#include "run.h"
#include "signdata.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

struct bind {
	unsigned int host;
	const char *session;
	int forwarding;
	int success;
};

static void
offer(struct bindchain *chain, const struct bind *bind)
{
	struct agentblob rest = { .bytes = NULL };

	agentblob_key(&rest, bind->host);
	agentblob_text(&rest, bind->session);
	agentblob_text(&rest, "signature");
	agentblob_byte(&rest, bind->forwarding != 0);
	bindchain_offer(chain, rest.bytes, rest.len);
	agentblob_free(&rest);
}

/* Is data for that session and host proven? */
static int
proven(const struct bindchain *chain, const char *session, unsigned int host)
{
	const struct sshblob id = { (const uint8_t *)session,
	    strlen(session) };
	struct agentblob key = { .bytes = NULL };
	struct sshblob blob;
	const char *found;

	agentblob_key(&key, host);
	blob.at = key.bytes + 4;
	blob.left = key.len - 4;
	found = bindchain_host(chain, &id, &blob);
	agentblob_free(&key);
	return strncmp(found, "SHA256:", 7) == 0;
}

/* Binds up to one without a session, and what they lead to. */
static const struct {
	struct bind binds[5];
	int proves;		/* host 1 for session "one" */
	enum deed_forwarded forwarded;
} chains[] = {
	{ { { .session = NULL } }, 0, DEED_UNKNOWN },
	{ { { 1, "one", 0, 1 } }, 1, DEED_LOCAL },
	/* the agent has refused it */
	{ { { 1, "one", 0, 0 } }, 0, DEED_UNKNOWN },
	/* another session, another host */
	{ { { 1, "two", 0, 1 } }, 0, DEED_LOCAL },
	{ { { 2, "one", 0, 1 } }, 0, DEED_LOCAL },
	/* to be forwarded is not to be authenticated */
	{ { { 1, "one", 1, 1 } }, 0, DEED_FORWARDED },
	/* the chain of a hop; sticky, though the last bind is none */
	{ { { 2, "two", 1, 1 }, { 1, "one", 0, 1 } }, 1, DEED_FORWARDED },
	/* the last one counts */
	{ { { 1, "one", 1, 1 }, { 2, "two", 0, 1 } }, 0, DEED_FORWARDED },
	/* again, as ssh does when it asks twice */
	{ { { 2, "two", 1, 1 }, { 2, "two", 1, 1 }, { 1, "one", 0, 1 } }, 1,
	    DEED_FORWARDED },
	/* what an agent should not have let pass */
	{ { { 2, "one", 1, 1 }, { 1, "one", 0, 1 } }, 0, DEED_FORWARDED },
	{ { { 2, "two", 0, 1 }, { 1, "one", 0, 1 } }, 0, DEED_UNKNOWN },
	/* agent 27: once it has failed */
	{ { { 2, "two", 1, 0 }, { 1, "one", 0, 1 } }, 0, DEED_FORWARDED },
	{ { { 2, "two", 0, 0 }, { 1, "one", 0, 1 } }, 0, DEED_UNKNOWN },
	{ { { 1, "one", 0, 1 }, { 2, "two", 1, 0 } }, 0, DEED_FORWARDED },
};

/* Would have caught each of these that proves a host, or forgets a hop. */
START_TEST(follows)
{
	struct bindchain chain = { .count = 0 };
	const struct bind *bind;

	for (bind = chains[_i].binds; bind->session != NULL; bind++) {
		offer(&chain, bind);
		/* not before the reply */
		ck_assert_int_eq(proven(&chain, "one", 1), 0);
		bindchain_answer(&chain, bind->success);
	}
	ck_assert_int_eq(proven(&chain, "one", 1), chains[_i].proves);
	ck_assert_int_eq(bindchain_forwarded(&chain), chains[_i].forwarded);
	ck_assert_int_eq(proven(&chain, "", 1), 0);
	bindchain_free(&chain);
}
END_TEST

/* Would have caught a chain that grows, or proves, behind its sixteenth. */
START_TEST(sixteen)
{
	struct bind bind = { .host = 5, .forwarding = 1, .success = 1 };
	static const char *const sessions[] = { "a", "b", "c", "d", "e", "f",
	    "g", "h", "i", "j", "k", "l", "m", "n", "o", "p" };
	struct bindchain chain = { .count = 0 };
	size_t i, hops = 15 + (size_t)_i;

	for (i = 0; i < hops; i++) {
		bind.session = sessions[i];
		offer(&chain, &bind);
		bindchain_answer(&chain, 1);
	}
	bind = (struct bind){ 1, "one", 0, 1 };
	offer(&chain, &bind);
	bindchain_answer(&chain, 1);
	ck_assert_uint_eq(chain.count, 16);
	ck_assert_int_eq(proven(&chain, "one", 1), _i == 0);
	bindchain_free(&chain);
}
END_TEST

/*
 * ssh's own, and cut at each place.  Would have caught a bind that is read
 * behind its end, or that proves something though it is malformed.
 */
START_TEST(real_and_cut)
{
	struct agentblob body = { .bytes = NULL }, part;
	struct agentblob auth = { .bytes = NULL };
	struct bindchain chain = { .count = 0 };
	struct message bind, message;
	struct signdata sign;
	size_t len;

	agentreal_get(&body, AGENTREAL_BIND);
	message_read(&bind, body.bytes, body.len);
	agentreal_get(&auth, AGENTREAL_USERAUTH);
	message_read(&message, auth.bytes, auth.len);
	signdata_read(&sign, message.data.at, message.data.left,
	    &message.key);
	bindchain_offer(&chain, bind.rest.at, bind.rest.left);
	bindchain_answer(&chain, 1);
	ck_assert_str_eq(bindchain_host(&chain, &sign.session, &sign.host),
	    AGENTREAL_HOST);
	/* without the host in the data anybody could have asked for it */
	sign.host.left = 0;
	ck_assert_str_eq(bindchain_host(&chain, &sign.session, &sign.host),
	    "");
	bindchain_free(&chain);
	for (len = 0; len <= bind.rest.left + 1; len++) {
		if (len == bind.rest.left)
			continue;
		memset(&part, 0, sizeof(part));
		agentblob_raw(&part, bind.rest.at, len < bind.rest.left ?
		    len : bind.rest.left);
		if (len > bind.rest.left)
			agentblob_byte(&part, 0);
		bindchain_offer(&chain, part.bytes, part.len);
		bindchain_answer(&chain, 1);
		ck_assert_uint_eq(chain.count, 0);
		ck_assert_int_eq(bindchain_forwarded(&chain), DEED_UNKNOWN);
		bindchain_free(&chain);
		agentblob_free(&part);
	}
	agentblob_free(&auth);
	agentblob_free(&body);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("bindchain");
	TCase *tcase = tcase_create("bindchain");

	tcase_add_loop_test(tcase, follows, 0, NROWS(chains));
	tcase_add_loop_test(tcase, sixteen, 0, 2);
	tcase_add_test(tcase, real_and_cut);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
