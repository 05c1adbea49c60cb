/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The change of root: where the command is then, whether it can leave, and
 * which directories are not taken.  All of it on a file system of the test's
 * own, in a mount namespace of its own.
 */

#include "config.h"
#include "nspace.h"

#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plan.h"
#include "run.h"
#include "scene.h"
#include "spawn.h"
#include "steps.h"

#define NROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/* What is mounted there is seen by nobody but the test. */
#define TOP "/mnt"

#define A51 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A255 A51 A51 A51 A51 A51

static const struct {
	const char *path;
	mode_t mode;
	uid_t owner;
} directories[] = {
	{ TOP "/ok", 0755, 0 },
	{ TOP "/ok/below", 0700, 0 },
	{ TOP "/" A255, 0755, 0 },
	{ TOP "/sticky", 01777, 0 },
	{ TOP "/group", 0775, 0 },
	{ TOP "/group/below", 0755, 0 },
	{ TOP "/others", 0757, 0 },
	{ TOP "/users", 0755, SCENE_UID },
	{ TOP "/users/below", 0755, 0 },
};

static const char *lack;
static volatile int *seen;

static void
setup(void)
{
	int i;

	if ((lack = scene_lacks(SCENE_ROOT | SCENE_MOUNTS)) != NULL) {
		printf("SKIP check_chroot: %s\n", lack);
		return;
	}
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL),
	    0);
	ck_assert_int_eq(mount("none", TOP, "tmpfs", 0, "mode=755"), 0);
	for (i = 0; i < NROWS(directories); i++) {
		ck_assert_int_eq(mkdir(directories[i].path, 0700), 0);
		ck_assert_int_eq(chmod(directories[i].path,
		    directories[i].mode), 0);
		ck_assert_int_eq(chown(directories[i].path,
		    directories[i].owner, 0), 0);
	}
	ck_assert_int_eq(symlink("ok", TOP "/link"), 0);
	ck_assert_int_eq(close(open(TOP "/file", O_CREAT | O_WRONLY, 0755)),
	    0);
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(seen != MAP_FAILED);
	scene_begin();
}

static void
teardown(void)
{
	if (lack == NULL)
		scene_end();
}

static const struct {
	const char *path;
	int err;		/* if it is to be root's alone; 0: it is */
	int untrusted_err;	/* if not */
} roots[] = {
	{ TOP "/ok", 0, 0 },
	{ TOP "/ok/below", 0, 0 },
	{ "/" TOP "///ok/below//", 0, 0 },
	{ TOP "/ok/../ok/./below", 0, 0 },
	{ TOP "/sticky", EPERM, 0 },
	{ TOP "/group", EPERM, 0 },
	{ TOP "/group/below", EPERM, 0 },
	{ TOP "/others", EPERM, 0 },
	{ TOP "/users", EPERM, 0 },
	{ TOP "/users/below", EPERM, 0 },
	{ TOP "/users/../ok", EPERM, 0 },
	{ TOP "/link", EPERM, 0 },
	{ TOP "/link/below", EPERM, 0 },
	{ TOP "/ok/../link/below", EPERM, 0 },
	{ TOP "/file", ENOTDIR, ENOTDIR },
	{ TOP "/nothing", ENOENT, ENOENT },
	/* a name that is too long is not the one that it begins with */
	{ TOP "/" A255 "b", ENAMETOOLONG, ENAMETOOLONG },
};

/* Run in the child, behind the change: the root is where it is, and empty. */
static void
look(void *ctx, const struct plan *plan, const struct spawn_report *report)
{
	struct stat root, here;

	(void)ctx;
	(void)plan;
	(void)report;
	if (stat("/", &root) == 0 && stat(".", &here) == 0)
		*seen = (root.st_dev == here.st_dev &&
		    root.st_ino == here.st_ino) +
		    2 * (access("/bin/sh", F_OK) == -1);
}

/*
 * As sshd_config(5)'s ChrootDirectory.  Would have caught a root in which the
 * user plants an etc/passwd, or that he exchanges for a link.
 */
