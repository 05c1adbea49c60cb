/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* What "list" says of sessions that are there, and of what is none. */

#include "config.h"
#include "list.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "den.h"
#include "lockfile.h"
#include "place.h"
#include "recorddir.h"
#include "recordfile.h"
#include "run.h"
#include "userdir.h"
#include "userplace.h"

#define LOCKS 8
static int dir, locks[LOCKS], nlocks;
static char said[16384];

static void
setup(void)
{
	den_make();
	den_plant(DEN_DIRECTORY, "home", 0700);
	den_plant(DEN_DIRECTORY, "home/.local", 0700);
	den_plant(DEN_DIRECTORY, "home/.local/state", 0700);
	dir = userdir_open(den_path("home/.local/state"), PLACE_BELOW, 1);
	ck_assert_int_ne(dir, -1);
	nlocks = 0;
}

static void
teardown(void)
{
	while (nlocks > 0)
		(void)close(locks[--nlocks]);
	(void)close(dir);
	den_remove();
}

/* A session, which lives if "lives"; NULL and -1 for what is not told. */
static void
plant(const char *name, int lives, const char *tty, int viewers, int wstatus)
{
	struct recordfile *rec = recordfile_new();
	char file[128];

	ck_assert_ptr_nonnull(rec);
	(void)snprintf(file, sizeof(file), "%s.lock", name);
	if (lives)
		locks[nlocks++] = lockfile_hold(dir, file, USERPLACE_ALIVE, 0);
	(void)recordfile_set_number(rec, "PID", 4711);
	(void)recordfile_set_number(rec, "MADE", 86400);
	if (tty != NULL)
		(void)recordfile_set(rec, "TTY", tty);
	if (viewers != -1)
		(void)recordfile_set_number(rec, "VIEWERS",
		    (uint64_t)viewers);
	if (wstatus != -1)
		(void)recordfile_set_number(rec, "STATUS",
		    (uint64_t)wstatus);
	(void)snprintf(file, sizeof(file), "%s.info", name);
	ck_assert_int_eq(recorddir_write(dir, file, rec, 0600), 0);
	recordfile_free(rec);
}

static const char *
list(int json)
{
	char *envp[] = { NULL };
	const int saved = dup(STDOUT_FILENO);
	const int fd = open(den_path("said"), O_RDWR | O_CREAT | O_TRUNC, 0600);
	ssize_t n;

	(void)fflush(stdout);
	ck_assert_int_ne(dup2(fd, STDOUT_FILENO), -1);
	ck_assert_int_eq(list_sessions(envp, den_path("home"), json), 0);
	ck_assert_int_ne(dup2(saved, STDOUT_FILENO), -1);
	(void)close(saved);
	n = pread(fd, said, sizeof(said) - 1, 0);
	said[n > 0 ? n : 0] = '\0';
	(void)close(fd);
	return said;
}

#define SAYS(text) ck_assert_msg(strstr(said, text) != NULL, "%s", said)
#define SAYS_NOT(text) ck_assert_msg(strstr(said, text) == NULL, "%s", said)

/* Would have caught a state that is another one's. */
START_TEST(states)
{
	plant("idle", 1, "/dev/pts/3", 0, -1);
	plant("busy", 1, "/dev/pts/4", 2, -1);
	plant("done", 1, "/dev/pts/5", 0, 7 << 8);
	plant("shot", 1, "/dev/pts/6", 0, 9);
	(void)list(0);
	SAYS("pts/3");
	SAYS("1970-01-02T00:00:00Z");
	SAYS("attached (2)");
	SAYS("detached\n");
	(void)list(1);
	SAYS("{\"name\":\"idle\",\"tty\":\"/dev/pts/3\",\"pid\":4711,"
	    "\"leader\":0,\"viewers\":0,\"created\":\"1970-01-02T00:00:00Z\","
	    "\"attached\":null,\"detached\":null,\"state\":\"detached\"}");
	SAYS("\"viewers\":2");
	SAYS("\"state\":\"attached\"}");
	SAYS("\"state\":\"ended\",\"status\":7}");
	SAYS("\"state\":\"ended\",\"signal\":9}");
}
END_TEST

/* Would have caught one that was killed, and what is no session's file. */
START_TEST(no_sessions)
{
	plant("dead", 0, "/dev/pts/3", 0, -1);
	den_plant(DEN_FILE, "home/.local/state/ssh-incubator/pty/junk", 0600);
	den_plant(DEN_FILE, "home/.local/state/ssh-incubator/pty/a b.info",
	    0600);
	den_plant(DEN_FIFO, "home/.local/state/ssh-incubator/pty/f.info",
	    0600);
	(void)list(0);
	SAYS_NOT("dead");
	SAYS_NOT("junk");
	SAYS_NOT("a b");
}
END_TEST

/* Would have caught a session that is there and has no record: a full disk. */
START_TEST(no_record)
{
	plant("bare", 1, NULL, -1, -1);
	ck_assert_int_eq(unlinkat(dir, "bare.info", 0), 0);
	(void)list(1);
	SAYS("{\"name\":\"bare\",\"tty\":\"-\",\"pid\":0");
}
END_TEST

/* Would have caught a quote, or a terminal's control, from a file. */
START_TEST(nothing_strange)
{
	plant("odd", 1, "/dev/\"\033[2J", 0, -1);
	(void)list(1);
	SAYS("\"name\":\"odd\",\"tty\":\"-\"");
	SAYS_NOT("\033");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("list");
	TCase *tc = tcase_create("list");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, states);
	tcase_add_test(tc, no_sessions);
	tcase_add_test(tc, no_record);
	tcase_add_test(tc, nothing_strange);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
