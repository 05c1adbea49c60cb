/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/* Both rooms: the directory below /run, and the records in it. */

#include "config.h"
#include "recorddir.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "recordfile.h"
#include "run.h"
#include "rundir.h"

static char base[64], path[128];
static int dir;

static void
setup(void)
{
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(base, sizeof(base), "%s/recorddir.XXXXXX",
	    tmp != NULL && strlen(tmp) < 32 ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(base));
	(void)snprintf(path, sizeof(path), "%s/run", base);
	dir = rundir_make(path, "sessions", 0755);
	ck_assert_int_ge(dir, 0);
}

static void
empty(int at)
{
	struct dirent *entry;
	DIR *stream = fdopendir(at);

	while (stream != NULL && (entry = readdir(stream)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0 &&
		    unlinkat(dirfd(stream), entry->d_name, 0) == -1 &&
		    unlinkat(dirfd(stream), entry->d_name, AT_REMOVEDIR) == -1)
			empty(openat(dirfd(stream), entry->d_name,
			    O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
	if (stream != NULL)
		(void)closedir(stream);
}

static void
teardown(void)
{
	int i;

	(void)close(dir);
	/* A directory goes once it is empty: three deep. */
	for (i = 0; i < 3; i++)
		empty(open(base, O_RDONLY | O_DIRECTORY));
	(void)rmdir(base);
}

static mode_t
mode_of(const char *name)
{
	struct stat st;

	ck_assert_int_eq(fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	return st.st_mode & 07777;
}

static void
put(const char *name, const char *text, mode_t mode)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	ck_assert_int_eq(fchmod(fd, mode), 0);
	ck_assert_int_eq(close(fd), 0);
}

static void
write_one(const char *file, const char *value)
{
	struct recordfile *rec = recordfile_new();

	ck_assert_int_eq(recordfile_set(rec, "A", value), 0);
	ck_assert_int_eq(recorddir_write(dir, file, rec, 0644), 0);
	recordfile_free(rec);
}

static void
expect_refused(const char *file, int error)
{
	errno = 0;
	ck_assert_ptr_null(recorddir_read(dir, file, geteuid()));
	ck_assert_int_eq(errno, error);
}

/* Would have caught directories that the umask of a service decides on. */
START_TEST(made_with_their_modes_under_any_umask)
{
	char other[160];
	struct stat st;
	int fd;

	(void)snprintf(other, sizeof(other), "%s/other", base);
	(void)umask(0077);
	fd = rundir_make(other, "sessions", 0755);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0755);
	ck_assert_int_eq(stat(other, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0755);
	ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
	(void)close(fd);
	(void)umask(0);
	fd = rundir_make(other, "auth", 0700);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0700);
	(void)close(fd);
}
END_TEST

/*
 * A session's keeper has its user's group by the time.  Would have caught a
 * record that belongs to that group.
 */
START_TEST(root_s_group_whatever_ours_is)
{
	struct stat st;
	int fd;

	if (geteuid() != 0) {
		puts("SKIP root_s_group_whatever_ours_is: needs root");
		return;
	}
	ck_assert_int_eq(setegid(1), 0);
	write_one("1-1", "x");
	ck_assert_int_eq(fstatat(dir, "1-1", &st, 0), 0);
	ck_assert_uint_eq(st.st_gid, 0);
	fd = rundir_make(path, "auth", 0700);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_uint_eq(st.st_gid, 0);
	(void)close(fd);
	ck_assert_int_eq(setegid(0), 0);
}
END_TEST

/* Would have caught an administrator's narrower mode that is undone. */
START_TEST(what_is_there_keeps_its_mode)
{
	ck_assert_int_eq(fchmod(dir, 0700), 0);
	(void)close(dir);
	dir = rundir_make(path, "sessions", 0755);
	ck_assert_int_ge(dir, 0);
	ck_assert_uint_eq(mode_of("."), 0700);
}
END_TEST

START_TEST(readers_make_nothing)
{
	struct stat st;
	char other[160];
	int fd;

	ck_assert_int_eq(rundir_open(path, "auth"), -1);
	ck_assert_int_eq(errno, ENOENT);
	(void)snprintf(other, sizeof(other), "%s/other", base);
	ck_assert_int_eq(rundir_open(other, "auth"), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(stat(other, &st), -1);
	fd = rundir_open(path, "sessions");
	ck_assert_int_ge(fd, 0);
	(void)close(fd);
}
END_TEST

/* Would have caught a directory into which somebody else writes records. */
START_TEST(writable_by_others_is_refused)
{
	static const mode_t modes[] = { 0775, 0757, 01777 };

	if (_i % 2 == 0)
		ck_assert_int_eq(fchmod(dir, modes[_i / 2]), 0);
	else
		ck_assert_int_eq(chmod(path, modes[_i / 2]), 0);
	ck_assert_int_eq(rundir_make(path, "sessions", 0755), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(rundir_open(path, "sessions"), -1);
	ck_assert_int_eq(errno, EPERM);
}
END_TEST

/* Would have caught a check of the inner directory alone, and the reverse. */
START_TEST(of_another_owner_is_refused)
{
	if (geteuid() != 0) {
		puts("SKIP of_another_owner_is_refused: needs root");
		return;
	}
	if (_i == 0)
		ck_assert_int_eq(fchown(dir, 1, (gid_t)-1), 0);
	else
		ck_assert_int_eq(chown(path, 1, (gid_t)-1), 0);
	ck_assert_int_eq(rundir_make(path, "sessions", 0755), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(rundir_open(path, "sessions"), -1);
	ck_assert_int_eq(errno, EPERM);
}
END_TEST

/* Would have caught a link that leads root into a directory of its choice. */
START_TEST(links_and_ways_are_refused)
{
	static const char *const names[] = { "", ".", "..", "a/b", "../x" };
	char link[160];
	size_t i;

	ck_assert_int_eq(symlinkat("sessions", dir, "../link"), 0);
	ck_assert_int_eq(rundir_make(path, "link", 0755), -1);
	ck_assert_int_eq(rundir_open(path, "link"), -1);
	(void)snprintf(link, sizeof(link), "%s/outer", base);
	ck_assert_int_eq(symlink("run", link), 0);
	ck_assert_int_eq(rundir_make(link, "sessions", 0755), -1);
	ck_assert_int_eq(rundir_open(link, "sessions"), -1);
	put("../file", "", 0644);
	ck_assert_int_eq(rundir_make(path, "file", 0755), -1);
	ck_assert_int_eq(errno, ENOTDIR);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		ck_assert_int_eq(rundir_make(path, names[i], 0755), -1);
		ck_assert_int_eq(errno, EINVAL);
	}
}
END_TEST

START_TEST(a_record_comes_back)
{
	struct recordfile *rec;

	(void)umask(0077);
	write_one("12-34", "one");
	write_one("12-34", "two\n");
	ck_assert_uint_eq(mode_of("12-34"), 0644);
	rec = recorddir_read(dir, "12-34", geteuid());
	ck_assert_ptr_nonnull(rec);
	ck_assert_str_eq(recordfile_get(rec, "A"), "two\n");
	recordfile_free(rec);
	ck_assert_int_eq(recorddir_remove(dir, "12-34"), 0);
	expect_refused("12-34", ENOENT);
	ck_assert_int_eq(recorddir_remove(dir, "12-34"), -1);
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

/* Would have caught a name that leaves the directory, or hides in it. */
START_TEST(names_that_are_none)
{
	static const char *const names[] = { "", ".", "..", ".x", "a/b", "/" };
	struct recordfile *rec = recordfile_new();
	char name[NAME_MAX + 1];
	size_t i;

	ck_assert_int_eq(recordfile_set(rec, "A", "1"), 0);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		ck_assert_int_eq(recorddir_write(dir, names[i], rec, 0644),
		    -1);
		ck_assert_int_eq(errno, EINVAL);
		expect_refused(names[i], EINVAL);
		ck_assert_int_eq(recorddir_remove(dir, names[i]), -1);
		ck_assert_int_eq(errno, EINVAL);
	}
	memset(name, 'x', NAME_MAX);
	name[NAME_MAX] = '\0';
	ck_assert_int_eq(recorddir_write(dir, name, rec, 0644), -1);
	name[NAME_MAX - 12] = '\0';
	ck_assert_int_eq(recorddir_write(dir, name, rec, 0644), 0);
	recordfile_free(rec);
}
END_TEST

/* Each would have been read without the check that it belongs to. */
START_TEST(files_that_are_not_trusted)
{
	struct recordfile *rec;

	put("g", "A=1\n", 0664);
	expect_refused("g", EPERM);
	put("o", "A=1\n", 0646);
	expect_refused("o", EPERM);
	put("two", "A=1\n", 0644);
	ck_assert_int_eq(linkat(dir, "two", dir, "names", 0), 0);
	expect_refused("two", EPERM);
	ck_assert_int_eq(unlinkat(dir, "names", 0), 0);
	ck_assert_int_eq(symlinkat("two", dir, "link"), 0);
	expect_refused("link", ELOOP);
	ck_assert_int_eq(mkfifoat(dir, "fifo", 0644), 0);
	expect_refused("fifo", EPERM);
	ck_assert_int_eq(mkdirat(dir, "folder", 0755), 0);
	expect_refused("folder", EPERM);
	put("junk", "A=1\nA=2\n", 0644);
	expect_refused("junk", EINVAL);
	put("empty", "", 0644);
	expect_refused("empty", EINVAL);
	ck_assert_ptr_null(recorddir_read(dir, "two", geteuid() + 1));
	ck_assert_int_eq(errno, EPERM);
	/* The same file, when nothing is wrong with it. */
	rec = recorddir_read(dir, "two", geteuid());
	ck_assert_ptr_nonnull(rec);
	recordfile_free(rec);
}
END_TEST

/* Would have caught a file without an end that is read into memory. */
START_TEST(a_huge_file_is_refused)
{
	int fd;

	put("huge", "A=", 0644);
	fd = openat(dir, "huge", O_WRONLY);
	ck_assert_int_eq(ftruncate(fd, RECORDFILE_MAX_BYTES + 1), 0);
	ck_assert_int_eq(close(fd), 0);
	expect_refused("huge", EFBIG);
}
END_TEST

static void
expect_list(const char *const *names, size_t count)
{
	struct recorddir_list list;
	size_t i;

	ck_assert_int_eq(recorddir_list(dir, &list), 0);
	ck_assert_uint_eq(list.count, count);
	for (i = 0; i < count; i++)
		ck_assert_str_eq(list.names[i], names[i]);
	recorddir_list_free(&list);
}

/* Would have caught a list with temporary names, or with one twice. */
START_TEST(the_list_is_sorted_and_each_once)
{
	static const char *const names[] = { "1-1", "10-2", "2-3", "9-9" };

	expect_list(NULL, 0);
	write_one("2-3", "");
	write_one("10-2", "");
	write_one("9-9", "");
	write_one("1-1", "");
	put(".lock", "", 0600);
	put(".77-1-1", "A=", 0600);
	expect_list(names, 4);
	/* Again: would have caught the offset of a shared descriptor. */
	expect_list(names, 4);
}
END_TEST

/*
 * Would have caught a part of a record that is seen while it is written, and
 * a reader for whom there is none while one replaces the other.
 */
START_TEST(readers_see_the_old_or_the_new)
{
	char value[2][8192];
	struct recordfile *rec;
	const char *seen;
	pid_t writer;
	int i;

	memset(value, 0, sizeof(value));
	memset(value[0], '\n', sizeof(value[0]) - 1);
	memset(value[1], 'x', sizeof(value[1]) / 2);
	write_one("1-1", value[0]);
	if ((writer = fork()) == 0)
		for (i = 0;; i++)
			write_one("1-1", value[i % 2]);
	ck_assert_int_gt(writer, 0);
	for (i = 0; i < 2000; i++) {
		rec = recorddir_read(dir, "1-1", geteuid());
		if (rec == NULL)
			break;
		seen = recordfile_get(rec, "A");
		if (strcmp(seen, value[0]) != 0 && strcmp(seen, value[1]) != 0)
			break;
		recordfile_free(rec);
	}
	(void)kill(writer, SIGKILL);
	(void)waitpid(writer, NULL, 0);
	ck_assert_int_eq(i, 2000);
}
END_TEST

/* Would have caught files of killed writers that fill /run for ever. */
START_TEST(leftovers_are_swept)
{
	char name[64], mine[64];
	pid_t gone = fork();
	struct stat st;

	if (gone == 0)
		_exit(0);
	ck_assert_int_gt(gone, 0);
	ck_assert_int_eq(waitpid(gone, NULL, 0), gone);
	(void)snprintf(name, sizeof(name), ".%d-1-1", (int)gone);
	put(name, "A=", 0600);
	(void)snprintf(mine, sizeof(mine), ".%d-1-1", (int)getpid());
	put(mine, "A=", 0600);
	put(".1-1-1", "A=", 0600);	/* init writes */
	put(".lock", "", 0600);
	put(".99999999999999999999-1", "", 0600);
	put("1-1", "A=1\n", 0644);
	ck_assert_int_eq(recorddir_sweep(dir), 0);
	ck_assert_int_eq(fstatat(dir, name, &st, 0), -1);
	ck_assert_int_eq(fstatat(dir, mine, &st, 0), -1);
	ck_assert_int_eq(fstatat(dir, ".1-1-1", &st, 0), 0);
	ck_assert_int_eq(fstatat(dir, ".lock", &st, 0), 0);
	ck_assert_int_eq(fstatat(dir, "1-1", &st, 0), 0);
	ck_assert_int_eq(fstatat(dir, ".99999999999999999999-1", &st, 0), 0);
}
END_TEST

/* Would have caught a writer that a leftover of its own pid stops. */
START_TEST(a_leftover_of_our_pid_is_in_nobodys_way)
{
	char mine[64];
	struct stat st;

	(void)snprintf(mine, sizeof(mine), ".%d-1-1", (int)getpid());
	put(mine, "junk", 0600);
	write_one("1-1", "x");
	ck_assert_int_eq(fstatat(dir, mine, &st, 0), -1);
	recordfile_free(recorddir_read(dir, "1-1", geteuid()));
}
END_TEST

/* Would have caught a failed writer that takes the old record along. */
START_TEST(a_failed_write_changes_nothing)
{
	struct recordfile *rec = recordfile_new();
	static const char *const names[] = { "1-1" };

	write_one("1-1", "old");
	ck_assert_int_eq(recorddir_write(dir, "1-1", rec, 0644), -1);
	ck_assert_int_eq(errno, EINVAL);
	/* A directory of the name cannot be replaced by a file. */
	ck_assert_int_eq(mkdirat(dir, "d", 0755), 0);
	ck_assert_int_eq(recordfile_set(rec, "A", "1"), 0);
	ck_assert_int_eq(recorddir_write(dir, "d", rec, 0644), -1);
	ck_assert_int_eq(errno, EISDIR);
	ck_assert_int_eq(unlinkat(dir, "d", AT_REMOVEDIR), 0);
	expect_list(names, 1);
	recordfile_free(rec);
	rec = recorddir_read(dir, "1-1", geteuid());
	ck_assert_str_eq(recordfile_get(rec, "A"), "old");
	recordfile_free(rec);
	/* Nothing hidden is left either: only then does the rmdir work. */
	ck_assert_int_eq(recorddir_remove(dir, "1-1"), 0);
	ck_assert_int_eq(unlinkat(dir, "../sessions", AT_REMOVEDIR), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("recorddir");
	TCase *tc = tcase_create("recorddir");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, made_with_their_modes_under_any_umask);
	tcase_add_test(tc, root_s_group_whatever_ours_is);
	tcase_add_test(tc, what_is_there_keeps_its_mode);
	tcase_add_test(tc, readers_make_nothing);
	tcase_add_loop_test(tc, writable_by_others_is_refused, 0, 6);
	tcase_add_loop_test(tc, of_another_owner_is_refused, 0, 2);
	tcase_add_test(tc, links_and_ways_are_refused);
	tcase_add_test(tc, a_record_comes_back);
	tcase_add_test(tc, names_that_are_none);
	tcase_add_test(tc, files_that_are_not_trusted);
	tcase_add_test(tc, a_huge_file_is_refused);
	tcase_add_test(tc, the_list_is_sorted_and_each_once);
	tcase_add_test(tc, readers_see_the_old_or_the_new);
	tcase_add_test(tc, leftovers_are_swept);
	tcase_add_test(tc, a_leftover_of_our_pid_is_in_nobodys_way);
	tcase_add_test(tc, a_failed_write_changes_nothing);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
