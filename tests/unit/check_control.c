/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The control socket of a stable path: the desk of a server in a child, which
 * waits by poll(2) in place of the loop, and logins that come to it.
 */

#include "config.h"
#include "control.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "claim.h"
#include "den.h"
#include "desk.h"
#include "listener.h"
#include "recordfile.h"
#include "run.h"
#include "serveloop.h"
#include "sockpeer.h"

#define WATCHED_MAX 80
#define NAME "main"

/* Stands in for the loop. */
static struct {
	int fd;
	void (*ready)(void *ctx, int fd);
	void *ctx;
} watched[WATCHED_MAX];
static nfds_t nwatched;
static int stopped;

int
serveloop_watch(struct serveloop *loop, int fd,
    void (*ready)(void *ctx, int fd), void *ctx)
{
	(void)loop;
	if (nwatched == WATCHED_MAX)
		return -1;
	watched[nwatched].fd = fd;
	watched[nwatched].ready = ready;
	watched[nwatched++].ctx = ctx;
	return 0;
}

void
serveloop_pause(struct serveloop *loop, int fd)
{
	(void)loop;
	(void)fd;
}

void
serveloop_unwatch(struct serveloop *loop, int fd)
{
	nfds_t i;

	(void)loop;
	for (i = 0; i < nwatched && watched[i].fd != fd; i++)
		;
	ck_assert(i < nwatched);
	watched[i] = watched[--nwatched];
}

static void
run_loop(void)
{
	struct pollfd fds[WATCHED_MAX];
	nfds_t i, n;

	while (!stopped) {
		for (i = 0; i < nwatched; i++)
			fds[i] = (struct pollfd){ watched[i].fd, POLLIN, 0 };
		n = nwatched;
		if (poll(fds, n, -1) == -1)
			_exit(2);
		/* One at a time: it may change the others. */
		for (i = 0; i < n && fds[i].revents == 0; i++)
			;
		watched[i].ready(watched[i].ctx, watched[i].fd);
	}
}

/* The server's side: it counts, and says what it was told. */
static struct claim taken;
static uint32_t number;
static unsigned int lefts;

static uint32_t
take(void *ctx, const struct claim *claim, int upstream,
    const struct sockpeer *peer, const void *visit, const char **why)
{
	(void)ctx;
	(void)visit;
	if (claim->shared) {
		*why = "no sharing here";
		return 0;
	}
	claim_free(&taken);
	taken = *claim;
	taken.policy = strdup(claim->policy);
	taken.upstream = strdup(upstream != -1 ? "fd" : claim->upstream);
	taken.pid = peer->pid;
	if (upstream != -1)
		(void)close(upstream);
	return ++number;
}

static void
left(void *ctx, const void *visit)
{
	(void)ctx;
	(void)visit;
	lefts++;
}

static struct recordfile *
tell(void *ctx, uint32_t before, uint32_t *told)
{
	struct recordfile *rec = recordfile_new();

	(void)ctx;
	*told = before == 0 ? number : before - 1;
	if (rec == NULL)
		return NULL;
	(void)recordfile_set_number(rec, "PID", (uint64_t)taken.pid);
	(void)recordfile_set_number(rec, "LEFT", lefts);
	(void)recordfile_set_number(rec, "LONG", taken.policy != NULL ?
	    strlen(taken.policy) : 0);
	(void)recordfile_set(rec, "AGENT", taken.upstream != NULL ?
	    taken.upstream : "none");
	return rec;
}

static void
stop(void *ctx)
{
	(void)ctx;
	stopped = 1;
}

static int dir = -1;
static pid_t server;

static void
setup(void)
{
	struct desk_facts facts = {
		.take = take, .left = left, .tell = tell, .stop = stop,
	};

	den_make();
	dir = den_open("");
	facts.listener = listener_bind(dir, NAME ".ctl", SOCK_SEQPACKET);
	ck_assert_int_ne(facts.listener, -1);
	ck_assert_int_ne(server = fork(), -1);
	if (server == 0) {
		struct desk *desk = desk_open(&facts);

		run_loop();
		desk_close(desk);
		/* What was opened is closed. */
		_exit(nwatched == 0 ? 0 : 3);
	}
	(void)close(facts.listener);
}

static void
teardown(void)
{
	if (server > 0) {
		(void)kill(server, SIGKILL);
		(void)waitpid(server, NULL, 0);
	}
	(void)close(dir);
	den_remove();
}