START_TEST(roots_that_only_root_can_write)
{
	const int trusted = _i % 2 == 0;
	const int err = trusted ? roots[_i / 2].err :
	    roots[_i / 2].untrusted_err;
	struct plan_step *step = steps_of(PLAN_CHROOT);
	struct spawn_report failed;

	if (lack != NULL)
		return;
	step->u.root.path = roots[_i / 2].path;
	step->u.root.trusted = trusted;
	steps_add(STEPS_BASIC | STEP(CHROOT) | STEP(DIRECTORY));
	/* if it is taken, there is no shell in it */
	ck_assert_int_eq(spawn(scene.plan, look, NULL, &failed), -1);
	ck_assert_str_eq(plan_kind_name(plan_at(scene.plan,
	    failed.step)->kind), plan_kind_name(err == 0 ? PLAN_EXEC :
	    PLAN_CHROOT));
	ck_assert_int_eq(failed.err, err == 0 ? ENOENT : err);
	if (err == EPERM)
		ck_assert_str_eq(failed.detail, strstr(roots[_i / 2].path,
		    "link") != NULL ? "there is a symbolic link" :
		    "it, or a directory above, is not");
	ck_assert_int_eq(*seen, err == 0 ? 3 : 0);
	scene_expect_nothing_left();
}
END_TEST

/* The way out that whoever has CAP_SYS_CHROOT has from a chroot(2). */
static void
leave(void *ctx, const struct plan *plan, const struct spawn_report *report)
{
	const int is_empty = access("/tmp", F_OK) == -1;
	int i;

	(void)ctx;
	(void)plan;
	(void)report;
	*seen = 1;
	if (is_empty && mkdir("/hole", 0700) == -1)
		return;
	if (chroot(is_empty ? "/hole" : "/tmp") == -1)
		return;
	for (i = 0; i < 20; i++)
		(void)!chdir("..");
	*seen = 2;
	if (chroot(".") == 0 && access(TOP "/file", F_OK) == 0)
		*seen = 3;
}

/*
 * Would have caught a root that a process with CAP_SYS_CHROOT in its own user
 * namespace leaves; without pivot_root(2) it does, which shows that the way
 * out is one.
 */
START_TEST(nobody_leaves_a_root_that_pivoted)
{
	struct plan_step *step = steps_of(PLAN_CHROOT);
	struct spawn_report failed;

	if (lack != NULL)
		return;
	step->u.root.path = TOP "/ok";
	step->u.root.pivot = _i & 1;
	step->u.root.trusted = _i >> 1;
	steps_add(STEPS_BASIC | STEP(CLONE) | STEP(CHROOT) | STEP(DIRECTORY));
	(void)spawn(scene.plan, leave, NULL, &failed);
	ck_assert_int_eq(*seen, _i & 1 ? 2 : 3);
	/* and nobody else's root has changed */
	ck_assert_int_eq(access("/bin/sh", F_OK), 0);
	ck_assert_int_eq(access(TOP "/file", F_OK), 0);
	(void)rmdir(TOP "/ok/hole");
}
END_TEST

/* In a root of our own already: a directory, or a mount. */
static void
confine_ourselves(int by_mount)
{
	if (by_mount)
		ck_assert_int_eq(mount("none", TOP "/ok", "tmpfs", 0,
		    "mode=755"), 0);
	ck_assert_int_eq(mkdir(TOP "/ok/inner", 0755), 0);
	/* as systemd(1) makes it: what goes here goes in all copies */
	ck_assert_int_eq(mount("none", "/", NULL, MS_REC | MS_SHARED, NULL),
	    0);
	ck_assert_int_eq(chroot(TOP "/ok"), 0);
	ck_assert_int_eq(chdir("/"), 0);
}

/*
 * Would have caught an incubator that runs in a chroot(2) itself, and gives
 * the command what is around it, or unmounts that for everybody.  Where that
 * root is no mount the kernel makes no mounts private.
 */
