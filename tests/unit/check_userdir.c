/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Invariant I8, the directory: private, or refused and left as it was.
 */

#include "config.h"
#include "userdir.h"

#include <sys/stat.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "den.h"
#include "run.h"
#include "scene.h"

#define NROWS(a) ((int)(sizeof(a) / sizeof((a)[0])))

static int before;

static void
setup(void)
{
	before = scene_descriptors();
	den_make();
}

static void
teardown(void)
{
	den_remove();
	ck_assert_int_eq(scene_descriptors(), before);
}

static void
refused(const char *base, const char *below, int make, int err)
{
	errno = 0;
	ck_assert_int_eq(userdir_open(base, below, make), -1);
	ck_assert_int_eq(errno, err);
}

static const mode_t masks[] = { 0, 022, 0177, 0777 };

/* Would have caught a mode that is left to the umask, in both directions. */
START_TEST(I8_made_private)
{
	const mode_t mask = umask(masks[_i]);
	struct stat st;
	int fd;

	refused(den_path(""), "a/b", 0, ENOENT);
	ck_assert_int_eq(den_kind_of("a"), DEN_NOTHING);
	fd = userdir_open(den_path(""), "a/b", 1);
	ck_assert_int_ne(fd, -1);
	ck_assert_uint_eq(umask(mask), masks[_i]);
	ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_uint_eq(st.st_uid, geteuid());
	ck_assert_uint_eq(st.st_mode, S_IFDIR | 0700);
	ck_assert_uint_eq(den_mode("a"), 0700);
	(void)close(fd);
	/* and again, of what is there */
	ck_assert_int_ne(fd = userdir_open(den_path(""), "a/b", _i & 1), -1);
	(void)close(fd);
}
END_TEST

static const struct {
	enum den_kind kind;
	mode_t mode;
	int err;
} planted[] = {
	{ DEN_LINK, 0, ELOOP },
	{ DEN_FILE, 0600, ENOTDIR },
	{ DEN_FIFO, 0600, ENOTDIR },
	{ DEN_SOCKET, 0600, ENOTDIR },
	{ DEN_DIRECTORY, 0710, EPERM },
	{ DEN_DIRECTORY, 0720, EPERM },
	{ DEN_DIRECTORY, 0740, EPERM },
	{ DEN_DIRECTORY, 0701, EPERM },
	{ DEN_DIRECTORY, 0702, EPERM },
	{ DEN_DIRECTORY, 01777, EPERM },
};

/*
 * At the end of the way and within it.  Would have caught a link that is
 * followed, to a directory that is private itself; a wait at a FIFO; and a
 * mode that is looked at for the last directory alone, or put right, though
 * somebody may be in there by then.
 */
START_TEST(I8_planted)
{
	const int row = _i / 4, make = _i & 1;
	const char *name = (_i & 2) != 0 ? "a/b" : "a";

	den_plant(DEN_DIRECTORY, "target", 0700);
	den_plant(DEN_DIRECTORY, "target/b", 0700);
	if ((_i & 2) != 0) {
		den_plant(DEN_DIRECTORY, "a", 0700);
		den_plant(DEN_DIRECTORY, "a/target", 0700);
	}
	den_plant(planted[row].kind, name, planted[row].mode);
	refused(den_path(""), "a/b", make, planted[row].err);
	ck_assert_int_eq(den_kind_of(name), planted[row].kind);
	if (planted[row].kind != DEN_LINK)
		ck_assert_uint_eq(den_mode(name), planted[row].mode);
}
END_TEST

