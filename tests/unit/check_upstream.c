/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Who may be connected to: the agent of a lease, and by no path a socket that
 * is held for one lease alone.
 */

#include "config.h"
#include "upstream.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exclusive.h"
#include "lease.h"
#include "run.h"
#include "scene.h"

static char dir[64], path[96], other[96];
static int agent, before;
static struct lease lease;
static struct upstream_self nobody;

static void
setup(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	before = scene_descriptors();
	(void)strlcpy(dir, "/tmp/check_upstream.XXXXXX", sizeof(dir));
	ck_assert_ptr_nonnull(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/agent", dir);
	(void)snprintf(other, sizeof(other), "%s/other", dir);
	(void)strlcpy(addr.sun_path, path, sizeof(addr.sun_path));
	agent = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(agent, (struct sockaddr *)&addr,
	    sizeof(addr)), 0);
	ck_assert_int_eq(listen(agent, 8), 0);
	lease_init(&lease, "test");
	memset(&nobody, 0, sizeof(nobody));
}

static void
teardown(void)
{
	(void)close(agent);
	(void)unlink(path);
	(void)unlink(other);
	ck_assert_int_eq(rmdir(dir), 0);
	ck_assert_int_eq(scene_descriptors(), before);
}

/* Returns 0, or errno. */
static int
try_path(const char *name)
{
	int fd;

	lease.path = name;
	fd = upstream_open(&lease, &nobody);
	if (fd == -1)
		return errno;
	(void)close(fd);
	return 0;
}

/* Would have caught a lease that finds its agent by one of both ways only. */
START_TEST(by_path_and_by_descriptor)
{
	struct stat st;

	ck_assert_int_eq(try_path(path), 0);
	ck_assert_int_eq(try_path(other), ENOENT);
	ck_assert_int_eq(try_path(""), ENOENT);
	ck_assert_int_eq(symlink(path, other), 0);
	ck_assert_int_eq(try_path(other), 0);
	ck_assert_int_eq(stat(path, &st), 0);
	nobody.dev = st.st_dev;
	nobody.ino = st.st_ino;
	ck_assert_int_eq(try_path(other), ELOOP);
	memset(&nobody, 0, sizeof(nobody));
	lease.at = open(path, O_PATH | O_CLOEXEC);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(try_path(path), 0);
	(void)close(lease.at);
}
END_TEST

/*
 * Would have caught another lease's path that leads to what is held, under
 * which it could be used without a policy.
 */
START_TEST(what_is_held_has_no_path)
{
	const int held = open(path, O_PATH | O_CLOEXEC);
	char link[64];

	ck_assert_int_eq(unlink(path), 0);
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", held);
	ck_assert_int_eq(try_path(link), ELOOP);
	ck_assert_int_eq(symlink(link, other), 0);
	ck_assert_int_eq(try_path(other), ELOOP);
	(void)close(held);
}
END_TEST

/* Would have caught a socket that keeps a name when it is to have none. */
START_TEST(a_second_name)
{
	struct exclusive ex;
	char why[256] = "";

	ck_assert_int_eq(link(path, other), 0);
	ck_assert_int_eq(exclusive_open(&ex, path, why, sizeof(why)), -1);
	ck_assert_ptr_nonnull(strstr(why, "another name"));
	ck_assert_int_eq(unlink(other), 0);
	ck_assert_int_eq(exclusive_open(&ex, path, why, sizeof(why)), 0);
	ck_assert_int_eq(link(path, other), 0);
	ck_assert_int_eq(exclusive_take(&ex, why, sizeof(why)), -1);
	ck_assert_ptr_nonnull(strstr(why, "another name"));
	exclusive_close(&ex);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("upstream");
	TCase *tc = tcase_create("upstream");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, by_path_and_by_descriptor);
	tcase_add_test(tc, what_is_held_has_no_path);
	tcase_add_test(tc, a_second_name);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
