/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The step that is done once: who is first, where what he says goes to, and
 * what is in the way.
 */

#include "config.h"
#include "once.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "home.h"
#include "plan.h"
#include "run.h"
#include "scene.h"
#include "steps.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

#define NOT_MINE "the directory is not the user's alone"
#define NO_FILE "the log is not a file of the user's alone"

static void
setup(void)
{
	scene_begin();
	home_make();
}

static void
teardown(void)
{
	home_remove();
	scene_end();
}

/* A plan with the step, whose command says this. */
static void
plan_to_say(const char *script)
{
	scene_kind(PLAN_NEW_SESSION);
	scene_basics();
	scene_add(steps_of(PLAN_ONCE));
	scene_script(script);
}

static void
make_directory(void)
{
	ck_assert_int_eq(mkdir(home_path("way"), 0755), 0);
	ck_assert_int_eq(mkdir(home_path(HOME_BELOW), 0755), 0);
}

static mode_t
mode_of(const char *path)
{
	struct stat st;

	ck_assert_msg(lstat(path, &st) == 0, "%s: %s", path,
	    strerror(errno));
	return st.st_mode & 07777;
}

static int
is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/*
 * Would have caught modes that a umask has its part in, a command that has
 * our umask instead of its own, and a marker that is not there.
 */
START_TEST(what_is_missing_is_made)
{
	static const mode_t masks[] = { 0, 022, 0777 };
	char expect[32];

	plan_to_say("umask; echo error >&2");
	(void)umask(masks[_i]);
	scene_run(NULL, NULL);
	(void)umask(022);
	(void)snprintf(expect, sizeof(expect), "%04o\nerror\n",
	    (unsigned int)masks[_i]);
	ck_assert_str_eq(home_read(home_file(HOME_LOG)), expect);
	ck_assert_str_eq(scene.said, "");
	ck_assert_uint_eq(mode_of(home_path("way")), 0700);
	ck_assert_uint_eq(mode_of(home_path(HOME_BELOW)), 0700);
	ck_assert_uint_eq(mode_of(home_file(HOME_MARKER)), 0600);
	ck_assert_uint_eq(mode_of(home_file(HOME_LOG)), 0600);
}
END_TEST

/* Would have caught a second run, and a log that the second one empties. */
START_TEST(the_second_is_too_late)
{
	make_directory();
	ck_assert_int_eq(chmod(home_path(HOME_BELOW), 0755), 0);
	plan_to_say("echo said");
	scene_run(NULL, NULL);
	scene_fails(PLAN_ONCE, EALREADY);
	ck_assert_str_eq(scene.failed.detail, HOME_MARKER);
	ck_assert_str_eq(home_read(home_file(HOME_LOG)), "said\n");
	/* another boot: what it says is all that is there */
	ck_assert_int_eq(pipe2(scene.out, O_CLOEXEC), 0);
	scene.descriptors = scene_descriptors();
	ck_assert_int_eq(rename(home_file(HOME_MARKER),
	    home_file("run-h.00000000-0000")), 0);
	ck_assert_int_eq(chmod(home_file(HOME_LOG), 0644), 0);
	scene_run(NULL, NULL);
	ck_assert_str_eq(home_read(home_file(HOME_LOG)), "said\n");
	ck_assert_uint_eq(mode_of(home_file(HOME_LOG)), 0600);
	ck_assert(!is_there(home_file("run-h.00000000-0000")));
	/* a directory of his that was there is not changed */
	ck_assert_uint_eq(mode_of(home_path(HOME_BELOW)), 0755);
}
END_TEST

/* All at once.  Would have caught a look before the leap. */
START_TEST(one_of_many_is_first)
{
	int gate[2], i, wstatus, first = 0, late = 0;
	struct spawn_report report;
	pid_t pid;
	char c;

	plan_to_say("echo ran");
	ck_assert_int_eq(pipe2(gate, O_CLOEXEC), 0);
	for (i = 0; i < 8; i++) {
		ck_assert_int_ne(pid = fork(), -1);
		if (pid != 0)
			continue;
		(void)close(gate[1]);
		(void)!read(gate[0], &c, 1);
		if (spawn(scene.plan, NULL, NULL, &report) == -1)
			_exit(report.err == EALREADY ? 1 : 2);
		_exit(wait(&wstatus) > 0 && wstatus == 0 ? 0 : 3);
	}
	(void)close(gate[0]);
	(void)close(gate[1]);
	while (wait(&wstatus) > 0) {
		ck_assert(WIFEXITED(wstatus) && WEXITSTATUS(wstatus) < 2);
		first += WEXITSTATUS(wstatus) == 0;
		late += WEXITSTATUS(wstatus) == 1;
	}
	ck_assert_int_eq(first, 1);
	ck_assert_int_eq(late, 7);
	ck_assert_str_eq(home_read(home_file(HOME_LOG)), "ran\n");
}
END_TEST

