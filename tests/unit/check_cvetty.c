/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The holes that others had between a terminal and a command of somebody
 * else's, each by its name.  The command is this program again: it types into
 * whatever terminal it can reach (I16).
 */

#include "config.h"
#include "spawn.h"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "plan.h"
#include "pty.h"
#include "scene.h"
#include "stage.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/* The attack. */

static void
type(int fd)
{
	const char *p;

	for (p = "id\r"; fd != -1 && *p != '\0'; p++)
		(void)ioctl(fd, TIOCSTI, p);
}

static void
type_everywhere(const char *terminal)
{
	int fd;

	for (fd = 0; fd <= 2; fd++)
		type(fd);
	type(open("/dev/tty", O_RDWR));
	type(open(terminal, O_RDWR | O_NOCTTY));
}

/* As who has no terminal, to take one, with force too. */
static int
attack(const char *terminal)
{
	int wstatus, fd;
	pid_t pid;

	type_everywhere(terminal);
	if ((pid = fork()) == 0) {
		(void)setsid();
		for (fd = 0; fd <= 2; fd++) {
			(void)ioctl(fd, TIOCSCTTY, 0);
			(void)ioctl(fd, TIOCSCTTY, 1);
			type_everywhere(terminal);
		}
		_exit(7);
	}
	if (pid == -1 || waitpid(pid, &wstatus, 0) != pid ||
	    wstatus != W_EXITCODE(7, 0))
		return 1;
	return 7;
}

/* Add the end of a plan whose terminal is "fd", and carry it out. */
static void
attack_on(int fd, int tty, int drop)
{
	const char *const paths[] = { stage_program(), NULL };
	const char *argv[] = { "type", NULL, NULL };
	const int fds[] = { fd, fd, fd };
	const struct plan_step step = { .kind = PLAN_DESCRIPTORS,
	    .u.fds = { fds, 3 } };
	char name[PTY_NAME_SIZE], why[256];
	int wstatus;
	pid_t pid;

	ck_assert_int_eq(pty_name(tty, name), 0);
	argv[1] = name;
	scene_add(&step);
	scene_basics();
	if (drop) {
		scene_drop();
		scene_kind(PLAN_CAPABILITIES);
		scene_prove(SCENE_UID, SCENE_GID, scene_groups, SCENE_GROUPS);
	}
	scene_exec(paths, argv);
	ck_assert_msg(plan_check(scene.plan, why, sizeof(why)) == 0, "%s",
	    why);
	pid = spawn(scene.plan, NULL, NULL, &scene.failed);
	ck_assert_msg(pid > 0, "step %zu: %s", scene.failed.step,
	    strerror(scene.failed.err));
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_int_eq(wstatus, W_EXITCODE(7, 0));
}

/* How many bytes were typed into it; raw, so that each counts. */
static int
typed_into(int tty)
{
	int n = 0;

	ck_assert_int_eq(ioctl(tty, FIONREAD, &n), 0);
	return n;
}

static void
make_raw(int tty)
{
	struct termios saved;

	ck_assert_int_eq(pty_make_raw(tty, &saved), 0);
	ck_assert_int_eq(typed_into(tty), 0);
}

/* Where it does not work against no defence, no defence is tested. */
static void
without_defence(int tty)
{
	make_raw(tty);
	attack_on(tty, tty, 1);
	ck_assert_int_gt(typed_into(tty), 0);
}

/* su(1) and runuser(1): root's own terminal, handed to a user. */
static void
own_terminal(int tty)
{
	struct plan_step step = { .kind = PLAN_CONTROLLING_TTY };
	char name[PTY_NAME_SIZE];
	int master, slave;

	make_raw(tty);
	ck_assert_int_eq(pty_open(&master, &slave, name), 0);
	make_raw(slave);
	scene_kind(PLAN_NEW_SESSION);
	step.u.fd = slave;
	scene_add(&step);
	attack_on(slave, tty, 1);
	ck_assert_int_eq(typed_into(tty), 0);
	/* it can type, and did so where only it reads */
	ck_assert_int_gt(typed_into(slave), 0);
}

