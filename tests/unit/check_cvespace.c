/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * As check_cve.c, for namespaces and root directories.
 */

#include "config.h"
#include "spawn.h"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "plan.h"
#include "scene.h"
#include "stage.h"

/* The command of the next test, which would leave its group. */
static int
leave_group(const char *file)
{
	if (setgroups(0, NULL) != -1 || errno != EPERM)
		return 1;
	return access(file, R_OK) == -1 && errno == EACCES ? 7 : 2;
}

/*
 * newgidmap(1) made namespaces in which everybody could leave a group, and a
 * file that is closed to a group is open to who can leave it.  What a plan
 * does not say is "deny".
 */
START_TEST(CVE_2018_7169_a_group_that_denies)
{
	static const gid_t denied[] = { 64911 }, unmapped[] = { 65534 };
	char maps[2][32];
	struct plan_step map = { .kind = PLAN_MAP_IDS,
	    .u.map = { .uids = maps[0], .gids = maps[1] } };
	const char *const file = stage_file("denied");
	const char *const argv[] = { "leave", file, NULL };
	const char *const paths[] = { stage_program(), NULL };
	int fd, wstatus;
	pid_t pid;

	if (!stage_can("CVE_2018_7169_a_group_that_denies", CLONE_NEWUSER))
		return;
	fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(fchown(fd, 0, denied[0]), 0);
	ck_assert_int_eq(fchmod(fd, 0604), 0);
	(void)close(fd);
	stage_be_nobody(denied, 1);
	ck_assert_int_eq(open(file, O_RDONLY), -1);
	(void)snprintf(maps[0], 32, "0 %d 1\n", SCENE_UID);
	(void)snprintf(maps[1], 32, "0 %d 1\n", SCENE_GID);
	stage_namespaces(_i & 1 ? PLAN_UNSHARE : PLAN_CLONE, CLONE_NEWUSER);
	map.u.map.by_parent = !(_i & 1);
	scene_add(&map);
	scene_basics();
	if (_i & 2) {
		/* nor by a step, and they are what is proven */
		stage_ids(0, 0, NULL, 0, 0);
		scene_prove(0, 0, NULL, 0);
		scene_script("echo ran");
		scene_fails(PLAN_GROUPS, EPERM);
		return;
	}
	stage_ids(0, 0, unmapped, 1, 1);
	scene_prove(0, 0, unmapped, 1);
	scene_exec(paths, argv);
	pid = spawn(scene.plan, NULL, NULL, &scene.failed);
	ck_assert_msg(pid > 0, "step %zu: %s", scene.failed.step,
	    strerror(scene.failed.err));
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_int_eq(wstatus, W_EXITCODE(7, 0));
}
END_TEST

/* All that opens something on its way: files of /proc, groups, paths. */
static void
add_what_opens(void)
{
	static const struct plan_path everything = { "/", PLAN_WRITE, 0 };
	struct plan_step step = { .kind = PLAN_MOUNT_PROC,
	    .u.proc = "/proc" };

	stage_namespaces(PLAN_CLONE, CLONE_NEWPID | CLONE_NEWIPC);
	stage_namespaces(PLAN_UNSHARE, CLONE_NEWNS | CLONE_NEWUTS);
	scene_output();
	scene_basics();
	scene_add(&step);
	stage_chroot("/", 0, 0);
	scene_drop();
	scene_kind(PLAN_CAPABILITIES);
	scene_prove(SCENE_UID, SCENE_GID, scene_groups, SCENE_GROUPS);
	scene_kind(PLAN_NO_NEW_PRIVS);
	step.kind = PLAN_LANDLOCK;
	step.u.landlock.list = &everything;
	step.u.landlock.count = 1;
#ifdef SYS_landlock_create_ruleset
	if (syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, 1U) > 0)
		scene_add(&step);
#endif
}

/*
 * nsenter(1) and unshare(1) left the descriptors of what they had opened to
 * the command, and with them a way out.  I7.
 */