/* What is in the way; each makes one thing. */

static void
no_home(void)
{
	steps_of(PLAN_ONCE)->u.once.base = "/no/such";
}

static void
home_is_a_file(void)
{
	steps_of(PLAN_ONCE)->u.once.base = "/dev/null";
}

static void
way_is_long(void)
{
	static char name[NAME_MAX + 4];

	memset(name, 'x', NAME_MAX + 1);
	memcpy(name + NAME_MAX + 1, "/y", 3);
	steps_of(PLAN_ONCE)->u.once.below = name;
}

static void
way_leads_nowhere(void)
{
	ck_assert_int_eq(symlink("nowhere", home_path("way")), 0);
}

static void
directory_is_a_link(void)
{
	ck_assert_int_eq(mkdir(home_path("way"), 0755), 0);
	ck_assert_int_eq(mkdir(home_path("other"), 0755), 0);
	ck_assert_int_eq(symlink("../other", home_path(HOME_BELOW)), 0);
}

static void
directory_is_a_file(void)
{
	ck_assert_int_eq(mkdir(home_path("way"), 0755), 0);
	home_write(home_path(HOME_BELOW), "");
}

static void
directory_is_the_groups(void)
{
	make_directory();
	ck_assert_int_eq(chmod(home_path(HOME_BELOW), 0720), 0);
}

static void
directory_is_everybodys(void)
{
	make_directory();
	ck_assert_int_eq(chmod(home_path(HOME_BELOW), 01702), 0);
}

static void
directory_is_anothers(void)
{
	make_directory();
	ck_assert_int_eq(chown(home_path(HOME_BELOW), SCENE_UID, 0), 0);
}

static void
log_is_a_fifo(void)
{
	make_directory();
	ck_assert_int_eq(mkfifo(home_file(HOME_LOG), 0600), 0);
}

/* Somebody reads it, so that it can be opened. */
static void
log_is_an_open_fifo(void)
{
	log_is_a_fifo();
	ck_assert_int_ne(open(home_file(HOME_LOG), O_RDWR | O_CLOEXEC), -1);
	scene.descriptors = scene_descriptors();
}

static void
log_is_a_directory(void)
{
	make_directory();
	ck_assert_int_eq(mkdir(home_file(HOME_LOG), 0700), 0);
}

static void
log_is_a_link(void)
{
	make_directory();
	home_write(home_path("letter"), "dear");
	ck_assert_int_eq(symlink(home_path("letter"), home_file(HOME_LOG)),
	    0);
}

static void
log_has_another_name(void)
{
	make_directory();
	home_write(home_path("letter"), "dear");
	ck_assert_int_eq(link(home_path("letter"), home_file(HOME_LOG)), 0);
}

static void
log_is_anothers(void)
{
	make_directory();
	home_write(home_file(HOME_LOG), "");
	ck_assert_int_eq(chown(home_file(HOME_LOG), SCENE_UID, 0), 0);
}

static void
marker_is_a_link(void)
{
	make_directory();
	ck_assert_int_eq(symlink("nowhere", home_file(HOME_MARKER)), 0);
}

static void
marker_is_a_fifo(void)
{
	make_directory();
	ck_assert_int_eq(mkfifo(home_file(HOME_MARKER), 0600), 0);
}

static void
marker_is_a_directory(void)
{
	make_directory();
	ck_assert_int_eq(mkdir(home_file(HOME_MARKER), 0700), 0);
}

static void
marker_is_anothers(void)
{
	make_directory();
	home_write(home_file(HOME_MARKER), "");
	ck_assert_int_eq(chown(home_file(HOME_MARKER), SCENE_UID, 0), 0);
}

