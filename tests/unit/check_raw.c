/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * A process that relays a socket of AF_UNIX to another: who is let in, who is
 * sent away, and what is left of them.  With RAW_COUNT in the environment so
 * many connect where it is about what is left.
 */

#include "config.h"
#include "raw.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "den.h"
#include "run.h"
#include "scene.h"

/* ms; more than any machine needs. */
#define PATIENCE 60000

static int before, upstream, lifeline;
static pid_t server;
static struct raw_facts facts;
static struct sockaddr_un address[2];	/* the relay's, upstream's */

static int
listen_at(struct sockaddr_un *addr, const char *name, int queue)
{
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);

	addr->sun_family = AF_UNIX;
	(void)snprintf(addr->sun_path, sizeof(addr->sun_path), "%s",
	    den_path(name));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)addr, sizeof(*addr)), 0);
	ck_assert_int_eq(listen(fd, queue), 0);
	return fd;
}

static int
connect_to(const struct sockaddr_un *addr, int flags)
{
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
	int saved;

	if (fd == -1)
		return -1;
	if (connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) == 0)
		return fd;
	saved = errno;
	(void)close(fd);
	errno = saved;
	return -1;
}

static int
connect_upstream(void *ctx)
{
	return connect_to(ctx, SOCK_NONBLOCK);
}

static void
setup(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	ck_assert_int_eq(sigaction(SIGPIPE, &ignore, NULL), 0);
	before = scene_descriptors();
	den_make();
	memset(address, 0, sizeof(address));
	facts = (struct raw_facts){
		.listener = listen_at(&address[0], "s", 128),
		.peer = getuid(), .connect = connect_upstream,
		.ctx = &address[1], .connections = 100,
	};
	upstream = listen_at(&address[1], "up", 128);
}

/* With so many descriptors at most; 0: as many as there are. */
static void
serve(rlim_t limit)
{
	struct sigaction died = { .sa_handler = SIG_DFL };
	const struct rlimit limits = { limit, limit };
	int fds[2];

	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	ck_assert_int_ne(server = fork(), -1);
	if (server == 0) {
		(void)close(fds[1]);
		(void)close(upstream);
		(void)sigaction(SIGPIPE, &died, NULL);
		facts.end = fds[0];
		if (limit != 0 && setrlimit(RLIMIT_NOFILE, &limits) == -1)
			_exit(2);
		_exit(raw_serve(&facts) == 0 ? 0 : 1);
	}
	(void)close(fds[0]);
	lifeline = fds[1];
}

static void
end_server(void)
{
	int wstatus;

	(void)close(lifeline);
	ck_assert_int_eq(waitpid(server, &wstatus, 0), server);
	ck_assert_int_eq(wstatus, 0);
	server = 0;
}

static void
teardown(void)
{
	if (server != 0)
		end_server();
	(void)close(facts.listener);
	(void)close(upstream);
	den_remove();
	ck_assert_int_eq(scene_descriptors(), before);
}

static int
dial(void)
{
	const int fd = connect_to(&address[0], 0);

	ck_assert_int_ne(fd, -1);
	return fd;
}

static int
answer(void)
{
	struct pollfd pfd = { .fd = upstream, .events = POLLIN };
	int fd;

	ck_assert_int_eq(poll(&pfd, 1, PATIENCE), 1);
	ck_assert_int_ne(fd = accept4(upstream, NULL, NULL, SOCK_CLOEXEC),
	    -1);
	return fd;
}

/* What comes next, at most 8 bytes; "" for the end. */
static const char *
hear(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	static char said[9];
	ssize_t n;

	ck_assert_int_eq(poll(&pfd, 1, PATIENCE), 1);
	n = read(fd, said, 8);
	said[n < 0 ? 0 : n] = '\0';
	return said;
}

static void
say(int fd, const char *words)
{
	ck_assert_int_eq(write(fd, words, strlen(words)),
	    (ssize_t)strlen(words));
}

/* One who is served: a word there, and one back. */
static void
converse(void)
{
	const int client = dial(), agent = answer();

	say(client, "ask");
	ck_assert_str_eq(hear(agent), "ask");
	ck_assert_int_eq(shutdown(client, SHUT_WR), 0);
	ck_assert_str_eq(hear(agent), "");
	say(agent, "answer");
	(void)close(agent);
	ck_assert_str_eq(hear(client), "answer");
	ck_assert_str_eq(hear(client), "");
	(void)close(client);
}

