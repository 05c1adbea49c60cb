/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* When an agent is asked, when it is not, and what becomes of who waits. */

#include "config.h"
#include "serveloop.h"

#include <sys/socket.h>

#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agentproto.h"
#include "agentstage.h"
#include "deadline.h"
#include "den.h"
#include "run.h"

#define LIST AGENTPROTO_LIST
#define LISTED AGENTPROTO_IDENTITIES
#define SIGN AGENTPROTO_SIGN
#define SIGNED AGENTPROTO_SIGNATURE
#define FAILURE AGENTPROTO_FAILURE
#define END 0
#define NOTHING (-1)

#define go agentstage_go
#define next agentstage_next
#define wait_for agentstage_wait

static struct lease *const lease = &agentstage.lease;

/* A client that has had one list, and the agent's side of it. */
static void
established(int *client, int *agent)
{
	*client = agentstage_client();
	agentstage_send(*client, LIST, 1);
	go();
	*agent = agentstage_accept();
	ck_assert_int_ne(*agent, -1);
	ck_assert_int_eq(next(*agent), LIST);
	agentstage_listed(*agent);
	go();
	ck_assert_int_eq(next(*client), LISTED);
}

/* A client that waits for a signature. */
static void
asking(int *client, int *agent)
{
	established(client, agent);
	agentstage_sign(*client);
	go();
	ck_assert_int_eq(next(*agent), SIGN);
	ck_assert_uint_eq(lease->signing, 1);
}

static void
close_both(int client, int agent)
{
	(void)close(client);
	(void)close(agent);
	go();
}

/*
 * Would have caught a connection that is made before there is anything to ask,
 * or for what is refused here.
 */
START_TEST(opened_when_asked)
{
	int client, agent;

	agentstage_open();
	client = agentstage_client();
	go();
	ck_assert_uint_eq(lease->users, 1);
	ck_assert_int_eq(agentstage_accept(), -1);
	agentstage_send(client, AGENTPROTO_REMOVE_ALL, 1);
	go();
	ck_assert_int_eq(next(client), FAILURE);
	ck_assert_int_eq(agentstage_accept(), -1);
	agentstage_send(client, LIST, 1);
	go();
	agent = agentstage_accept();
	ck_assert_int_eq(next(agent), LIST);
	agentstage_listed(agent);
	go();
	ck_assert_int_eq(next(client), LISTED);
	/* and stays the only one */
	agentstage_send(client, LIST, 1);
	go();
	ck_assert_int_eq(next(agent), LIST);
	ck_assert_int_eq(agentstage_accept(), -1);
	/* who goes before he has his reply takes it with him */
	(void)close(client);
	go();
	ck_assert_int_eq(next(agent), END);
	(void)close(agent);
	ck_assert_uint_eq(serveloop_connections(agentstage.loop), 0);
	ck_assert_str_eq(agentstage.records, "remove-all refused ,"
	    "list allowed success,list allowed lost,");
}
END_TEST

/*
 * agent 29: would have caught an agent that is connected to while it may be
 * asking its user.
 */
START_TEST(held_while_asking)
{
	int asks, above, waits, other;

	agentstage_open();
	asking(&asks, &above);
	waits = agentstage_client();
	agentstage_send(waits, LIST, 1);
	go();
	ck_assert_int_eq(agentstage_accept(), -1);
	agentstage_signed(above);
	go();
	ck_assert_int_eq(next(asks), SIGNED);
	other = agentstage_accept();
	ck_assert_int_eq(next(other), LIST);
	agentstage_listed(other);
	go();
	ck_assert_int_eq(next(waits), LISTED);
	close_both(asks, above);
	close_both(waits, other);
}
END_TEST

/* agent 33: would have caught one that is held by who has gone. */
START_TEST(freed_when_gone)
{
	int asks, above, waits, other;

	agentstage_open();
	asking(&asks, &above);
	waits = agentstage_client();
	agentstage_send(waits, LIST, 1);
	go();
	(void)close(asks);
	go();
	ck_assert_int_eq(next(above), END);
	ck_assert_uint_eq(lease->signing, 0);
	other = agentstage_accept();
	ck_assert_int_eq(next(other), LIST);
	close_both(waits, other);
	(void)close(above);
	ck_assert_str_eq(agentstage.records, "list allowed success,"
	    "sign allowed lost,list allowed lost,");
}
END_TEST

/* Would have caught a client that waits for good for another's confirmation. */
START_TEST(held_no_longer)
{
	int asks, above, waits;

	agentstage.facts.limits.hold_ms = 20;
	agentstage_open();
	asking(&asks, &above);
	waits = agentstage_client();
	agentstage_send(waits, LIST, 1);
	ck_assert_int_eq(wait_for(waits), FAILURE);
	ck_assert_int_eq(wait_for(waits), END);
	ck_assert_int_eq(agentstage_accept(), -1);
	/* who is asked is not hurried */
	agentstage_signed(above);
	go();
	ck_assert_int_eq(next(asks), SIGNED);
	close_both(asks, above);
	(void)close(waits);
}
END_TEST