static const struct {
	void (*prepare)(void);
	int err;
	const char *detail;	/* NULL: the path that is below */
	int needs;
} obstacles[] = {
	{ no_home, ENOENT, "/no/such", 0 },
	{ home_is_a_file, ENOTDIR, "/dev/null", 0 },
	{ way_is_long, ENAMETOOLONG, NULL, 0 },
	{ way_leads_nowhere, ENOENT, NULL, 0 },
	{ directory_is_a_link, ENOTDIR, NULL, 0 },
	{ directory_is_a_file, ENOTDIR, NULL, 0 },
	{ directory_is_the_groups, EPERM, NOT_MINE, 0 },
	{ directory_is_everybodys, EPERM, NOT_MINE, 0 },
	{ directory_is_anothers, EPERM, NOT_MINE, SCENE_ROOT },
	{ log_is_a_fifo, ENXIO, HOME_LOG, 0 },
	{ log_is_an_open_fifo, EPERM, NO_FILE, 0 },
	{ log_is_a_directory, EISDIR, HOME_LOG, 0 },
	{ log_is_a_link, ELOOP, HOME_LOG, 0 },
	{ log_has_another_name, EPERM, NO_FILE, 0 },
	{ log_is_anothers, EPERM, NO_FILE, SCENE_ROOT },
	{ marker_is_a_link, EALREADY, HOME_MARKER, 0 },
	{ marker_is_a_fifo, EALREADY, HOME_MARKER, 0 },
	{ marker_is_a_directory, EALREADY, HOME_MARKER, 0 },
	{ marker_is_anothers, EALREADY, HOME_MARKER, SCENE_ROOT },
};

/*
 * Would have caught a login that hangs at a fifo, a file of the user's that
 * is emptied or written to, and a failure that leaves a marker, so that it
 * never runs.
 */
START_TEST(what_is_in_the_way)
{
	const char *detail = obstacles[_i].detail;
	const char *lack = scene_lacks(obstacles[_i].needs);

	if (lack != NULL) {
		printf("SKIP what_is_in_the_way %d: %s\n", _i, lack);
		return;
	}
	obstacles[_i].prepare();
	if (detail == NULL)
		detail = steps_of(PLAN_ONCE)->u.once.below;
	plan_to_say("echo ran");
	scene_fails(PLAN_ONCE, obstacles[_i].err);
	ck_assert_str_eq(scene.failed.detail, detail);
	if (is_there(home_path("letter")))
		ck_assert_str_eq(home_read(home_path("letter")), "dear");
	if (obstacles[_i].err == EALREADY)
		return;
	ck_assert(!is_there(home_file(HOME_MARKER)));
	ck_assert(!is_there(home_path("other/" HOME_MARKER)));
}
END_TEST

/* Would have caught a marker that stays although nothing will run. */
START_TEST(a_failure_leaves_no_marker)
{
	static const long calls[] = { SYS_fchmod, SYS_ftruncate };

	make_directory();
	home_write(home_file(HOME_LOG), "before");
	plan_to_say("echo ran");
	if (_i < NROWS(calls))
		scene_deny(calls[_i], EXDEV);
	else
		scene_deny_only(SYS_dup3, 1, STDOUT_FILENO, EXDEV);
	scene_fails(PLAN_ONCE, EXDEV);
	ck_assert_str_eq(scene.failed.detail, HOME_LOG);
	ck_assert(!is_there(home_file(HOME_MARKER)));
}
END_TEST

/* A link of the user's own, on the way to a directory of his. */
START_TEST(a_link_on_the_way)
{
	ck_assert_int_eq(mkdir(home_path("disk"), 0755), 0);
	ck_assert_int_eq(symlink("disk", home_path("way")), 0);
	plan_to_say("echo ran");
	scene_run(NULL, NULL);
	ck_assert_str_eq(home_read(home_path("disk/state/" HOME_LOG)),
	    "ran\n");
}
END_TEST

/* Names, and whether they are old markers of this host. */
static const struct {
	const char *name;
	int goes;
} neighbours[] = {
	{ "run-h.00000000-0000", 1 },
	{ "run-h.ffffffff-ffff", 1 },
	{ "run-h.01234567-89ac", 1 },
	/* another host's, whose name begins or ends like ours */
	{ "run-g.00000000-0000", 0 },
	{ "run-h2.00000000-0000", 0 },
	{ "run-h.x.00000000-0000", 0 },
	{ "run-h.x.000000-0000", 0 },
	{ "Run-h.00000000-0000", 0 },
	/* no marker's form */
	{ "run-h.00000000-000", 0 },
	{ "run-h.00000000-00000", 0 },
	{ "run-h.0000000000000", 0 },
	{ "run-h.0000000-00000", 0 },
	{ "run-h.-------------", 0 },
	{ "run-h.00000000-000g", 0 },
	{ "run-h.FFFFFFFF-FFFF", 0 },
	{ "run-h.00000000-000~", 0 },
	{ "run-h.log.1", 0 },
};

