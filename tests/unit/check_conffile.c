/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * A file that somebody else could have written decides nothing: each row of
 * the tables is a way in.
 */

#include "config.h"
#include "conffile.h"

#include <sys/stat.h>

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

/* What is in a glob(3) pattern's way belongs into a folder's name. */
static char directory[] = "/tmp/check_conffile[*]XXXXXX";

static void
begin(void)
{
	ck_assert_ptr_nonnull(mkdtemp(directory));
	ck_assert_int_eq(chdir(directory), 0);
	(void)umask(077);
}

static void
end(void)
{
	static const char *const names[] = { "file", "link", "fifo",
	    "d/b.conf", "d/a.conf", "d/.c.conf", "d/c.txt" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)unlink(names[i]);
	(void)rmdir("d");
	(void)rmdir("shut");
	(void)rmdir(directory);
}

static void
write_file(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, text, len), (ssize_t)len);
	(void)close(fd);
}

static void
refused(const char *path, uid_t owner, const char *expected)
{
	char why[128] = "";
	size_t len;

	ck_assert_msg(conffile_read(path, owner, &len, why, sizeof(why)) ==
	    NULL, "%s", path);
	ck_assert_str_eq(why, expected);
}

static void
accepted(const char *path, const char *expected, size_t expected_len)
{
	char why[128] = "", *text;
	size_t len;

	text = conffile_read(path, getuid(), &len, why, sizeof(why));
	ck_assert_msg(text != NULL, "%s", why);
	ck_assert_uint_eq(len, expected_len);
	ck_assert_int_eq(memcmp(text, expected, len), 0);
	ck_assert_int_eq(text[len], '\0');
	free(text);
}

START_TEST(whole_files)
{
	write_file("file", "", 0);
	accepted("file", "", 0);
	write_file("file", "a\0b\n", 4);
	accepted("file", "a\0b\n", 4);
	/* sshd follows links to its files too */
	ck_assert_int_eq(symlink("file", "link"), 0);
	accepted("link", "a\0b\n", 4);
}
END_TEST

/* Would have caught each bit of the mode that is not looked at. */
START_TEST(modes)
{
	static const struct {
		mode_t mode;
		int good;
	} rows[] = { { 0600, 1 }, { 0644, 1 }, { 0444, 1 }, { 0640, 1 },
	    { 0755, 1 }, { 0660, 0 }, { 0620, 0 }, { 0602, 0 }, { 0606, 0 },
	    { 0666, 0 }, { 0622, 0 }, { 01777, 0 } };
	size_t i;

	write_file("file", "x", 1);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_int_eq(chmod("file", rows[i].mode), 0);
		if (rows[i].good)
			accepted("file", "x", 1);
		else
			refused("file", getuid(),
			    "others than the owner may write it");
	}
}
END_TEST

/* Would have caught another's file; a FIFO would stop root for ever. */
START_TEST(files_of_others_and_none)
{
	char why[128];
	size_t len;

	refused("absent", 0, "No such file or directory");
	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	refused("fifo", getuid(), "not a regular file");
	refused(".", getuid(), "not a regular file");
	refused("/dev/null", getuid(), "not a regular file");
	write_file("file", "x", 1);
	if (getuid() != 0) {
		refused("file", 0, "not owned by root");
		refused("file", getuid() + 1,
		    "owned neither by root nor by you");
		return;
	}
	/* root's is everybody's to read */
	free(conffile_read("file", 65534, &len, why, sizeof(why)));
	ck_assert_int_eq(chown("file", 65534, (gid_t)-1), 0);
	refused("file", 0, "not owned by root");
	refused("file", 65533, "owned neither by root nor by you");
	free(conffile_read("file", 65534, &len, why, sizeof(why)));
}
END_TEST