/* bubblewrap: a sandbox that left the session as it was. */
static void
new_session(int tty)
{
	make_raw(tty);
	scene_kind(PLAN_NEW_SESSION);
	attack_on(tty, tty, 1);
	ck_assert_int_eq(typed_into(tty), 0);
}

/* adequate(1), by su(1): in our session, but without its terminal. */
static void
no_terminal(int tty)
{
	const struct plan_step step = { .kind = PLAN_NO_TTY, .u.fd = tty };

	make_raw(tty);
	scene_add(&step);
	attack_on(tty, tty, 1);
	ck_assert_int_eq(typed_into(tty), 0);
}

/* sandbox(8): who is root in there is nobody to the terminal. */
static void
root_inside(int tty)
{
	make_raw(tty);
	stage_namespaces(PLAN_CLONE, CLONE_NEWUSER | CLONE_NEWPID);
	stage_map(0, PLAN_SETGROUPS_ALLOW, 1);
	scene_kind(PLAN_NEW_SESSION);
	attack_on(tty, tty, 0);
	ck_assert_int_eq(typed_into(tty), 0);
}

START_TEST(CVE_2016_2779_the_attack_works)
{
	stage_lead_session(without_defence);
}
END_TEST

START_TEST(CVE_2016_2779_I16_own_terminal)
{
	stage_lead_session(own_terminal);
}
END_TEST

START_TEST(CVE_2017_5226_I16_new_session)
{
	stage_lead_session(new_session);
}
END_TEST

START_TEST(CVE_2013_6409_no_terminal)
{
	stage_lead_session(no_terminal);
}
END_TEST

START_TEST(CVE_2016_7545_root_inside)
{
	if (stage_can("CVE_2016_7545_root_inside", CLONE_NEWUSER |
	    CLONE_NEWPID))
		stage_lead_session(root_inside);
}
END_TEST

/* What the terminal was after each call that changes its owner or mode. */
static struct stat moments[16];
static int calls, fails_at;

static int
changed(int fd, int r)
{
	const int err = errno;

	ck_assert_int_lt(calls, NROWS(moments));
	(void)fstat(fd, &moments[calls++]);
	errno = err;
	return r;
}

static int
is_to_fail(void)
{
	errno = EPERM;
	return fails_at != 0 && calls + 1 == fails_at;
}

/* libc's, in every room that this program is linked with. */
int
fchmod(int fd, mode_t mode)
{
	return changed(fd, is_to_fail() ? -1 :
	    (int)syscall(SYS_fchmod, fd, mode));
}

int
fchown(int fd, uid_t uid, gid_t gid)
{
	return changed(fd, is_to_fail() ? -1 :
	    (int)syscall(SYS_fchown, fd, uid, gid));
}

/* Never for others; for a group only where that is tty(4)'s, to write to. */
static void
expect_closed(const struct stat *st, uid_t uid)
{
	const struct group *tty = getgrnam("tty");

	ck_assert_uint_eq(st->st_mode & 07, 0);
	if ((st->st_mode & 070) == 0)
		return;
	ck_assert_uint_eq(st->st_mode & 070, 020);
	ck_assert_ptr_nonnull(tty);
	ck_assert_uint_eq(st->st_gid, tty->gr_gid);
	ck_assert_uint_eq(st->st_uid, uid);
}

/* It was open to everybody, and a group of somebody's. */
static void
open_for_all(int *master, int *slave, struct stat *st)
{
	char name[PTY_NAME_SIZE];

	ck_assert_int_eq(pty_open(master, slave, name), 0);
	ck_assert_int_eq(fchown(*slave, 64921, 64922), 0);
	ck_assert_int_eq(fchmod(*slave, 0666), 0);
	ck_assert_int_eq(fstat(*slave, st), 0);
	calls = 0;
}