/* Would have caught markers that pile up, and a file that is not ours. */
START_TEST(old_markers_go)
{
	int i;

	make_directory();
	for (i = 0; i < NROWS(neighbours); i++)
		home_write(home_file(neighbours[i].name), "");
	ck_assert_int_eq(mkdir(home_file("run-h.11111111-1111"), 0755), 0);
	plan_to_say("echo ran");
	scene_run(NULL, NULL);
	ck_assert_str_eq(home_read(home_file(HOME_LOG)), "ran\n");
	ck_assert(is_there(home_file(HOME_MARKER)));
	for (i = 0; i < NROWS(neighbours); i++)
		ck_assert_msg(is_there(home_file(neighbours[i].name)) !=
		    neighbours[i].goes, "%s", neighbours[i].name);
	ck_assert(is_there(home_file("run-h.11111111-1111")));
}
END_TEST

/*
 * Of all that is open.  Would have caught a log that is the command's input,
 * one that buries the directory, and a descriptor too many (I7).
 */
START_TEST(I7_descriptors)
{
	static const int list[] = { PLAN_NO_FD, PLAN_NO_FD, PLAN_NO_FD };
	const struct plan_step closed = { .kind = PLAN_DESCRIPTORS,
	    .u.fds = { list, 3 } };
	const char *flags;

	if (_i)
		scene_add(&closed);
	plan_to_say("for i in 0 1 2 3 4 5 6; do "
	    "[ ! -e /proc/$$/fd/$i ] || printf $i; done; "
	    "grep flags: /proc/$$/fdinfo/1 >&2");
	scene_run(NULL, NULL);
	flags = home_read(home_file(HOME_LOG));
	ck_assert_int_eq(strncmp(flags, _i ? "12flags:" : "012flags:",
	    _i ? 8 : 9), 0);
	/* O_NONBLOCK would be an error in the middle of its output */
	ck_assert_int_eq(strtol(strchr(flags, ':') + 1, NULL, 8) &
	    O_NONBLOCK, 0);
	ck_assert_int_ne(strtol(strchr(flags, ':') + 1, NULL, 8) &
	    O_APPEND, 0);
}
END_TEST

/*
 * I1, I3: as the user.  Would have caught files that are root's, in a place
 * where the user can put links.
 */
START_TEST(I3_the_files_are_the_users)
{
	const char *lack = scene_lacks(SCENE_ROOT);
	struct stat st;

	if (lack != NULL) {
		printf("SKIP I3_the_files_are_the_users: %s\n", lack);
		return;
	}
	if (_i == 0)
		ck_assert_int_eq(chown(home_path(""), SCENE_UID, 0), 0);
	scene_kind(PLAN_NEW_SESSION);
	scene_basics();
	scene_drop();
	scene_kind(PLAN_CAPABILITIES);
	scene_prove(SCENE_UID, SCENE_GID, scene_groups, SCENE_GROUPS);
	scene_add(steps_of(PLAN_ONCE));
	scene_script("echo ran");
	if (_i != 0) {
		scene_fails(PLAN_ONCE, EACCES);
		ck_assert(!is_there(home_path("way")));
		return;
	}
	scene_run(NULL, NULL);
	ck_assert_int_eq(lstat(home_path("way"), &st), 0);
	ck_assert_uint_eq(st.st_uid, SCENE_UID);
	ck_assert_int_eq(lstat(home_file(HOME_LOG), &st), 0);
	ck_assert_uint_eq(st.st_uid, SCENE_UID);
	ck_assert_uint_eq(st.st_gid, SCENE_GID);
	ck_assert_int_eq(lstat(home_file(HOME_MARKER), &st), 0);
	ck_assert_uint_eq(st.st_uid, SCENE_UID);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("once");
	TCase *tc = tcase_create("once");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, what_is_missing_is_made, 0, 3);
	tcase_add_test(tc, the_second_is_too_late);
	tcase_add_test(tc, one_of_many_is_first);
	tcase_add_loop_test(tc, what_is_in_the_way, 0, NROWS(obstacles));
	tcase_add_loop_test(tc, a_failure_leaves_no_marker, 0, 3);
	tcase_add_test(tc, a_link_on_the_way);
	tcase_add_test(tc, old_markers_go);
	tcase_add_loop_test(tc, I7_descriptors, 0, 2);
	tcase_add_loop_test(tc, I3_the_files_are_the_users, 0, 2);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