START_TEST(huge_files)
{
	char *text = calloc(1, CONFFILE_MAX_BYTES), why[128], *back;
	size_t len;

	ck_assert_ptr_nonnull(text);
	write_file("file", text, CONFFILE_MAX_BYTES);
	back = conffile_read("file", getuid(), &len, why, sizeof(why));
	ck_assert_ptr_nonnull(back);
	ck_assert_uint_eq(len, CONFFILE_MAX_BYTES);
	free(back);
	ck_assert_int_eq(truncate("file", CONFFILE_MAX_BYTES + 1), 0);
	refused("file", getuid(), "larger than a megabyte");
	ck_assert_int_eq(truncate("file", (off_t)1 << 40), 0);
	refused("file", getuid(), "larger than a megabyte");
	free(text);
}
END_TEST

/* Would have caught another order, hidden files, and a folder as a pattern. */
START_TEST(patterns)
{
	struct conffile_list list;
	char why[128], path[128];

	ck_assert_int_eq(mkdir("d", 0700), 0);
	write_file("d/b.conf", "", 0);
	write_file("d/a.conf", "", 0);
	write_file("d/.c.conf", "", 0);
	write_file("d/c.txt", "", 0);
	ck_assert_int_eq(conffile_glob(directory, "d/*.conf", &list, why,
	    sizeof(why)), 0);
	ck_assert_uint_eq(list.count, 2);
	(void)snprintf(path, sizeof(path), "%s/d/a.conf", directory);
	ck_assert_str_eq(list.paths[0], path);
	(void)snprintf(path, sizeof(path), "%s/d/b.conf", directory);
	ck_assert_str_eq(list.paths[1], path);
	conffile_list_free(&list);
	ck_assert_int_eq(conffile_glob("/nowhere", path, &list, why,
	    sizeof(why)), 0);
	ck_assert_uint_eq(list.count, 0);	/* here "[*]" is a pattern */
	conffile_list_free(&list);
	ck_assert_int_eq(conffile_glob(directory, "e/*.conf", &list, why,
	    sizeof(why)), 0);
	ck_assert_uint_eq(list.count, 0);
	conffile_list_free(&list);
	ck_assert_int_eq(conffile_glob(directory, "d/a.conf/*", &list, why,
	    sizeof(why)), 0);
	ck_assert_uint_eq(list.count, 0);
	conffile_list_free(&list);
}
END_TEST

/*
 * Would have caught rules that silently are not there: glob(3) tells of a
 * folder that it cannot list, but not of a name that it cannot look at.
 */
START_TEST(folders_that_are_shut)
{
	static const char *const hidden[] = { "shut/*.conf",
	    "shut/a.conf", "./shut/a.conf", "shut//a.conf", "s*t/a.conf",
	    "s*t/d/*.conf", "s*t/d/a.conf", "\\shut/a.conf",
	    "loop/a.conf", "loop/*.conf", "l*/a.conf" };
	struct conffile_list list;
	char why[128];
	size_t i;

	ck_assert_int_eq(mkdir("shut", 0), 0);
	ck_assert_int_eq(symlink("loop", "loop"), 0);
	ck_assert_int_eq(chmod(".", 0755), 0);
	if (getuid() == 0)
		ck_assert_int_eq(seteuid(65534), 0);
	for (i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		ck_assert_msg(conffile_glob(".", hidden[i], &list, why,
		    sizeof(why)) == -1, "%s", hidden[i]);
		ck_assert_str_eq(why, "a folder cannot be read");
	}
	/* It is there, and whether it can be read is found later. */
	ck_assert_int_eq(conffile_glob(".", "loop", &list, why,
	    sizeof(why)), 0);
	ck_assert_uint_eq(list.count, 1);
	conffile_list_free(&list);
	ck_assert_int_eq(conffile_glob(".", "absent/a.conf", &list, why,
	    sizeof(why)), 0);
	ck_assert_uint_eq(list.count, 0);
	conffile_list_free(&list);
	if (getuid() == 0)
		ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("conffile");
	TCase *tc = tcase_create("conffile");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, whole_files);
	tcase_add_test(tc, modes);
	tcase_add_test(tc, files_of_others_and_none);
	tcase_add_test(tc, huge_files);
	tcase_add_test(tc, patterns);
	tcase_add_test(tc, folders_that_are_shut);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