static void
sent_away(int client)
{
	ck_assert_str_eq(hear(client), "");
	(void)close(client);
}

/* Would have caught an answer lost, and an end that is not passed on. */
START_TEST(conversations)
{
	int i;

	serve(0);
	for (i = 0; i < 20; i++)
		converse();
}
END_TEST

/* Would have caught somebody upstream before there is anybody here. */
START_TEST(nobody_is_probed)
{
	struct pollfd pfd = { .fd = upstream, .events = POLLIN };

	serve(0);
	converse();
	ck_assert_int_eq(poll(&pfd, 1, 0), 0);
}
END_TEST

/* Would have caught a process that outlives what it is for. */
START_TEST(agent_3_ends)
{
	int client, waiting, agent;

	serve(0);
	client = dial();
	agent = answer();
	waiting = dial();
	end_server();
	sent_away(client);
	sent_away(waiting);
	ck_assert_str_eq(hear(agent), "");
	(void)close(agent);
}
END_TEST

/* Would have caught one who dies of who has died, or waits for nobody. */
START_TEST(agent_6_dead_sides)
{
	static char lots[300000];
	int client, agent, i;

	serve(0);
	for (i = 0; i < 20; i++) {
		client = dial();
		agent = answer();
		(void)send(client, lots, sizeof(lots), MSG_DONTWAIT);
		(void)send(agent, lots, sizeof(lots), MSG_DONTWAIT);
		(void)close(i % 2 == 0 ? client : agent);
		while (read(i % 2 == 0 ? agent : client, lots,
		    sizeof(lots)) > 0)
			continue;
		(void)close(i % 2 == 0 ? agent : client);
	}
	converse();
}
END_TEST

/* Would have caught a slot that is not free again. */
START_TEST(too_many)
{
	int clients[3], agents[3], i, round;

	facts.connections = 3;
	serve(0);
	for (round = 0; round < 3; round++) {
		for (i = 0; i < 3; i++) {
			clients[i] = dial();
			agents[i] = answer();
		}
		sent_away(dial());
		sent_away(dial());
		for (i = 0; i < 3; i++) {
			(void)close(agents[i]);
			/* it reads the end when the slot is free */
			sent_away(clients[i]);
		}
	}
}
END_TEST

/* Would have caught a client who waits where nobody can come. */
START_TEST(nobody_upstream)
{
	struct sockaddr_un again = { .sun_family = AF_UNIX };

	serve(0);
	(void)close(upstream);
	sent_away(dial());		/* ECONNREFUSED */
	ck_assert_int_eq(unlink(address[1].sun_path), 0);
	sent_away(dial());		/* ENOENT */
	upstream = listen_at(&again, "up", 128);
	converse();
}
END_TEST

/* Would have caught one who is refused because others were quicker. */
START_TEST(a_full_queue)
{
	int first[8], clients[4], agent, i, n;

	ck_assert_int_eq(listen(upstream, 0), 0);
	for (n = 0; n < 8; n++) {
		if ((first[n] = connect_to(&address[1], SOCK_NONBLOCK)) == -1)
			break;
	}
	ck_assert_int_lt(n, 8);
	serve(0);
	for (i = 0; i < 4; i++) {
		clients[i] = dial();
		say(clients[i], "abcd");
	}
	for (i = 0; i < n; i++) {
		(void)close(answer());
		(void)close(first[i]);
	}
	for (i = 0; i < 4; i++) {
		agent = answer();
		ck_assert_str_eq(hear(agent), "abcd");
		(void)close(agent);
	}
	for (i = 0; i < 4; i++)
		sent_away(clients[i]);
}
END_TEST

/*
 * Would have caught a loop that turns for ever because somebody who comes
 * can be neither taken nor sent away; and one that is deaf afterwards.
 */