static int
come(void)
{
	char program[CONTROL_PROGRAM_SIZE], why[200];
	uint32_t version = 77;
	int sock;

	sock = control_connect(dir, NAME, &version, program, why, sizeof(why));
	ck_assert_msg(sock != -1, "%s", why);
	ck_assert_uint_eq(version, CONTROL_VERSION);
	ck_assert_str_eq(program, PACKAGE_VERSION);
	return sock;
}

/* Register a claim, and expect that answer. */
static void
register_claim(int sock, const struct claim *claim, int fd, int expected)
{
	unsigned char buf[PACKET_BUFFER];
	struct recordfile *rec = claim_write(claim);
	struct packet packet;

	ck_assert_ptr_nonnull(rec);
	ck_assert_int_eq(control_register(sock, rec, fd), 0);
	ck_assert_int_eq(control_next(sock, buf, &packet), 0);
	ck_assert_int_eq(packet.type, expected);
	recordfile_free(rec);
}

/* What the server says of itself. */
static uint64_t
ask(int sock, const char *name)
{
	unsigned char buf[PACKET_BUFFER];
	struct recordfile *rec;
	struct packet packet;
	uint64_t value;

	ck_assert_int_eq(control_send(sock, CONTROL_STATUS, 1, NULL, 0), 0);
	ck_assert_int_eq(control_next(sock, buf, &packet), 0);
	ck_assert_int_eq(packet.type, CONTROL_TOTAL);
	rec = recordfile_parse((const char *)packet.data, packet.len);
	ck_assert_ptr_nonnull(rec);
	if (strcmp(name, "AGENT") == 0)
		value = strcmp(recordfile_get(rec, name), "fd") == 0;
	else
		ck_assert_int_eq(recordfile_number(rec, name, UINT64_MAX,
		    &value), 0);
	recordfile_free(rec);
	return value;
}

static char path[] = "/x";

/*
 * I1: would have caught a pid that is taken from what somebody says.  And
 * claims that are longer than a message.
 */
START_TEST(I1_a_claim_of_any_length)
{
	static char policy[20000];
	struct claim claim = { .upstream = path, .policy = policy, .pid = 1 };
	int sock = come();

	memset(policy, 'p', sizeof(policy) - 1);
	register_claim(sock, &claim, -1, CONTROL_REGISTERED);
	ck_assert_uint_eq(ask(sock, "LONG"), sizeof(policy) - 1);
	ck_assert_uint_eq(ask(sock, "PID"), (uint64_t)getpid());
	ck_assert_uint_eq(ask(sock, "AGENT"), 0);
	(void)close(sock);
}
END_TEST

/* Would have caught an agent's descriptor that is lost on the way. */
START_TEST(a_descriptor)
{
	static char empty[] = "";
	struct claim claim = { .policy = empty };
	int fd = open("/dev/null", O_PATH | O_CLOEXEC), sock = come();

	register_claim(sock, &claim, fd, CONTROL_REGISTERED);
	ck_assert_uint_eq(ask(sock, "AGENT"), 1);
	(void)close(sock);
	(void)close(fd);
}
END_TEST

/* Would have caught a refusal without words, or the end of a visit by one. */
START_TEST(a_refusal_says_why)
{
	static char empty[] = "";
	struct claim claim = { .upstream = path, .policy = empty, .shared = 1 };
	unsigned char buf[PACKET_BUFFER];
	struct recordfile *rec = claim_write(&claim);
	struct packet packet;
	int sock = come();

	ck_assert_int_eq(control_register(sock, rec, -1), 0);
	ck_assert_int_eq(control_next(sock, buf, &packet), 0);
	ck_assert_int_eq(packet.type, CONTROL_REFUSED);
	ck_assert_int_eq(strncmp((const char *)packet.data, "no sharing here",
	    packet.len), 0);
	/* agent 42: what a newer client may ask for. */
	ck_assert_int_eq(packet_send(sock, 49, "x", 1, -1), 0);
	ck_assert_int_eq(control_next(sock, buf, &packet), 0);
	ck_assert_int_eq(packet.type, CONTROL_REFUSED);
	claim.shared = 0;
	register_claim(sock, &claim, -1, CONTROL_REGISTERED);
	recordfile_free(rec);
	(void)close(sock);
}
END_TEST