START_TEST(nobody_leaves_from_a_root_in_a_root)
{
	struct plan_step *step = steps_of(PLAN_CHROOT);
	const int by_mount = _i & 1;
	struct spawn_report failed;
	int outside;

	if (lack != NULL)
		return;
	outside = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ne(outside, -1);
	confine_ourselves(by_mount);
	step->u.root.path = _i & 4 ? "/" : "/inner";
	step->u.root.pivot = 1;
	step->u.root.trusted = _i & 2;
	steps_add(STEPS_BASIC | STEP(CLONE) | STEP(CHROOT) | STEP(DIRECTORY));
	(void)spawn(scene.plan, leave, NULL, &failed);
	/* it found no way out, or was not let in; we are where we were */
	ck_assert_int_eq(*seen, by_mount ? 2 : 0);
	ck_assert_int_eq(access(_i & 4 ? "/hole" : "/inner/hole", F_OK),
	    by_mount ? 0 : -1);
	if (!by_mount)
		ck_assert_str_eq(failed.detail, "private mounts");
	ck_assert_int_eq(fchdir(outside), 0);
	ck_assert_int_eq(chroot("."), 0);
	(void)close(outside);
	ck_assert_int_eq(access(TOP "/file", F_OK), 0);
	ck_assert_int_eq(access("/proc/self", F_OK), 0);
}
END_TEST

/* Would have caught a bind mount of the root that is taken for the root. */
START_TEST(nobody_leaves_a_copy_of_the_root)
{
	struct plan_step *step = steps_of(PLAN_CHROOT);
	struct spawn_report failed;

	if (lack != NULL)
		return;
	ck_assert_int_eq(mount("/", TOP "/ok", NULL, MS_BIND, NULL), 0);
	ck_assert_int_eq(mount("none", TOP "/ok", NULL, MS_BIND | MS_REMOUNT |
	    MS_RDONLY, NULL), 0);
	step->u.root.path = _i ? "/" : TOP "/ok";
	step->u.root.pivot = 1;
	steps_add(STEPS_BASIC | STEP(CLONE) | STEP(CHROOT) | STEP(DIRECTORY));
	(void)spawn(scene.plan, leave, NULL, &failed);
	/* of the root itself it has all, for it was asked for */
	ck_assert_int_eq(*seen, _i ? 3 : 2);
}
END_TEST

/* Make a root with what a shell needs. */
static void
furnish(void)
{
	static const char *const names[] = { "bin", "lib", "lib64", "usr",
	    "proc" };
	char from[64], to[64];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(from, sizeof(from), "/%s", names[i]);
		(void)snprintf(to, sizeof(to), TOP "/ok/%s", names[i]);
		if (access(from, F_OK) == -1)
			continue;
		ck_assert_int_eq(mkdir(to, 0755), 0);
		ck_assert_int_eq(mount(from, to, NULL, MS_BIND | MS_REC,
		    NULL), 0);
	}
}

/*
 * The command in its root: it is there, nothing else is, and no descriptor
 * leads out (Go's Chroot leaves the directory where it was).
 */
START_TEST(a_command_in_its_root)
{
	static char sh[] = "/bin/sh", option[] = "-c", script[] =
	    "pwd; cd ../..; echo *; ls /proc/self/fd | wc -l; "
	    "ls /proc/self/cwd";
	static char *const argv[] = { sh, option, script, NULL };
	struct plan_step *step = steps_of(PLAN_CHROOT);
	char cwd[64];

	if (lack != NULL)
		return;
	furnish();
	step->u.root.path = TOP "/ok";
	step->u.root.pivot = _i & 1;
	step->u.root.trusted = _i >> 1;
	steps_of(PLAN_EXEC)->u.exec.argv = argv;
	ck_assert_int_eq(chdir(TOP), 0);
	steps_add(STEPS_BASIC | STEP(CLONE) | STEP(CHROOT));
	scene_run(NULL, NULL);
	ck_assert_msg(strncmp(scene.said, "/\nbelow bin ", 12) == 0, "%s",
	    scene.said);
	/* 0, 1, 2 and that of ls(1) */
	ck_assert_ptr_nonnull(strstr(scene.said, "\n4\nbelow\nbin\n"));
	ck_assert_ptr_nonnull(getcwd(cwd, sizeof(cwd)));
	ck_assert_str_eq(cwd, TOP);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("chroot");
	TCase *tc = tcase_create("chroot");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, roots_that_only_root_can_write, 0,
	    2 * NROWS(roots));
	tcase_add_loop_test(tc, nobody_leaves_a_root_that_pivoted, 0, 4);
	tcase_add_loop_test(tc, nobody_leaves_from_a_root_in_a_root, 0, 8);
	tcase_add_loop_test(tc, nobody_leaves_a_copy_of_the_root, 0, 2);
	tcase_add_loop_test(tc, a_command_in_its_root, 0, 4);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