START_TEST(agent_31_descriptors)
{
	int clients[60], i;

	/* one of both is odd: then none is left to accept with */
	serve(24 + (rlim_t)_i);
	for (i = 0; i < 60; i++)
		clients[i] = dial();
	/* the last one of all was seen, so all were */
	sent_away(clients[59]);
	for (i = 0; i < 59; i++)
		(void)close(clients[i]);
	/* those who were taken are gone, when all of upstream's ended */
	for (i = 0; i < 60; i++) {
		struct pollfd pfd = { .fd = upstream, .events = POLLIN };

		if (poll(&pfd, 1, 200) == 0)
			break;
		clients[i] = answer();
		ck_assert_str_eq(hear(clients[i]), "");
		(void)close(clients[i]);
	}
	ck_assert_int_gt(i, 3);
	ck_assert_int_lt(i, 12);
	for (i = 0; i < 5; i++)
		converse();
}
END_TEST

/* Become that user and connect; ends with 0 if he is sent away. */
static int
visit(uid_t uid)
{
	const pid_t pid = fork();
	int fd, wstatus;
	char byte;

	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		if (setresuid(uid, uid, uid) == -1 ||
		    (fd = connect_to(&address[0], 0)) == -1)
			_exit(2);
		_exit(read(fd, &byte, 1) == 0 ? 0 : 1);
	}
	/* who is let in hears something */
	if (uid == facts.peer) {
		fd = answer();
		say(fd, "x");
		(void)close(fd);
	}
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	return wstatus;
}

/* Would have caught whoever gets through to the socket being served. */
START_TEST(I8_agent_25_who_connects)
{
	if (geteuid() != 0) {
		puts("SKIP I8_agent_25_who_connects: not root");
		return;
	}
	ck_assert_int_eq(chmod(den_path(""), 0711), 0);
	ck_assert_int_eq(chmod(den_path("s"), 0666), 0);
	facts.peer = SCENE_UID;
	serve(0);
	ck_assert_int_eq(visit(SCENE_UID + 1), 0);
	ck_assert_int_eq(visit(SCENE_UID), 1 << 8);
	converse();			/* root */
}
END_TEST

static int
descriptors_of(pid_t pid)
{
	char path[32];
	DIR *dir;
	int n = 0;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	ck_assert_ptr_nonnull(dir = opendir(path));
	while (readdir(dir) != NULL)
		n++;
	(void)closedir(dir);
	return n;
}

static long
resident(pid_t pid)
{
	char path[32], line[128];
	long size = 0, pages = 0;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%d/statm", (int)pid);
	ck_assert_ptr_nonnull(file = fopen(path, "r"));
	ck_assert_ptr_nonnull(fgets(line, sizeof(line), file));
	ck_assert_int_eq(sscanf(line, "%ld %ld", &size, &pages), 2);
	(void)fclose(file);
	return pages;
}

/* Would have caught what each connection leaves: a descriptor, some bytes. */
START_TEST(agent_9_nothing_is_left)
{
	const char *count = getenv("RAW_COUNT");
	const long n = count != NULL ? strtol(count, NULL, 10) : 2000;
	int descriptors = 0;
	long i, pages = 0;

	serve(0);
	for (i = 0; i < n; i++) {
		converse();
		if (i == 500) {
			descriptors = descriptors_of(server);
			pages = resident(server);
		}
	}
	printf("%ld connections: %d descriptors before, %d after; %ld pages "
	    "before, %ld after\n", n, descriptors, descriptors_of(server),
	    pages, resident(server));
	/* the last one may be on its way out */
	ck_assert_int_le(descriptors_of(server), descriptors + 2);
#if !defined(__SANITIZE_ADDRESS__)
	ck_assert_int_le(resident(server), pages + 32);
#endif
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("raw");
	TCase *tc = tcase_create("raw");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, getenv("RAW_COUNT") != NULL ? 3600 : 120);
	tcase_add_test(tc, conversations);
	tcase_add_test(tc, nobody_is_probed);
	tcase_add_test(tc, agent_3_ends);
	tcase_add_test(tc, agent_6_dead_sides);
	tcase_add_test(tc, too_many);
	tcase_add_test(tc, nobody_upstream);
	tcase_add_test(tc, a_full_queue);
	tcase_add_loop_test(tc, agent_31_descriptors, 0, 2);
	tcase_add_test(tc, I8_agent_25_who_connects);
	tcase_add_test(tc, agent_9_nothing_is_left);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