/*
 * agent 29: would have caught a request that can ask the user and overtakes a
 * connection that was made before it, which then finds the agent asking.
 */
START_TEST(asked_behind_others)
{
	int first, above, second, other, tries = 0;
	long long begin;

	agentstage_open();
	established(&first, &above);
	for (;;) {
		second = agentstage_client();
		begin = deadline_now();
		agentstage_send(second, LIST, 1);
		go();
		other = agentstage_accept();
		ck_assert_int_eq(next(other), LIST);
		agentstage_sign(first);
		go();
		if (next(above) == NOTHING)
			break;
		/* A machine that is this busy says nothing. */
		ck_assert_int_ge((int)(deadline_now() - begin), 50);
		ck_assert_int_lt(tries++, 100);
		agentstage_signed(above);
		go();
		ck_assert_int_eq(next(first), SIGNED);
		close_both(second, other);
	}
	agentstage_listed(other);
	go();
	ck_assert_int_eq(next(second), LISTED);
	ck_assert_int_eq(next(above), SIGN);
	agentstage_signed(above);
	go();
	ck_assert_int_eq(next(first), SIGNED);
	close_both(second, other);
	/* and one that has no answer delays it for a moment only */
	second = agentstage_client();
	agentstage_send(second, LIST, 1);
	go();
	other = agentstage_accept();
	agentstage_sign(first);
	ck_assert_int_eq(wait_for(above), SIGN);
	close_both(second, other);
	close_both(first, above);
}
END_TEST

/* agent 32, 35: would have caught a list that waits for good. */
START_TEST(list_is_late)
{
	int client, agent;

	/* The lists that are to be in time are so on any machine. */
	agentstage.facts.limits.list_ms = 2000;
	agentstage_open();
	established(&client, &agent);
	ck_assert(lease->hanging == 0);
	agentstage_send(client, LIST, 1);
	ck_assert_int_eq(wait_for(client), FAILURE);
	ck_assert_int_eq(wait_for(client), END);
	ck_assert(lease->hanging != 0);
	/* The agent is told, and may do better for the next. */
	ck_assert_int_eq(next(agent), LIST);
	ck_assert_int_eq(next(agent), END);
	close_both(client, agent);
	established(&client, &agent);
	ck_assert(lease->hanging == 0);
	close_both(client, agent);
	ck_assert_str_eq(agentstage.records, "list allowed success,"
	    "list allowed timeout,list allowed success,");
}
END_TEST

/* Would have caught a touch or a PIN that must be given in time. */
START_TEST(signature_is_late)
{
	int client, agent;

	/* The list before it is to be in time on any machine. */
	agentstage.facts.limits.list_ms = 2000;
	agentstage.facts.limits.bind_ms = 2000;
	agentstage_open();
	asking(&client, &agent);
	(void)poll(NULL, 0, 2100);
	go();
	ck_assert_int_eq(next(client), NOTHING);
	agentstage_signed(agent);
	go();
	ck_assert_int_eq(next(client), SIGNED);
	close_both(client, agent);
}
END_TEST

/* Would have caught --sign-timeout without effect. */
START_TEST(signature_is_too_late)
{
	int client, agent;

	agentstage.facts.limits.sign_ms = 20;
	agentstage_open();
	established(&client, &agent);
	agentstage_sign(client);
	ck_assert_int_eq(wait_for(client), FAILURE);
	ck_assert_int_eq(wait_for(client), END);
	/* That a user takes his time is no fault of the agent's. */
	ck_assert(lease->hanging == 0);
	ck_assert_uint_eq(lease->signing, 0);
	close_both(client, agent);
}
END_TEST

/*
 * Would have caught an agent that is given up because its user, whom it asks
 * for another, has not answered yet.
 */
START_TEST(list_behind_signature)
{
	int asks, above, lists, other, i;

	agentstage.facts.limits.list_ms = 2000;
	agentstage_open();
	established(&lists, &other);
	asking(&asks, &above);
	agentstage_send(lists, LIST, 1);
	for (i = 0; i < 11; i++) {
		go();
		(void)poll(NULL, 0, 200);
	}
	ck_assert_int_eq(next(lists), NOTHING);
	ck_assert(lease->hanging == 0);
	ck_assert_int_eq(next(other), LIST);
	agentstage_listed(other);
	go();
	ck_assert_int_eq(next(lists), LISTED);
	close_both(lists, other);
	close_both(asks, above);
}
END_TEST

/* Would have caught a request that goes round until nothing is left. */
START_TEST(own_socket)
{
	static char path[256];
	int client;

	(void)snprintf(path, sizeof(path), "%s", den_path("socket"));
	lease->path = path;
	agentstage_open();
	client = agentstage_client();
	agentstage_send(client, LIST, 1);
	go();
	ck_assert_int_eq(next(client), FAILURE);
	ck_assert_int_eq(next(client), END);
	ck_assert_uint_eq(lease->served, 1);
	(void)close(client);
}
END_TEST