/*
 * sshd's terminal was everybody's to write to.  Would have caught one that is
 * so for one call only: an owner before the mode, or a mode before the group.
 */
START_TEST(CVE_2015_6565_no_moment_of_everybodys)
{
	struct pty_owner before;
	int master, slave, i, given;
	struct stat st;

	open_for_all(&master, &slave, &st);
	ck_assert_int_eq(pty_give(slave, SCENE_UID, &before), 0);
	ck_assert_int_ge(given = calls, 3);
	for (i = 0; i < given; i++)
		expect_closed(&moments[i], SCENE_UID);
	ck_assert_uint_eq(moments[given - 1].st_uid, SCENE_UID);
	ck_assert_int_eq(pty_give_back(slave, &before), 0);
	/* only the last call may make it what it was */
	for (i = given; i < calls - 1; i++)
		expect_closed(&moments[i], SCENE_UID);
	ck_assert_uint_eq(moments[calls - 1].st_uid, 64921);
	ck_assert_uint_eq(moments[calls - 1].st_gid, 64922);
	(void)close(master);
	(void)close(slave);
}
END_TEST

/*
 * screen(1) opened a terminal to everybody while it attached, and left it so
 * when something failed.  Here each call fails in turn.
 */
START_TEST(CVE_2025_46802_not_when_it_fails_either)
{
	struct pty_owner before;
	int master, slave, i;
	struct stat st;

	open_for_all(&master, &slave, &st);
	fails_at = 1 + _i;
	ck_assert_int_eq(pty_give(slave, SCENE_UID, &before), -1);
	ck_assert_int_eq(errno, EPERM);
	for (i = fails_at > 1 ? 0 : 1; i < calls - 1; i++)
		expect_closed(&moments[i], SCENE_UID);
	/* and what it was it is again: the user's who was there first */
	ck_assert_uint_eq(moments[calls - 1].st_uid, st.st_uid);
	ck_assert_uint_eq(moments[calls - 1].st_gid, st.st_gid);
	ck_assert_uint_eq(moments[calls - 1].st_mode, st.st_mode);
	(void)close(master);
	(void)close(slave);
}
END_TEST

static int
can_type(void)
{
	FILE *f = fopen("/proc/sys/dev/tty/legacy_tiocsti", "re");
	int allowed = 1;

	if (f != NULL) {
		if (fscanf(f, "%d", &allowed) != 1)
			allowed = 1;
		(void)fclose(f);
	}
	if (!allowed)
		printf("SKIP check_cvetty TIOCSTI: legacy_tiocsti is 0\n");
	return allowed;
}

static Suite *
suite(void)
{
	Suite *s = suite_create("cvetty");
	TCase *tc = tcase_create("type"), *mode = tcase_create("mode");

	tcase_add_unchecked_fixture(tc, stage_make_files, stage_remove_files);
	tcase_add_checked_fixture(tc, scene_begin, scene_end);
	if (can_type()) {
		tcase_add_test(tc, CVE_2016_2779_the_attack_works);
		tcase_add_test(tc, CVE_2016_2779_I16_own_terminal);
		tcase_add_test(tc, CVE_2017_5226_I16_new_session);
		tcase_add_test(tc, CVE_2013_6409_no_terminal);
		tcase_add_test(tc, CVE_2016_7545_root_inside);
	}
	suite_add_tcase(s, tc);
	tcase_add_test(mode, CVE_2015_6565_no_moment_of_everybodys);
	tcase_add_loop_test(mode, CVE_2025_46802_not_when_it_fails_either, 0,
	    3);
	suite_add_tcase(s, mode);
	return s;
}

int
main(int argc, char **argv)
{
	SRunner *sr;
	int failed;

	if (argc == 2)
		return attack(argv[1]);
	if (geteuid() != 0) {
		printf("SKIP check_cvetty: not root\n");
		return 77;
	}
	sr = srunner_create(suite());
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? 0 : 1;
}