static void
expect_end(int sock)
{
	unsigned char buf[PACKET_BUFFER];
	struct packet packet;

	ck_assert_int_eq(control_next(sock, buf, &packet), -1);
	ck_assert_int_eq(errno, ECONNRESET);
	(void)close(sock);
}

/* Would have caught memory that grows by what somebody sends. */
START_TEST(no_claim_is_endless)
{
	static char part[PACKET_MAX];
	int i, sock = come();

	memset(part, 'x', sizeof(part));
	for (i = 0; i < 8; i++)
		while (packet_send(sock, CONTROL_MORE, part, sizeof(part),
		    -1) == -1 && errno == EAGAIN)
			;
	expect_end(sock);
}
END_TEST

/* Would have caught somebody heard before he said who he is. */
START_TEST(first_a_greeting)
{
	int sock = listener_connect(dir, NAME ".ctl", SOCK_SEQPACKET, 5000);

	ck_assert_int_eq(packet_send(sock, CONTROL_STOP, NULL, 0, -1), 0);
	expect_end(sock);
	ck_assert_uint_eq(ask(come(), "LEFT"), 1);
}
END_TEST

/* Would have caught a table that only grows, and one that fills for good. */
START_TEST(many_come_and_go)
{
	int socks[100], i, refused = 0, sock;
	char program[CONTROL_PROGRAM_SIZE], why[200];
	uint32_t version;

	for (i = 0; i < 100; i++) {
		socks[i] = control_connect(dir, NAME, &version, program, why,
		    sizeof(why));
		refused += socks[i] == -1;
	}
	ck_assert_int_eq(refused, 100 - 64);
	for (i = 0; i < 100; i++)
		if (socks[i] != -1)
			(void)close(socks[i]);
	for (i = 0; i < 500; i++) {
		sock = control_connect(dir, NAME, &version, program, why,
		    sizeof(why));
		if (sock != -1)
			(void)close(sock);
	}
	sock = come();
	ck_assert_uint_ge(ask(sock, "LEFT"), 500);
	(void)close(sock);
}
END_TEST

/* Would have caught "stop" that returns before the server has ended. */
START_TEST(stop_is_told)
{
	unsigned char buf[PACKET_BUFFER];
	struct packet packet;
	int sock = come(), other = come(), status;

	ck_assert_int_eq(packet_send(sock, CONTROL_STOP, NULL, 0, -1), 0);
	ck_assert_int_eq(control_next(sock, buf, &packet), 0);
	ck_assert_int_eq(packet.type, CONTROL_STOPPED);
	expect_end(sock);
	expect_end(other);
	ck_assert_int_eq(waitpid(server, &status, 0), server);
	server = 0;
	ck_assert_int_eq(status, 0);
}
END_TEST

/* Would have caught a login that waits for ever for one that is stopped. */
START_TEST(a_server_that_is_stopped)
{
	char program[CONTROL_PROGRAM_SIZE], why[200] = "";
	uint32_t version;

	ck_assert_int_eq(kill(server, SIGSTOP), 0);
	ck_assert_int_eq(control_connect(dir, NAME, &version, program, why,
	    sizeof(why)), -1);
	ck_assert_int_eq(errno, ETIMEDOUT);
	ck_assert_ptr_nonnull(strstr(why, "does not answer"));
}
END_TEST

/* A server that is gone is told from one that does not answer. */
START_TEST(no_server)
{
	char program[CONTROL_PROGRAM_SIZE], why[200];
	uint32_t version;

	(void)kill(server, SIGKILL);
	(void)waitpid(server, NULL, 0);
	server = 0;
	ck_assert_int_eq(control_connect(dir, NAME, &version, program, why,
	    sizeof(why)), -1);
	ck_assert_int_eq(errno, ECONNREFUSED);
	ck_assert_int_eq(control_connect(dir, "other", &version, program, why,
	    sizeof(why)), -1);
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("control");
	TCase *tc = tcase_create("control");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, I1_a_claim_of_any_length);
	tcase_add_test(tc, a_descriptor);
	tcase_add_test(tc, a_refusal_says_why);
	tcase_add_test(tc, no_claim_is_endless);
	tcase_add_test(tc, first_a_greeting);
	tcase_add_test(tc, many_come_and_go);
	tcase_add_test(tc, stop_is_told);
	tcase_add_test(tc, a_server_that_is_stopped);
	tcase_add_test(tc, no_server);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