/* agent 36: would have caught a client that hangs where nobody is. */
START_TEST(nobody_there)
{
	int client;

	agentstage_open();
	agentstage.absent = 1;
	client = agentstage_client();
	go();
	ck_assert_int_eq(next(client), END);
	ck_assert_uint_eq(serveloop_connections(agentstage.loop), 0);
	ck_assert_uint_eq(serveloop_turned_away(agentstage.loop), 1);
	(void)close(client);
}
END_TEST

/* Would have caught a login that ends and leaves its clients to hang. */
START_TEST(lease_ends)
{
	int asks, above, waits, idle, other;

	agentstage_open();
	established(&idle, &other);
	asking(&asks, &above);
	waits = agentstage_client();
	agentstage_send(waits, LIST, 1);
	go();
	serveloop_end_lease(agentstage.loop, lease);
	ck_assert_uint_eq(lease->users, 0);
	ck_assert_uint_eq(lease->signing, 0);
	ck_assert_int_eq(next(asks), FAILURE);
	ck_assert_int_eq(next(asks), END);
	ck_assert_int_eq(next(waits), FAILURE);
	ck_assert_int_eq(next(waits), END);
	ck_assert_int_eq(next(idle), END);
	ck_assert_int_eq(next(above), END);
	ck_assert_int_eq(next(other), END);
	close_both(asks, above);
	close_both(idle, other);
	(void)close(waits);
}
END_TEST

/* Would have caught one who takes all, or a place that is lost. */
START_TEST(too_many)
{
	int first, above, second, third;

	agentstage.facts.limits.connections = 2;
	agentstage_open();
	established(&first, &above);
	second = agentstage_client();
	third = agentstage_client();
	go();
	ck_assert_int_eq(next(third), END);
	ck_assert_int_eq(next(second), NOTHING);
	ck_assert_uint_eq(serveloop_turned_away(agentstage.loop), 1);
	agentstage_send(first, LIST, 1);
	go();
	ck_assert_int_eq(next(above), LIST);
	agentstage_listed(above);
	go();
	ck_assert_int_eq(next(first), LISTED);
	close_both(second, third);
	third = agentstage_client();
	go();
	ck_assert_int_eq(next(third), NOTHING);
	(void)close(third);
	close_both(first, above);
}
END_TEST

/* agent 43: would have caught a signature without the record it must have. */
START_TEST(no_record)
{
	int client, agent;

	agentstage_open();
	asking(&client, &agent);
	agentstage.unrecorded = 1;
	agentstage_signed(agent);
	go();
	ck_assert_int_eq(next(client), FAILURE);
	/* and the connection goes on */
	agentstage.unrecorded = 0;
	agentstage_sign(client);
	go();
	ck_assert_int_eq(next(agent), SIGN);
	agentstage_signed(agent);
	go();
	ck_assert_int_eq(next(client), SIGNED);
	close_both(client, agent);
	ck_assert_str_eq(agentstage.records, "list allowed success,"
	    "sign allowed success,sign allowed success,");
}
END_TEST

/* Would have caught an upstream that is reached by its name alone. */
START_TEST(by_descriptor)
{
	const int theirs = open(den_path("agent"), O_PATH | O_CLOEXEC);
	const int own = open(den_path("socket"), O_PATH | O_CLOEXEC);
	int client, agent;

	ck_assert_int_ne(theirs, -1);
	lease->at = theirs;
	lease->path = "/nonexistent";
	agentstage_open();
	ck_assert_int_eq(unlink(den_path("agent")), 0);
	established(&client, &agent);
	close_both(client, agent);
	/* and our own is found by it, too */
	lease->at = own;
	client = agentstage_client();
	agentstage_send(client, LIST, 1);
	go();
	ck_assert_int_eq(next(client), FAILURE);
	ck_assert_int_eq(next(client), END);
	(void)close(client);
	(void)close(theirs);
	(void)close(own);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("agentserve");
	TCase *tc = tcase_create("agentserve");

	tcase_add_checked_fixture(tc, agentstage_begin, agentstage_end);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, opened_when_asked);
	tcase_add_test(tc, held_while_asking);
	tcase_add_test(tc, freed_when_gone);
	tcase_add_test(tc, held_no_longer);
	tcase_add_test(tc, asked_behind_others);
	tcase_add_test(tc, list_is_late);
	tcase_add_test(tc, signature_is_late);
	tcase_add_test(tc, signature_is_too_late);
	tcase_add_test(tc, list_behind_signature);
	tcase_add_test(tc, own_socket);
	tcase_add_test(tc, nobody_there);
	tcase_add_test(tc, lease_ends);
	tcase_add_test(tc, too_many);
	tcase_add_test(tc, no_record);
	tcase_add_test(tc, by_descriptor);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