START_TEST(CVE_2026_78408_I7_nothing_open_in_the_namespace)
{
	const int high[] = { 9, 63, 700 };
	size_t i;

	if (!stage_can("CVE_2026_78408", _i > 0 ? CLONE_NEWUSER :
	    CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS))
		return;
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(dup2(0, high[i]), high[i]);
	if (_i == 0) {
		scene.descriptors = scene_descriptors();
		add_what_opens();
	} else {
		stage_be_nobody(NULL, 0);
		scene.descriptors = scene_descriptors();
		stage_namespaces(_i == 1 ? PLAN_CLONE : PLAN_UNSHARE,
		    CLONE_NEWUSER);
		scene_output();
		scene_basics();
		stage_map(0, PLAN_SETGROUPS_DENY, _i == 1);
	}
	scene_script("ls /proc/$$/fd");
	scene_run(NULL, NULL);
	ck_assert_str_eq(scene.said, "0\n1\n2\n");
}
END_TEST

static void
write_into(const char *dir, const char *name, const char *text)
{
	char path[128];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	ck_assert_ptr_nonnull(f = fopen(path, "we"));
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

/* How often a file of these was opened since the last time. */
static int
count_opens(int watch)
{
	union {
		struct inotify_event event;
		char bytes[4096];
	} buf;
	ssize_t n, at;
	int count = 0;

	while ((n = read(watch, &buf, sizeof(buf))) > 0)
		for (at = 0; at < n; count++) {
			struct inotify_event event;

			memcpy(&event, buf.bytes + at, sizeof(event));
			at += (ssize_t)(sizeof(event) + event.len);
		}
	return count;
}

/*
 * sudo -R read nsswitch.conf in the root directory that the user had brought,
 * and ran what it named.  Would have caught one name looked up, or one file
 * read, between the new root and the command; which is not there, so that
 * nobody else reads either.
 */
START_TEST(CVE_2025_32463_nothing_in_the_root_is_read)
{
	static const char *const none[] = { "/no/such", NULL };
	const struct plan_step home = { .kind = PLAN_DIRECTORY,
	    .u.dir = { "/etc", NULL } };
	const char *root;
	char etc[64], file[96];
	int watch, fd;

	if ((root = stage_make_root("CVE_2025_32463")) == NULL)
		return;
	(void)snprintf(etc, sizeof(etc), "%s/etc", root);
	write_into(etc, "nsswitch.conf", "passwd: hostile\ngroup: hostile\n");
	write_into(etc, "ld.so.preload", "/etc/hostile.so\n");
	write_into(etc, "passwd", "root:x:64901:64902::/:/bin/sh\n");
	write_into(etc, "group", "root:x:64902:\n");
	ck_assert_int_ne(watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK), -1);
	ck_assert_int_ne(inotify_add_watch(watch, etc, IN_OPEN | IN_ACCESS),
	    -1);
	scene.descriptors = scene_descriptors();
	scene_output();
	scene_basics();
	stage_chroot(root, 0, 0);
	scene_drop();
	scene_kind(PLAN_CAPABILITIES);
	scene_prove(SCENE_UID, SCENE_GID, scene_groups, SCENE_GROUPS);
	scene_add(&home);
	scene_exec(none, none);
	scene_fails(PLAN_EXEC, ENOENT);
	ck_assert_int_eq(count_opens(watch), 0);
	/* and the watch does watch */
	(void)snprintf(file, sizeof(file), "%s/nsswitch.conf", etc);
	ck_assert_int_ne(fd = open(file, O_RDONLY | O_CLOEXEC), -1);
	ck_assert_int_eq(count_opens(watch), 1);
	(void)close(fd);
	(void)close(watch);
	stage_remove_root();
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("cvespace");
	TCase *tc = tcase_create("cvespace");

	tcase_add_unchecked_fixture(tc, stage_make_files, stage_remove_files);
	tcase_add_checked_fixture(tc, scene_begin, scene_end);
	tcase_add_loop_test(tc, CVE_2018_7169_a_group_that_denies, 0, 4);
	tcase_add_loop_test(tc,
	    CVE_2026_78408_I7_nothing_open_in_the_namespace, 0, 3);
	tcase_add_test(tc, CVE_2025_32463_nothing_in_the_root_is_read);
	suite_add_tcase(s, tc);
	return s;
}

int
main(int argc, char **argv)
{
	SRunner *sr;
	int failed;

	if (argc == 2)
		return leave_group(argv[1]);
	if (geteuid() != 0) {
		printf("SKIP check_cvespace: not root\n");
		return 77;
	}
	sr = srunner_create(suite());
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? 0 : 1;
}