/* Would have caught a directory of another user's, who can change its mode. */
START_TEST(I8_foreign)
{
	if (geteuid() != 0) {
		puts("SKIP I8_foreign: not root");
		return;
	}
	den_plant(DEN_DIRECTORY, "a", 0700);
	den_plant(DEN_DIRECTORY, "a/b", 0700);
	den_give_away(_i != 0 ? "a" : "a/b");
	refused(den_path(""), "a/b", 1, EPERM);
	refused(den_path(""), "a/b", 0, EPERM);
	/* nor is root's the user's */
	ck_assert_int_eq(chmod(den_path(""), 0711), 0);
	den_give_away("a");
	ck_assert_int_eq(lchown(den_path("a/b"), 0, 0), 0);
	ck_assert_int_eq(seteuid(SCENE_UID), 0);
	refused(den_path(""), "a/b", 1, EPERM);
	ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

/*
 * Would have caught XDG_RUNTIME_DIR=/tmp, and that of another user after su;
 * and a refusal of a home that is reached by a link, or is its group's.
 */
START_TEST(I8_base)
{
	int fd;

	den_plant(DEN_DIRECTORY, "target", 0755);
	den_plant(DEN_LINK, "link", 0);
	ck_assert_int_ne(fd = userdir_open(den_path("link"), "a", 1), -1);
	(void)close(fd);
	ck_assert_int_eq(den_kind_of("target/a"), DEN_DIRECTORY);
	ck_assert_int_eq(chmod(den_path("target"), 0775), 0);
	ck_assert_int_ne(fd = userdir_open(den_path("target"), "a", 1), -1);
	(void)close(fd);
	ck_assert_int_eq(chmod(den_path("target"), 01777), 0);
	refused(den_path("target"), "a", 1, EPERM);
	refused(den_path("none"), "a", 1, ENOENT);
	den_plant(DEN_FILE, "file", 0600);
	refused(den_path("file"), "a", 1, ENOTDIR);
	refused("", "a", 1, ENOENT);
	if (geteuid() != 0) {
		puts("SKIP I8_base of another user's: not root");
		return;
	}
	ck_assert_int_eq(chmod(den_path("target"), 0755), 0);
	den_give_away("target");
	refused(den_path("target"), "a", 1, EPERM);
}
END_TEST

static const char *const ways[] = { "", "/", "/a", "a/", "a//b", ".", "..",
	"a/.", "a/..", "../a", "./a", "a/../../b" };

/* Would have caught a way out of the base. */
START_TEST(I8_no_way_out)
{
	refused(den_path(""), ways[_i], 1, EINVAL);
}
END_TEST

START_TEST(names_with_dots)
{
	char name[300];
	int fd;

	ck_assert_int_ne(fd = userdir_open(den_path(""), "...", 1), -1);
	(void)close(fd);
	ck_assert_int_ne(fd = userdir_open(den_path(""), ".l/..b", 1), -1);
	(void)close(fd);
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	refused(den_path(""), name, 1, EINVAL);
}
END_TEST

static int
enter(int i)
{
	struct stat st;
	int fd;

	(void)umask(i % 2 != 0 ? 0 : 0777);
	if ((fd = userdir_open(den_path(""), "a/b/c/d", 1)) == -1 ||
	    fstat(fd, &st) == -1 || (st.st_mode & 07777) != 0700)
		return 1;
	return 0;
}

/*
 * Would have caught EEXIST for an answer, and a directory that is made with a
 * mode and then put right: another maker comes between.
 */
START_TEST(I8_many_makers)
{
	int round;

	for (round = 0; round < 20; round++) {
		ck_assert_int_eq(den_crowd(16, enter), 16);
		den_remove();
		ck_assert_int_eq(mkdir(den_path(""), 0700), 0);
	}
}
END_TEST

/* As a user, in a directory that everybody may write. */
START_TEST(I8_as_a_user)
{
	int fd;

	if (geteuid() != 0) {
		puts("SKIP I8_as_a_user: is one");
		return;
	}
	den_plant(DEN_DIRECTORY, "his", 0700);
	den_give_away("his");
	den_plant(DEN_DIRECTORY, "his/a", 0700);
	ck_assert_int_eq(chmod(den_path(""), 0711), 0);
	ck_assert_int_eq(setegid(SCENE_GID), 0);
	ck_assert_int_eq(seteuid(SCENE_UID), 0);
	ck_assert_int_ne(fd = userdir_open(den_path("his"), "b", 1), -1);
	ck_assert_int_eq(userdir_check(fd), 0);
	(void)close(fd);
	/* he could remove it, but it is not he who made it */
	refused(den_path("his"), "a", 1, EPERM);
	ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(setegid(0), 0);
	/* whose it is counts, and root is not everybody */
	ck_assert_int_ne(fd = den_open("his/b"), -1);
	ck_assert_int_eq(userdir_check(fd), -1);
	ck_assert_int_eq(errno, EPERM);
	(void)close(fd);
}
END_TEST

START_TEST(check_of_no_directory)
{
	const int fd = open("/dev/null", O_RDWR);

	ck_assert_int_eq(userdir_check(fd), -1);
	ck_assert_int_eq(errno, ENOTDIR);
	(void)close(fd);
	ck_assert_int_eq(userdir_check(-1), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("userdir");
	TCase *tc = tcase_create("userdir");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, I8_made_private, 0, NROWS(masks));
	tcase_add_loop_test(tc, I8_planted, 0, 4 * NROWS(planted));
	tcase_add_loop_test(tc, I8_foreign, 0, 2);
	tcase_add_test(tc, I8_base);
	tcase_add_loop_test(tc, I8_no_way_out, 0, NROWS(ways));
	tcase_add_test(tc, names_with_dots);
	tcase_add_test(tc, I8_many_makers);
	tcase_add_test(tc, I8_as_a_user);
	tcase_add_test(tc, check_of_no_directory);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
