/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The entry of a terminal in utmp, by the helper of libutempter, on files of
 * the test's own.
 */

#include "config.h"
#include "utempter.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <utmpx.h>

#include "den.h"
#include "pty.h"
#include "run.h"
#include "scene.h"
#include "utempterpath.h"

/* More than any machine needs. */
#define PATIENCE 60000

static char helper[PATH_MAX], name[PTY_NAME_SIZE];
static int master, slave, ready, before;

static void
make_file(const char *path)
{
	const int fd = open(path, O_WRONLY | O_CREAT, 0664);

	ck_assert_int_ne(fd, -1);
	(void)close(fd);
}

/* The files of this process alone, empty. */
static void
own_files(void)
{
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL),
	    0);
	ck_assert_int_eq(mount("none", "/run", "tmpfs", 0, "mode=755"), 0);
	ck_assert_int_eq(mount("none", "/var/log", "tmpfs", 0, "mode=755"),
	    0);
	make_file("/run/utmp");
	make_file("/var/log/wtmp");
}

static void
setup(void)
{
	const char *lack = scene_lacks(SCENE_ROOT | SCENE_MOUNTS);

	den_make();
	if (lack != NULL) {
		printf("SKIP check_utempter: %s\n", lack);
		return;
	}
	if (!utempterpath_find(helper)) {
		puts("SKIP check_utempter: no libutempter");
		return;
	}
	own_files();
	before = scene_descriptors();
	ck_assert_int_eq(pty_open(&master, &slave, name), 0);
	ready = 1;
}

static void
teardown(void)
{
	if (ready) {
		(void)close(master);
		(void)close(slave);
		ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
		ck_assert_int_eq(errno, ECHILD);
		ck_assert_int_eq(scene_descriptors(), before);
	}
	den_remove();
}

/* The entry of the terminal, or NULL. */
static const struct utmpx *
find_entry(void)
{
	struct utmpx line = { .ut_type = USER_PROCESS };
	const struct utmpx *entry;

	(void)strlcpy(line.ut_line, name + strlen("/dev/"),
	    sizeof(line.ut_line));
	setutxent();
	entry = getutxline(&line);
	endutxent();
	return entry;
}

static int
status_of(pid_t pid)
{
	int wstatus;

	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	return wstatus;
}

/*
 * Would have caught an entry with the pid of a child, which who(1) leaves out
 * as soon as that has ended, and one that stays.
 */
START_TEST(comes_and_goes)
{
	const struct utmpx *entry;

	if (!ready)
		return;
	ck_assert_ptr_null(find_entry());
	ck_assert_int_eq(status_of(utempter_add(helper, master,
	    "pty-broker:x")), 0);
	entry = find_entry();
	ck_assert_ptr_nonnull(entry);
	ck_assert_int_eq(entry->ut_type, USER_PROCESS);
	ck_assert_int_eq(entry->ut_pid, getpid());
	ck_assert_str_eq(entry->ut_host, "pty-broker:x");
	ck_assert_str_eq(entry->ut_user, "root");
	/* the shell has gone by then */
	(void)close(slave);
	slave = -1;
	ck_assert_int_eq(utempter_remove(helper, master, PATIENCE), 0);
	entry = find_entry();
	ck_assert(entry == NULL || entry->ut_type == DEAD_PROCESS);
}
END_TEST

/* Would have caught an error of what is missing, and a child that stays. */
START_TEST(no_helper)
{
	char folder[256];

	if (!ready)
		return;
	(void)strlcpy(folder, helper, sizeof(folder));
	*strrchr(folder, '/') = '\0';
	ck_assert_int_eq(mount("none", folder, "tmpfs", 0, NULL), 0);
	ck_assert_int_eq(status_of(utempter_add(helper, master, "x")),
	    127 << 8);
	ck_assert_int_eq(utempter_remove(helper, master, PATIENCE), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_ptr_null(find_entry());
}
END_TEST

/* Would have caught a session that cannot end because of its entry. */
START_TEST(a_helper_that_hangs)
{
	const char *script = den_path("helper");
	FILE *file;

	if (!ready)
		return;
	ck_assert_ptr_nonnull(file = fopen(script, "w"));
	(void)fprintf(file, "#!/bin/sh\nexec sleep 1000\n");
	(void)fclose(file);
	ck_assert_int_eq(chmod(script, 0755), 0);
	ck_assert_int_eq(mount(script, helper, NULL, MS_BIND, NULL), 0);
	ck_assert_int_eq(utempter_remove(helper, master, 50), -1);
	ck_assert_int_eq(errno, ETIMEDOUT);
	/* and one for which nobody waits ends by itself */
	ck_assert_int_eq(status_of(utempter_add(helper, master, "x")), SIGALRM);
	ck_assert_int_eq(umount(helper), 0);
}
END_TEST

/* Would have caught success where the helper refuses: it is no terminal. */
START_TEST(no_terminal)
{
	const int null = open("/dev/null", O_RDWR);

	if (ready) {
		ck_assert_int_eq(utempter_remove(helper, null, PATIENCE), -1);
		ck_assert_int_eq(errno, EIO);
		ck_assert_int_ne(status_of(utempter_add(helper, null, "x")), 0);
	}
	(void)close(null);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("utempter");
	TCase *tc = tcase_create("utempter");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, comes_and_goes);
	tcase_add_test(tc, no_helper);
	tcase_add_test(tc, a_helper_that_hangs);
	tcase_add_test(tc, no_terminal);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
